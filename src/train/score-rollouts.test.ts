import { expect, it } from 'vitest';
import { randomModel } from '../../test/random-model.ts';
import { wordId } from '../grammar/index.ts';
import type { EpisodeRecord, Score, Segment, StepRecord } from '../records/index.ts';
import { actionAdvantages, normaliseAdvantages } from './advantages.ts';
import { PolicyTrainer } from './policy-trainer.ts';
import { scoreRollouts } from './score-rollouts.ts';

const codec = { encodeText: (text: string) => Array.from(text, () => 340), decode: () => '' };
const verdict = (success: boolean | null): Score => ({ success, credit: null, broken: [], reasons: [] });

/** `count` actions, each of a word and its end. */
function record(id: string, count: number, score: Score | null, logprobs: readonly number[] = [-1, -2]): EpisodeRecord {
  const turn: readonly Segment[] = [
    { kind: 'observe', pieces: [{ kind: 'text', text: id }] },
    { kind: 'act', pieces: [{ kind: 'word', word: 'wait' }] },
  ];
  const step: StepRecord = { value: null, logprobs, surpriseNats: null, milliseconds: 1 };
  return {
    schemaVersion: 1,
    id,
    gym: 'g',
    gymVersion: '1',
    slice: 'base',
    seed: { split: 'train', n: 0 },
    lane: 'a',
    policy: 'p',
    transcript: { schemaVersion: 1, segments: Array.from({ length: count }, () => turn).flat() },
    steps: Array.from({ length: count }, () => step),
    stop: 'done',
    score,
    audit: null,
    fault: null,
    seconds: 1,
    tokens: null,
  };
}

it('scores what has a verdict and actions of the policy, and names the rest', async () => {
  const { config, weights } = randomModel('rollouts');
  const trainer = new PolicyTrainer(config, { weights }, { time: 32, lanes: 2, threads: 1 });
  const records = [
    record('good', 3, verdict(true)),
    record('unknown', 2, verdict(null)),
    record('bad', 2, verdict(false)),
    record('expert', 2, verdict(true), []),
    record('lost', 1, null),
  ];
  const { episodes, rewards, leftOut } = await scoreRollouts(records, codec, { trainer });
  const values = await trainer.episodeValues(episodes);
  expect(rewards).toEqual([1 - 3 * 0.002, 0]);
  expect(leftOut).toEqual([
    { id: 'unknown', why: 'no verdict' },
    { id: 'expert', why: 'no action of its own' },
    { id: 'lost', why: 'no verdict' },
  ]);
  const expected = normaliseAdvantages([
    actionAdvantages({ rewards: [0, 0, 0.994], values: values[0] as number[] }),
    actionAdvantages({ rewards: [0, 0], values: values[1] as number[] }),
  ]);
  for (const [e, { tokens, advantages, decisions, returns }] of episodes.entries()) {
    const verbs = [...tokens.keys()].filter((i) => tokens[i] === wordId('wait'));
    for (const [n, i] of verbs.entries()) {
      expect(advantages[i]).toBeCloseTo(expected[e]?.[n] as number, 5);
      expect([decisions[i - 1], returns[i - 1]]).toEqual([1, e === 0 ? 1 : 0]);
    }
  }
  const raw = await scoreRollouts(records, codec, { trainer, normalise: false, lambda: 1, reward: ({ id }) => (id === 'bad' ? -1 : 2) });
  const first = raw.episodes[1];
  expect(first?.advantages.find((advantage) => advantage !== 0)).toBeCloseTo(-1 - (values[1]?.[0] as number), 5);
  await trainer.dispose();
});
