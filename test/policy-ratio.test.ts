/**
 * From the engine to the policy trainer: actions of every verb are sampled, recorded and scored, and the trainer's log-probability of each own
 * token is the one that the engine told when it drew it. So a fresh episode's ratios are 1 and its importance weights too.
 */
import { expect, it } from 'vitest';
import { Random } from '../src/base/index.ts';
import { Engine, enginePolicy } from '../src/engine/index.ts';
import { SPECIAL_TOKENS, type TextCodec } from '../src/grammar/index.ts';
import type { ModelConfig } from '../src/model/index.ts';
import { type EpisodeRecord, type Observation, OFFERS, type Segment, type StepRecord, type Target, VERBS } from '../src/records/index.ts';
import { PolicyTrainer, packScoredEpisodes, type ScoredEpisode, scoreEpisode } from '../src/train/index.ts';
import { randomModel } from './random-model.ts';

const BOUND_NATS = 1e-4;
const LETTERS = 8;
/** One token a letter, so that text is spelled one way only. */
const codec: TextCodec = {
  encodeText: (text) => Array.from(text, (letter) => SPECIAL_TOKENS.length + ((letter.codePointAt(0) as number) % LETTERS)),
  decode: (ids) => String.fromCodePoint(...ids.map((id) => 96 + id - SPECIAL_TOKENS.length)),
};
const verbs = Object.fromEntries(VERBS.map((verb) => [verb, 'read' as const]));

function screen(seed: string): Observation {
  const random = new Random(seed);
  const references = random.shuffle(Array.from({ length: 200 }, (_, r) => r)).slice(0, 6);
  const targets: Target[] = references.map((reference) => ({ reference, role: '', name: 'abc', states: [], offers: OFFERS, text: 'fed' }));
  const pieces = references.flatMap((reference) => [{ kind: 'text', text: 'bad' } as const, { kind: 'reference', reference } as const]);
  return { pieces, targets, stop: null };
}

async function play(engine: Engine, seed: string): Promise<EpisodeRecord> {
  const player = await enginePolicy({ engine, codec, maxTokens: 200 }).begin({ seed, verbs });
  const segments: Segment[] = [{ kind: 'goal', pieces: [{ kind: 'text', text: 'cafe' }] }];
  const steps: StepRecord[] = [];
  await player.read(segments[0] as Segment);
  for (let step = 0; step < 5; step++) {
    const observation = screen(`${seed}/${step}`);
    const seen: Segment = { kind: 'observe', pieces: observation.pieces };
    await player.read(seen);
    const { segment, value, logprobs } = await player.decide(observation);
    segments.push(seen, segment);
    steps.push({ value, logprobs, surpriseNats: null, milliseconds: 0 });
  }
  await player.close();
  const fixed = { schemaVersion: 1, gym: 'g', gymVersion: '1', slice: 'base', lane: 'a', policy: 'p', stop: 'steps' } as const;
  const unknown = { score: null, audit: null, fault: null, seconds: 0, tokens: null };
  return { ...fixed, ...unknown, id: seed, seed: { split: 'train', n: 0 }, transcript: { schemaVersion: 1, segments }, steps };
}

it.each<readonly [string, Partial<ModelConfig>]>([
  ['with a pointer head', {}],
  ['without', { pointerWidth: 0 }],
])('a fresh episode has ratio 1: %s', { timeout: 60_000 }, async (name, changes) => {
  const { config, weights } = randomModel(name, { vocabularySize: SPECIAL_TOKENS.length + LETTERS, contextLength: 512, ...changes });
  const engine = await Engine.start(config, weights);
  const records: EpisodeRecord[] = [];
  for (let n = 0; n < 16; n++) records.push(await play(engine, `${name}/${n}`));
  await engine.dispose();

  const size = { time: 512, lanes: 16 };
  const trainer = new PolicyTrainer(config, { weights }, { ...size, threads: 1 });
  const episodes = records.map((record): ScoredEpisode => scoreEpisode(record, codec, { advantages: record.steps.map(() => 1) }));
  const logprobs = await trainer.episodeLogprobs(episodes);
  const spoken = new Set<number>();
  let [own, gap] = [0, 0];
  for (const [e, episode] of episodes.entries())
    for (const [i, token] of episode.tokens.entries()) {
      if (episode.own[i] === 0) continue;
      own++;
      spoken.add(token);
      gap = Math.max(gap, Math.abs((logprobs[e]?.[i] as number) - (episode.behaviourLogprobs[i] as number)));
    }
  const { batch } = packScoredEpisodes(episodes, size);
  const values = await trainer.values(batch);
  const report = await trainer.step([batch], 0);
  await trainer.dispose();
  expect(gap).toBeLessThan(BOUND_NATS);
  expect(own).toBeGreaterThan(250);
  expect(spoken.size).toBeGreaterThan(40);
  expect(report.meanRatio).toBeCloseTo(1, 4);
  expect(report.clipFraction).toBe(0);
  expect(values.every((value) => value > 0 && value < 1)).toBe(true);
});
