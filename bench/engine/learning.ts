/**
 * Whether models learn what everything rests on: copying a string, pointing at the right line. Trained on fresh episodes,
 * then judged on unseen ones by the engine, which decodes greedily under the grammar, its own mistakes included.
 */
import { Engine } from '../../src/engine/index.ts';
import { boundaryId, DEFAULT_WEIGHTS, encodeEcho, encodeTranscript, SPECIAL_TOKENS, spellReference } from '../../src/grammar/index.ts';
import { type ModelConfig, presetConfig, type Tokenizer, trainTokenizer, type Weights } from '../../src/model/index.ts';
import type { Episode, Transcript } from '../../src/records/index.ts';
import { textsOf } from '../../src/train/index.ts';
import type { Bench, BenchContext, Measurement } from '../row.ts';
import { copyingTranscript } from '../tasks/copying.ts';
import { LONG_POINTING, POINTING, POINTING_GRAMMAR, type PointingOptions, pointingEpisode } from '../tasks/pointing.ts';
import { type PracticeResult, practise, type TaskEpisode } from './practice.ts';

const UNSEEN_STRINGS = 2000;
const UNSEEN_DOCUMENTS = 125;

export const copying: Bench = {
  names: ['copy-micro'],
  measure: async ({ seed, say }) => {
    const tokenizer = tokenizerFor(Array.from({ length: 500 }, (_, i) => copyingTranscript(`vocabulary/${i}`)));
    const config = presetConfig('micro', { vocabularySize: tokenizer.vocabularySize });
    const episode = (number: string): TaskEpisode => {
      const encoded = encodeTranscript(copyingTranscript(number), tokenizer, { weights: { ...DEFAULT_WEIGHTS, observe: 0 } });
      return {
        episode: encoded,
        units: encoded.weights.reduce(
          (units, weight, i) => units.fill(weight === 1 ? 0 : -1, i, i + 1),
          new Int32Array(encoded.tokens.length),
        ),
      };
    };
    const result = await practise({
      config,
      size: { time: 128, lanes: 16 },
      levels: 1,
      episode,
      peakRate: 2e-3,
      steps: 2300,
      coolDown: { from: 0.8, steps: 1500 },
      seed,
      say,
    });
    const exact = await copiedExactly(config, result.weights, tokenizer);
    return [
      {
        name: 'copy-micro',
        value: exact,
        unit: 'strings exact',
        spread: null,
        seed,
        note: `${UNSEEN_STRINGS} unseen strings; ${describe(result)}`,
      },
    ];
  },
};

export const pointing: Bench = {
  names: ['point-micro'],
  measure: async (context) => [await measurePointing('point-micro', [POINTING], context)],
};

export const pointingLong: Bench = {
  names: ['point-micro-long'],
  measure: async (context) => [await measurePointing('point-micro-long', [POINTING, LONG_POINTING], context)],
};

async function measurePointing(name: string, levels: readonly PointingOptions[], { seed, say }: BenchContext): Promise<Measurement> {
  const { config, tokenizer, result } = await practisePointing({ levels, seed, say });
  const right = await filledRight(config, result.weights, tokenizer, levels.at(-1) as PointingOptions);
  return {
    name,
    value: right,
    unit: 'fields right',
    spread: null,
    seed,
    note: `${UNSEEN_DOCUMENTS} unseen documents of 8 fields; ${describe(result)}`,
  };
}

export interface PointingPractice {
  readonly levels: readonly PointingOptions[];
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly changes?: Partial<ModelConfig>;
  readonly echo?: boolean;
  readonly steps?: number;
}

/** Trains on the pointing task; the last level is what counts. */
export async function practisePointing({ levels, seed, say, changes = {}, echo = true, steps = 4000 }: PointingPractice): Promise<{
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly result: PracticeResult;
}> {
  const tokenizer = tokenizerFor(Array.from({ length: 300 }, (_, i) => pointingEpisode(`vocabulary/${i}`, POINTING).transcript));
  const config = presetConfig('micro', { vocabularySize: tokenizer.vocabularySize, ...changes });
  const episode = (number: string, level: number): TaskEpisode => {
    const encoded = encodeTranscript(pointingEpisode(number, levels[level] as PointingOptions).transcript, tokenizer, { echo });
    // A field is two choices in a row: which one, and from where.
    let choices = 0;
    const units = Int32Array.from(encoded.pointed, (pointed) => (pointed ? choices++ >> 1 : -1));
    return { episode: config.pointerWidth > 0 ? encoded : withoutPointing(encoded), units };
  };
  const long = levels.some(({ lines }) => lines > 100);
  const size = long ? { time: 1664, lanes: 2 } : { time: 432, lanes: 5 };
  const result = await practise({
    config,
    size,
    levels: levels.length,
    episode,
    peakRate: 2e-3,
    steps,
    coolDown: { from: 0.9, steps: 300 },
    seed,
    say,
  });
  return { config, tokenizer, result };
}

