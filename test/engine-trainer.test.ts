/**
 * Token exactness: what the engine says of a token while lanes come and go is what the trainer says of it afterwards.
 * The engine reads step by step from a cache, the trainer whole episodes side by side: two programs for one function.
 */
import { describe, expect, it } from 'vitest';
import { Random } from '../src/base/index.ts';
import { type DecodeResult, LaneEngine } from '../src/engine/index.ts';
import { boundaryId, FIRST_REFERENCE, REFERENCE_COUNT, type TokenGrammar, wordId } from '../src/grammar/index.ts';
import { type ModelConfig, scalarHead, VALUE_HEAD } from '../src/model/index.ts';
import type { Batch, Episode } from '../src/records/index.ts';
import { Session } from '../src/tensor/index.ts';
import { batchFeeds, packEpisodes, Trainer, traceLanguageModel } from '../src/train/index.ts';
import { type RandomModel, randomModel } from './random-model.ts';

const BOUND_NATS = 1e-4;
/** The lane that outgrows the first allocation of the cache. */
const LONG = '1/2';
const REFERENCES = Array.from({ length: REFERENCE_COUNT }, (_, r) => FIRST_REFERENCE + r);

/** Text, then `fill` ⟨r⟩ pause `from` (⟨r⟩ or `abstain`) pause … `end`. */
const grammar: TokenGrammar = {
  states: [
    {
      edges: [
        { tokens: [wordId('fill')], to: 1 },
        { tokens: 'text', to: 0 },
        { tokens: [boundaryId('end')], to: 4 },
      ],
    },
    { edges: [{ tokens: REFERENCES, to: 2 }], pointing: true },
    {
      edges: [
        { tokens: [wordId('from')], to: 3 },
        { tokens: [boundaryId('end')], to: 4 },
      ],
      stop: 'pause',
    },
    { edges: [{ tokens: [...REFERENCES, wordId('abstain')], to: 2 }], pointing: true },
    { edges: [], stop: 'end' },
  ],
};

/** What a lane went through. Arrays by token; nats of the first token are unknown. */
interface Lived {
  readonly tokens: number[];
  readonly nats: number[];
  readonly pointed: number[];
  readonly values: { readonly position: number; readonly value: number }[];
  readonly results: DecodeResult[];
}

/** One lane's life, fixed by `seed`: appends and decodes in turn, with pauses in which others get their turn. */
async function live(engine: LaneEngine, seed: string, longest: number): Promise<Lived> {
  const random = new Random(seed);
  const lived: Lived = { tokens: [], nats: [], pointed: [], values: [], results: [] };
  const lane = engine.open(seed);
  const append = async (tokens: readonly number[]): Promise<void> => {
    const { nats } = await engine.append(lane, Int32Array.from(tokens));
    lived.tokens.push(...tokens);
    lived.nats.push(...nats);
    lived.pointed.push(...tokens.map(() => 0));
  };
  const someTokens = (count: number): number[] =>
    Array.from({ length: count }, () => (random.below(5) === 0 ? random.pick(REFERENCES) : random.below(engine.config.vocabularySize)));

  for (let turn = 0; turn < 4; turn++) {
    await append(someTokens(turn === 0 && longest > 40 ? longest : 1 + random.below(40)));
    let state = random.pick([0, 1, 3]);
    for (let part = 0; part < 3; part++) {
      const result = await engine.decode(lane, { temperature: 1, grammar, state, maxTokens: 6 });
      lived.values.push({ position: lived.tokens.length - 1, value: result.value });
      lived.results.push(result);
      lived.tokens.push(...result.tokens);
      lived.nats.push(...result.logprobs.map((logprob) => -logprob));
      lived.pointed.push(...result.pointed);
      if (result.stopReason !== 'pause') break;
      state = result.state;
      if (random.below(3) > 0) await append([boundaryId('echo'), 340, 341, boundaryId('unecho')].slice(0, 1 + random.below(4)));
    }
    for (let i = random.below(12); i > 0; i--) await new Promise(setImmediate);
  }
  engine.close(lane);
  return lived;
}

/** Waves of lanes, so that the cache grows, shrinks and is used again. */
async function liveTogether(engine: LaneEngine, counts: readonly number[]): Promise<Map<string, Lived>> {
  const all = new Map<string, Lived>();
  for (const [wave, count] of counts.entries())
    await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        for (let wait = 3 * i; wait > 0; wait--) await new Promise(setImmediate);
        const seed = `${wave}/${i}`;
        all.set(seed, await live(engine, seed, seed === LONG ? 330 : 40));
      }),
    );
  return all;
}
interface Read {
  readonly nats: Float64Array;
  readonly values: Float64Array;
}

