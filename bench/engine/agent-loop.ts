/**
 * The engine under an agent's load: 8 lanes of preset micro that join one after the other, each turn appending 25 tokens and
 * decoding 6, up to 2,048. Then the same tokens through the trainer: how far are the two apart in the worst token?
 */
import { Random } from '../../src/base/index.ts';
import { Engine } from '../../src/engine/index.ts';
import { FIRST_REFERENCE, REFERENCE_COUNT, SPECIAL_TOKENS, type TokenGrammar } from '../../src/grammar/index.ts';
import { initializeWeights, type ModelConfig, presetConfig, type Weights } from '../../src/model/index.ts';
import type { Episode } from '../../src/records/index.ts';
import { packEpisodes, Trainer } from '../../src/train/index.ts';
import { type Bench, median, spreadOf } from '../row.ts';
import { ALL_REFERENCES } from '../tasks/pointing.ts';
import { natsByPlace } from './practice.ts';

const LANES = 8;
const APPENDED = 25;
const DECODED = 6;
const LENGTH = 2048;
const ROUNDS = 3;

/** Five tokens of text with a reference in their midst. */
const GRAMMAR: TokenGrammar = {
  states: [
    { edges: [{ tokens: 'text', to: 1 }] },
    { edges: [{ tokens: 'text', to: 2 }] },
    { edges: [{ tokens: ALL_REFERENCES, to: 3 }], pointing: true },
    { edges: [{ tokens: 'text', to: 4 }] },
    { edges: [{ tokens: 'text', to: 5 }] },
    { edges: [{ tokens: 'text', to: 6 }] },
    { edges: [], stop: 'end' },
  ],
};

interface Driven {
  readonly tokens: number[];
  readonly pointed: number[];
  /** Nats that the engine gave each decoded token; undefined for appended ones. */
  readonly logprobs: (number | undefined)[];
}

export const agentLoop: Bench = {
  names: ['agent-loop-b8', 'logprob-gap'],
  measure: async ({ seed, say }) => {
    const config = presetConfig('micro');
    // Weights with spread-out logits: at the initial ones every distribution is nearly flat and the gap too easy.
    const weights = new Map(
      [...initializeWeights(config, new Random(seed))].map(([name, values]) => [
        name,
        name === 'embedding' ? values.map((x) => 10 * x) : values,
      ]),
    );
    const engine = await Engine.start(config, weights);
    try {
      const speeds: number[] = [];
      let lanes: readonly Driven[] = [];
      // The first round compiles the step widths.
      for (let round = 0; round <= ROUNDS; round++) {
        const started = performance.now();
        lanes = await Promise.all(Array.from({ length: LANES }, (_, i) => drive(engine, new Random(`agent-loop/${seed}/${i}`), i)));
        const speed = (1000 * lanes.reduce((sum, lane) => sum + lane.tokens.length, 0)) / (performance.now() - started);
        say(`  round ${round}: ${speed.toFixed(0)} tokens/s${round === 0 ? ' (compiling)' : ''}`);
        if (round > 0) speeds.push(speed);
      }
      const gap = await largestGap(config, weights, lanes);
      const sampled = lanes.flatMap(({ logprobs }) => logprobs).filter((logprob) => logprob !== undefined).length;
      const turns = median(speeds) / (APPENDED + DECODED);
      return [
        {
          name: 'agent-loop-b8',
          value: median(speeds),
          unit: 'tokens/s',
          spread: spreadOf(speeds),
          seed,
          note: `read or decoded; ${turns.toFixed(0)} turns/s`,
        },
        { name: 'logprob-gap', value: gap, unit: 'nats', spread: null, seed, note: `largest of ${sampled} sampled tokens` },
      ];
    } finally {
      await engine.dispose();
    }
  },
};

async function drive(engine: Engine, random: Random, index: number): Promise<Driven> {
  await new Promise((resolve) => setTimeout(resolve, 40 * index));
  const lane = await engine.open(index);
  const driven: Driven = { tokens: [], pointed: [], logprobs: [] };
  const take = (token: number, pointed: number, logprob?: number): void => {
    driven.tokens.push(token);
    driven.pointed.push(pointed);
    driven.logprobs.push(logprob);
  };
  const V = engine.config.vocabularySize;
  while (driven.tokens.length + APPENDED + DECODED <= LENGTH) {
    const observation = Int32Array.from({ length: APPENDED }, (_, i) =>
      i % 8 === 7 ? FIRST_REFERENCE + random.below(REFERENCE_COUNT) : SPECIAL_TOKENS.length + random.below(V - SPECIAL_TOKENS.length),
    );
    await engine.append(lane, observation);
    for (const token of observation) take(token, 0);
    const { tokens, logprobs, pointed } = await engine.decode(lane, { grammar: GRAMMAR, maxTokens: DECODED });
    tokens.forEach((token, i) => {
      take(token, pointed[i] as number, logprobs[i]);
    });
  }
  await engine.close(lane);
  return driven;
}

async function largestGap(config: ModelConfig, weights: Weights, lanes: readonly Driven[]): Promise<number> {
  const trainer = new Trainer(config, { weights });
  let gap = 0;
  for (const { tokens, pointed, logprobs } of lanes) {
    const episode: Episode = {
      tokens: Int32Array.from(tokens),
      weights: new Float32Array(tokens.length).fill(1),
      pointed: Uint8Array.from(pointed),
    };
    const { batch } = packEpisodes([episode], { time: LENGTH, lanes: 1 });
    const nats = await natsByPlace(trainer, batch);
    logprobs.forEach((logprob, i) => {
      if (logprob !== undefined) gap = Math.max(gap, Math.abs(logprob + (nats[i - 1] as number)));
    });
  }
  await trainer.dispose();
  return gap;
}