const withoutPointing = (episode: Episode): Episode => ({ ...episode, pointed: new Uint8Array(episode.tokens.length) });

function tokenizerFor(transcripts: readonly Transcript[]): Tokenizer {
  return trainTokenizer(transcripts.flatMap(textsOf), { vocabularySize: 1024, specialTokens: SPECIAL_TOKENS });
}

/** Share of unseen strings that the engine copies to the last token. */
async function copiedExactly(config: ModelConfig, weights: Weights, tokenizer: Tokenizer): Promise<number> {
  const engine = await Engine.start(config, weights);
  try {
    const copies = await inBatches(UNSEEN_STRINGS, async (i) => {
      const { tokens } = encodeTranscript(copyingTranscript(`exam/${i}`), tokenizer);
      const start = tokens.indexOf(boundaryId('act')) + 2;
      const lane = await engine.open(i);
      await engine.append(lane, tokens.slice(0, start));
      const answer = await engine.decode(lane, { maxTokens: tokens.length - start + 1, temperature: 0, stopTokens: [boundaryId('end')] });
      await engine.close(lane);
      return answer.tokens.join() === tokens.slice(start).join();
    });
    return copies.filter((exact) => exact).length / copies.length;
  } finally {
    await engine.dispose();
  }
}

/** Share of fields of unseen documents that the engine fills from the right line. */
async function filledRight(config: ModelConfig, weights: Weights, tokenizer: Tokenizer, options: PointingOptions): Promise<number> {
  const engine = await Engine.start(config, weights);
  try {
    const documents = await inBatches(UNSEEN_DOCUMENTS, (i) => fillForm(engine, tokenizer, i, options));
    return documents.flat().filter((right) => right).length / documents.flat().length;
  } finally {
    await engine.dispose();
  }
}

async function fillForm(engine: Engine, tokenizer: Tokenizer, number: number, options: PointingOptions): Promise<readonly boolean[]> {
  const { transcript, texts, answers } = pointingEpisode(`exam/${number}`, options);
  const { tokens } = encodeTranscript(transcript, tokenizer);
  const lane = await engine.open(number);
  await engine.append(lane, tokens.slice(0, tokens.indexOf(boundaryId('act'))));
  const rights: boolean[] = [];
  for (const { field, source } of answers) {
    const chosen: string[] = [];
    for (let state = 0; ; ) {
      const step = await engine.decode(lane, { grammar: POINTING_GRAMMAR, state, temperature: 0 });
      if (step.stopReason !== 'pause') break;
      const spelling = tokenizer.tokenOf(step.tokens.at(-1) as number);
      chosen.push(spelling);
      await engine.append(lane, Int32Array.from(encodeEcho({ text: texts.get(Number(spelling.slice(1, -1))) ?? '' }, tokenizer)));
      state = step.state;
    }
    rights.push(chosen.join() === [spellReference(field), spellReference(source)].join());
  }
  await engine.close(lane);
  return rights;
}

/** Thirty-two at a time, in order. */
async function inBatches<T>(count: number, one: (index: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let from = 0; from < count; from += 32)
    results.push(...(await Promise.all(Array.from({ length: Math.min(32, count - from) }, (_, i) => one(from + i)))));
  return results;
}

function describe({ seconds, tokens, curve }: PracticeResult): string {
  const there = curve.find(({ right }) => right >= 0.99);
  const reached = there ? `0.99 of the units first right after ${there.seconds.toFixed(0)} s` : 'never 0.99 of the units right';
  return `trained ${seconds.toFixed(0)} s on ${(tokens / 1e6).toFixed(2)} M tokens, ${reached}`;
}
