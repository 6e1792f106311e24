import { expect, it } from 'vitest';
import { boundaryId } from '../../src/grammar/index.ts';
import type { EpisodeRecord, Segment, StepRecord } from '../../src/records/index.ts';
import { lessonOf } from './learn.ts';
import { beginnerOf } from './workshop.ts';

const act = (verb: string): Segment => ({ kind: 'act', pieces: [{ kind: 'word', word: verb }] });
const observe: Segment = { kind: 'observe', pieces: [{ kind: 'text', text: 'a page' }] };
const transcript = { schemaVersion: 1, segments: [observe, act('wait'), observe, act('done'), observe] } as const;
const step = (logprobs: readonly number[]): StepRecord => ({ value: null, logprobs, surpriseNats: null, milliseconds: 1 });
const recordOf = (...steps: StepRecord[]): EpisodeRecord =>
  ({ transcript, steps, score: { success: true, credit: null, broken: [], reasons: [] }, fault: null }) as unknown as EpisodeRecord;
const student = beginnerOf({ start: 'cold', preset: 'nano', seed: 1, transcripts: [transcript] });

/** Loss weights of the verb and the end of each action. */
function actionWeights(record: EpisodeRecord): number[][] {
  const episode = lessonOf(record, student);
  if (!episode) throw new Error('too long');
  return [...episode.tokens].flatMap((token, i) => (token === boundaryId('act') ? [[...episode.weights.slice(i + 1, i + 3)]] : []));
}

it('decisions in which the policy was helped count three times; where all are the adviser’s, each counts once', () => {
  expect(actionWeights(recordOf(step([-0.1]), step([])))).toEqual([
    [1, 1],
    [3, 3],
  ]);
  expect(actionWeights(recordOf(step([]), step([])))).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

it('of an episode that failed no action is imitated', () => {
  const failed = { ...recordOf(step([-0.1]), step([-0.1])), score: { success: false, credit: null, broken: [], reasons: [] } };
  expect(actionWeights(failed as EpisodeRecord)).toEqual([
    [0, 0],
    [0, 0],
  ]);
});
