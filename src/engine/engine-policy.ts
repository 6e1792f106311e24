/**
 * A model as a policy: reads segments into a lane of the engine and decides under the grammar of what is on the screen. After every reference it
 * pauses and is told what it pointed at.
 *
 * Invariant: the lane holds the tokens that `encodeTranscript` gives for the transcript so far.
 */
import { RuntimeError } from '../base/index.ts';
import {
  actionGrammar,
  actionPieces,
  boundaryId,
  echoesOf,
  encodeEcho,
  encodeTranscript,
  FIRST_REFERENCE,
  isReferenceId,
  NO_ECHO,
  parseActionTokens,
  type TextCodec,
} from '../grammar/index.ts';
import type { Decision, Player, Policy, Reading, Segment } from '../records/index.ts';
import type { Engine } from './engine.ts';
import type { DecodeResult } from './lane.ts';
import type { SamplingOptions } from './sampling.ts';

export interface EnginePolicyOptions extends SamplingOptions {
  readonly engine: Engine;
  readonly codec: TextCodec;
  /** Longest action in the policy's own tokens. Default 64. */
  readonly maxTokens?: number;
}

/** Players throw `RuntimeError` when the context is full or an action grows longer than `maxTokens`. */
export function enginePolicy(options: EnginePolicyOptions): Policy {
  return {
    begin: async ({ seed, verbs }) => {
      const { engine, codec, maxTokens = 64, ...sampling } = options;
      const lane = await engine.open(seed);
      let isFresh = true;
      let count = 0;
      const segmentTokens = (segment: Segment): Int32Array => {
        const { tokens } = encodeTranscript({ schemaVersion: 1, segments: [segment] }, codec);
        const begins = isFresh;
        isFresh = false;
        return begins ? tokens : tokens.slice(1);
      };
      /** Of the last decision, so that another can take its place. */
      let decided = 0;
      const player: Player = {
        async read(segment): Promise<Reading> {
          const tokens = segmentTokens(segment);
          const { nats } = await engine.append(lane, tokens);
          count += tokens.length;
          return { surpriseNats: nats.length === 0 ? Number.NaN : nats.reduce((sum, n) => sum + n, 0) / nats.length };
        },
        async decide(observation): Promise<Decision> {
          const grammar = actionGrammar(verbs, observation.targets);
          const echoes = echoesOf(observation);
          const own: number[] = [];
          const logprobs: number[] = [];
          let pending = [boundaryId('act')];
          let value = Number.NaN;
          let state = 0;
          decided = 0;
          await engine.mark(lane);
          for (;;) {
            // Asked for together, the two are read in one step.
            const read = engine.append(lane, Int32Array.from(pending));
            const [, result] = await Promise.all([
              read,
              engine.decode(lane, { ...sampling, grammar, state, maxTokens: maxTokens - own.length }),
            ]);
            if (own.length === 0) value = sigmoid(result.value);
            decided += pending.length + result.tokens.length;
            count += pending.length + result.tokens.length;
            own.push(...result.tokens);
            logprobs.push(...result.logprobs);
            if (result.stopReason === 'end') break;
            if (result.stopReason !== 'pause' || own.length >= maxTokens) throw cutShort(result, own.length);
            const last = own.at(-1) as number;
            pending = isReferenceId(last) ? [...encodeEcho(echoes.get(last - FIRST_REFERENCE) ?? NO_ECHO, codec)] : [];
            state = result.state;
          }
          const action = parseActionTokens(own, codec);
          const pieces = actionPieces(action, (reference) => echoes.get(reference) ?? NO_ECHO);
          return { action, segment: { kind: 'act', pieces }, value, logprobs };
        },
        async force(segment): Promise<void> {
          await engine.rewind(lane);
          const tokens = segmentTokens(segment);
          await engine.append(lane, tokens);
          count += tokens.length - decided;
          decided = tokens.length;
        },
        tokens: () => count,
        close: () => engine.close(lane),
      };
      return player;
    },
  };
}

/** The value head gives a logit. */
const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

function cutShort({ stopReason }: DecodeResult, length: number): RuntimeError {
  return new RuntimeError({
    operation: 'decide',
    got: `${stopReason} after ${length} tokens of an action`,
    expected: 'a whole action',
    fix: 'end the episode: there is no room for another action',
  });
}