/** The trainer's nats and the value head's outputs on whole episodes. */
async function readWhole({ config, weights }: RandomModel, episodes: readonly Episode[]): Promise<Read[]> {
  const size = { time: 512, lanes: 3 };
  const trainer = new Trainer(config, { weights }, { ...size, threads: 1 });
  const traced = traceLanguageModel(config, size);
  const valueSession = config.valueHead
    ? await Session.create(traced.graph, { value: scalarHead(traced.parameters, traced.hidden, VALUE_HEAD) }, { threads: 1 })
    : undefined;
  const parameters = Object.fromEntries(
    [...weights].map(([name, data]) => [name, { data, shape: traced.parameters.get(name)?.shape as readonly number[] }]),
  );
  const reads: Read[] = [];
  while (reads.length < episodes.length) {
    const { batch, used } = packEpisodes(episodes.slice(reads.length), size);
    const { tokenNats, pointedNats } = await trainer.evaluate(batch);
    const value = (await valueSession?.run({ ...parameters, ...batchFeeds(config, batch) }))?.value?.data;
    for (let number = 0; number < used; number++)
      reads.push(readEpisode(batch, number, { tokenNats, pointedNats, value: value as Float32Array }));
  }
  await trainer.dispose();
  await valueSession?.dispose();
  return reads;
}

function readEpisode(
  batch: Batch,
  number: number,
  {
    tokenNats,
    pointedNats,
    value,
  }: { readonly tokenNats: Float32Array; readonly pointedNats: Float32Array; readonly value?: Float32Array },
): Read {
  const places = Array.from(batch.episodes.keys()).filter((at) => batch.episodes[at] === number);
  places.sort((a, b) => (batch.positions[a] as number) - (batch.positions[b] as number));
  const nats = places.map((at) => {
    const decision = batch.pointing.weights.some((weight) => weight > 0) ? batch.pointing.deciding.indexOf(at) : -1;
    return (decision >= 0 && pointedNats.length > 0 ? pointedNats[decision] : tokenNats[at]) as number;
  });
  return { nats: Float64Array.from([0, ...nats.slice(0, -1)]), values: Float64Array.from(places, (at) => value?.[at] ?? Number.NaN) };
}

const episodeOf = ({ tokens, pointed }: Lived): Episode => ({
  tokens: Int32Array.from(tokens),
  weights: new Float32Array(tokens.length).fill(1),
  pointed: Uint8Array.from(pointed),
});

const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] as number))), 0);

const variants: readonly (readonly [string, Partial<ModelConfig>])[] = [
  ['grouped heads, pointer, tied', {}],
  ['all heads, pointer, untied', { keyValueHeads: 4, tiedEmbeddings: false }],
  ['one key head, no pointer, untied, no value', { keyValueHeads: 1, pointerWidth: 0, tiedEmbeddings: false, valueHead: false }],
  ['all heads, no pointer, tied', { keyValueHeads: 4, pointerWidth: 0, layers: 1 }],
  // The longest lane is longer than every window.
  ['the first layer with a window', { windows: [64, 0] }],
  ['windows in every layer', { layers: 3, windows: [64, 96, 70], keyValueHeads: 4 }],
];

describe.each(variants)('engine and trainer: %s', (name, changes) => {
  it.each([false, true])(
    `agree to ${BOUND_NATS} nats on every token of lanes that come and go; lanes at rest left out: %s`,
    async (leaveOutResting) => {
      const model = randomModel(name, changes);
      const engine = new LaneEngine(model.config, model.weights, { threads: 1, leaveOutResting });
      const lived = await liveTogether(engine, [1, 7, 2, 4]);
      await engine.dispose();
      const lives = [...lived.values()];
      const reads = await readWhole(model, lives.map(episodeOf));

      let sampled = 0;
      for (const [i, life] of lives.entries()) {
        const { nats, values } = reads[i] as Read;
        expect(nats.length).toBe(life.tokens.length);
        expect(gap(life.nats, nats)).toBeLessThan(BOUND_NATS);
        for (const { position, value } of life.values) {
          if (model.config.valueHead) expect(Math.abs(value - (values[position] as number))).toBeLessThan(BOUND_NATS);
          else expect(value).toBeNaN();
        }
        sampled += life.results.reduce((sum, { tokens }) => sum + tokens.length, 0);
        expect(life.pointed.includes(1)).toBe(model.config.pointerWidth > 0);
      }
      expect(sampled).toBeGreaterThan(150);
      if (process.env.JOURNEYMAN_GAPS)
        console.info(
          name,
          gap(
            lives.flatMap(({ nats }) => nats),
            reads.flatMap(({ nats }) => [...nats]),
          ),
          sampled,
        );
    },
  );
});

it('what a lane gets does not depend on what runs beside it', async () => {
  const { config, weights } = randomModel('alone');
  const together = new LaneEngine(config, weights, { threads: 1 });
  const lived = await liveTogether(together, [1, 5]);
  await together.dispose();
  const alone = new LaneEngine(config, weights, { threads: 1 });
  for (const [seed, life] of lived) {
    const again = await live(alone, seed, seed === LONG ? 330 : 40);
    expect(again.tokens).toEqual(life.tokens);
    expect(gap(again.nats, life.nats)).toBeLessThan(BOUND_NATS);
  }
  await alone.dispose();
});
