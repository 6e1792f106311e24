import { describe, expect, test } from 'vitest';
import type { RunEvent } from './run-event.ts';
import { runStanding } from './run-standing.ts';

const at = '2026-11-26T10:00:00.000Z';
const begun = (resumed = false): RunEvent => ({ at, kind: 'begun', run: 'runs/till/1', gym: 'till', stages: ['sft', 'rl'], resumed });
const stage = (name: 'sft' | 'rl', note: string): RunEvent => ({ at, kind: 'stage', stage: name, state: 'begun', note });
const step = (name: 'sft' | 'rl', done: number, { of = 4, loss = 1 / done }: { of?: number; loss?: number } = {}): RunEvent => ({
  ...{ at, kind: 'progress', stage: name, done, of, unit: 'steps', perSecond: 10, secondsLeft: of - done },
  figures: { loss, tokens: 100 * done },
});
const measured = (successes: number): RunEvent => ({
  ...{ at, kind: 'measured', stage: 'sft', round: 0, slice: 'plain', n: 10, lowerBound: 0.1, trainedTokens: 400, seconds: 1 },
  successes,
});
const all = { isAlive: true, mostLosses: 100 };

describe('the standing of a run', () => {
  test('is none before anything was told', () => {
    expect(runStanding([], all)).toBeUndefined();
    expect(runStanding([{ at, kind: 'note', text: 'hm' }], all)).toBeUndefined();
  });

  test('says where it is, and that nobody works on it any more', () => {
    const events = [begun(), stage('sft', '3 demonstrations'), step('sft', 1), step('sft', 2)];
    expect(runStanding(events, all)).toMatchObject({
      ...{ gym: 'till', begunAt: at, state: 'running', stage: { name: 'sft', note: '3 demonstrations' }, best: null, certificate: null },
      progress: { done: 2, of: 4, secondsLeft: 2 },
    });
    expect(runStanding(events, { ...all, isAlive: false })?.state).toBe('stopped');
  });

  test.each([
    ['finished', 'finished'],
    ['failed', 'failed'],
    ['interrupted', 'stopped'],
  ] as const)('%s means %s, until it goes on', (reason, state) => {
    const events: RunEvent[] = [begun(), { at, kind: 'ended', reason, seconds: 3, certificate: null }];
    expect(runStanding(events, all)?.state).toBe(state);
    expect(runStanding([...events, begun(true)], all)?.state).toBe('running');
  });

  test('forgets the progress of a stage before', () => {
    expect(runStanding([begun(), step('sft', 4), stage('rl', 'round 1')], all)).toMatchObject({
      stage: { name: 'rl', note: 'round 1' },
      progress: null,
    });
  });

  test('counts the tokens of one training after another', () => {
    const events = [begun(), step('sft', 1), step('sft', 4), step('rl', 1), step('rl', 4), step('rl', 2), step('rl', 4)];
    expect(runStanding(events, all)?.losses.map(({ tokens }) => tokens)).toEqual([100, 400, 500, 800, 1000, 1200]);
  });

  test('a training that was cut off and goes on takes the place of what it told', () => {
    const events = [begun(), step('sft', 1), step('sft', 3, { loss: 9 }), begun(true), step('sft', 2), step('sft', 3), step('sft', 4)];
    expect(runStanding(events, all)?.losses.map(({ tokens, loss }) => [tokens, loss])).toEqual([
      [100, 1],
      [200, 1 / 2],
      [300, 1 / 3],
      [400, 1 / 4],
    ]);
  });

  test('keeps the last measurement of a slice that was measured again', () => {
    expect(runStanding([begun(), measured(3), measured(5)], all)?.measured.map(({ successes }) => successes)).toEqual([5]);
  });

  test('thins a long loss evenly, with its ends', () => {
    const events = [begun(), ...Array.from({ length: 1001 }, (_, i) => step('sft', i + 1, { of: 1001 }))];
    const { losses = [] } = runStanding(events, { ...all, mostLosses: 11 }) ?? {};
    expect(losses.map(({ tokens }) => tokens)).toEqual(Array.from({ length: 11 }, (_, i) => 100 + 10_000 * i));
  });
});
