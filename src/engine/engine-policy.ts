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
  REFERENCE_COUNT,
  SPECIAL_TOKENS,
  type TextCodec,
  type TokenGrammar,
  wordId,
} from '../grammar/index.ts';
import type { Decision, Player, Policy, Reading, Segment } from '../records/index.ts';
import { type WideModel, WideReader } from '../wide/index.ts';
import type { Engine } from './engine.ts';
import type { DecodeResult } from './lane.ts';
import type { SamplingOptions } from './sampling.ts';
import { wideBias } from './wide-bias.ts';

export interface EnginePolicyOptions extends SamplingOptions {
  readonly engine: Engine;
  readonly codec: TextCodec;
  /** The wide part, which decides together with the model; default: the model alone. */
  readonly wide?: WideModel | undefined;
  /** Longest action in the policy's own tokens. Default 64. */
  readonly maxTokens?: number;
}

/** Players throw `RuntimeError` when the context is full or an action grows longer than `maxTokens`. */
export function enginePolicy(options: EnginePolicyOptions): Policy {
  return {
    begin: async ({ seed, verbs }) => {
      const { engine, codec, wide, maxTokens = 64, ...sampling } = options;
      const reader = wide && new WideReader(wide);
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
          reader?.read(segment);
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
              engine.decode(lane, {
                ...sampling,
                grammar,
                state,
                maxTokens: maxTokens - own.length,
                ...(reader ? { bias: wideBias(reader, own) } : {}),
              }),
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
          const segment: Segment = { kind: 'act', pieces };
          reader?.decided(segment);
          return { action, segment, value, logprobs };
        },
        async force(segment): Promise<void> {
          reader?.decided(segment);
          await engine.rewind(lane);
          const tokens = segmentTokens(segment);
          await engine.append(lane, tokens);
          count += tokens.length - decided;
          decided = tokens.length;
        },
        async foresee(): Promise<string | null> {
          const twin = await engine.fork(lane, `${seed}/foresee`);
          try {
            const [, foreseen] = await Promise.all([
              engine.append(twin, Int32Array.of(boundaryId('observe'))),
              engine.decode(twin, { temperature: 0, grammar: OBSERVATION, maxTokens: FORESIGHT }),
            ]);
            return sureText(foreseen, codec);
          } catch (error) {
            // At the end of the context there is nothing to foresee with.
            if (error instanceof RuntimeError) return null;
            throw error;
          } finally {
            await engine.close(twin);
          }
        },
        tokens: () => count,
        close: () => engine.close(lane),
      };
      return player;
    },
  };
}

/** Tokens of an observation that are looked ahead. */
const FORESIGHT = 64;

/** An observation as the runtime writes it: text, references and its words, until somebody acts or judges. */
const OBSERVATION: TokenGrammar = {
  states: [
    {
      edges: [
        { tokens: 'text', to: 0 },
        {
          tokens: [
            ...(['gone', 'value', 'notice'] as const).map(wordId),
            ...Array.from({ length: REFERENCE_COUNT }, (_, r) => FIRST_REFERENCE + r),
          ],
          to: 0,
        },
        { tokens: [boundaryId('act'), boundaryId('think'), boundaryId('outcome')], to: 1 },
      ],
    },
    { edges: [], stop: 'end' },
  ],
};

/** Below this probability of one of its tokens a prediction counts as guessed. */
const SURE = 0.4;

/** An observation, a line an element; null where the model was not sure of all of it, or did not come to its end: half of one would hide the other half. */
function sureText({ tokens, logprobs, stopReason }: DecodeResult, codec: TextCodec): string | null {
  const lines: number[][] = [];
  let isInLine = false;
  for (const [i, token] of tokens.entries()) {
    // References are dealt at random: nobody can foresee them.
    const isText = token >= SPECIAL_TOKENS.length;
    if (isText && (logprobs[i] as number) < Math.log(SURE)) return null;
    if (isText && isInLine) lines.at(-1)?.push(token);
    else if (isText) lines.push([token]);
    isInLine = isText;
  }
  if (stopReason !== 'end') return null;
  return lines
    .map((ids) => codec.decode(ids).trim())
    .filter((text) => text !== '')
    .join('\n');
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
