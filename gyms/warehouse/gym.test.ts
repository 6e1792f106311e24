import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import { type Expert, type GymModule, playEpisode, printTranscript } from '../../src/gym/index.ts';
import type { Score, Split, Task } from '../../src/records/index.ts';
import { gymModule } from './gym.ts';
import type { Instance } from './instance.ts';
import { proofOf } from './proof.ts';

const { gym, proof } = gymModule;

interface Played {
  readonly score: Score;
  readonly audit: Score | undefined;
  readonly steps: number;
  readonly mistakes: number;
}

async function play(task: Task, expert: Expert, lane = 'a'): Promise<Played> {
  const session = await gym.open(task, { seed: lane });
  let observation = await session.observe();
  let steps = 0;
  let mistakes = 0;
  while (observation.stop === null) {
    const move = expert.next(observation);
    steps++;
    if (move.mistake) mistakes++;
    observation = await session.act(move.action);
  }
  const played = { score: await session.score(), audit: await session.audit?.(), steps, mistakes };
  await session.close();
  return played;
}

const tasks = (slice: string, split: Split, count: number) => Array.from({ length: count }, (_, n) => gym.task({ split, n }, slice));
const options = (name: string, mistakes = 0): Parameters<GymModule['expert']>[1] => ({ random: new Random(name), mistakes });

describe('the expert', () => {
  it.each(['base', 'small', 'large'])('solves %s, with and without mistakes, and both verifiers say so', async (slice) => {
    let mistakes = 0;
    for (const task of [...tasks(slice, 'train', 6), ...tasks(slice, 'exam', 6)]) {
      for (const rate of [0, 0.5]) {
        const played = await play(task, gymModule.expert(task, options(`${task.seed.n}`, rate)));
        expect(played.score).toEqual({ success: true, credit: 1, broken: [], reasons: [] });
        expect(played.audit).toMatchObject({ success: true, credit: 1 });
        mistakes += played.mistakes;
        if (rate === 0) expect(played.mistakes).toBe(0);
      }
      expect(proof.differs(task)).toBeNull();
    }
    expect(mistakes).toBeGreaterThan(0);
  });

  it('a slice is told from a task', () => {
    const room = (width: number, goods: number): Instance => ({
      width,
      height: width,
      walls: new Array<boolean>(width * width).fill(false),
      goals: [],
      goods: Array.from({ length: goods }, (_, i) => i),
      worker: 9,
    });
    const [task] = tasks('small', 'train', 1) as [Task];
    const differs = (slice: string, instance: Instance) => proofOf(() => instance).differs({ ...task, slice });
    expect(differs('large', room(10, 5))).toBeNull();
    expect(differs('large', room(8, 4))).toMatch(/'large' has 8 × 8 squares and 4 goods/);
    expect(differs('base', room(8, 2))).toMatch(/'base'/);
  });
});

describe('impostors', () => {
  it.each(proof.impostors.map((impostor) => [impostor.name, impostor] as const))('%s scores 0', async (_, impostor) => {
    let played = 0;
    for (const task of [...tasks('base', 'train', 15), ...tasks('small', 'exam', 10)]) {
      const expert = impostor.play(task, options(`${impostor.name}/${task.seed.n}`));
      if (!expert) continue;
      played++;
      const { score, audit } = await play(task, expert);
      expect(score).toMatchObject({ success: false, broken: [] });
      expect(score.credit).toBeLessThan(1);
      expect(audit).toMatchObject({ success: false, credit: score.credit });
    }
    expect(played).toBeGreaterThan(0);
  });
});

describe('lazy policies', () => {
  it.each(proof.lazy.map((policy) => [policy.name, policy] as const))('%s solves no more than it may', async (_, policy) => {
    const all = tasks('base', 'train', 60);
    let solved = 0;
    for (const task of all) if ((await play(task, policy.play(task))).score.success) solved++;
    expect(solved / all.length).toBeLessThanOrEqual(policy.atMost);
  });
});

it('restores a snapshot exactly', async () => {
  const task = gym.task({ split: 'train', n: 3 }, 'base');
  const expert = gymModule.expert(task, options('x'));
  const session = await gym.open(task, { seed: 'a' });
  await session.act(expert.next(await session.observe()).action);
  const snapshot = await session.snapshot?.();
  const here = await session.observe();
  const other = await gym.open(task, { seed: 'b' });
  const restored = await other.restore?.(JSON.parse(JSON.stringify(snapshot)));
  expect(restored?.targets).toEqual(here.targets);
  let observation = here;
  while (observation.stop === null) {
    const { action } = expert.next(observation);
    observation = await session.act(action);
    expect(await other.act(action)).toEqual(observation);
  }
  expect(await other.score()).toMatchObject({ success: true });
});

it('the transcript in the README is what is played', async () => {
  const task = gym.task({ split: 'train', n: 0 }, 'small');
  const expert = gymModule.expert(task, options('show/train/0', 0.2));
  const { transcript } = await playEpisode({ gym, task, lane: { seed: 'show' }, expert });
  expect(await readFile(new URL('README.md', import.meta.url), 'utf8')).toContain(printTranscript(transcript));
});
