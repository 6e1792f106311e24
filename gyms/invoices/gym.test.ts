import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import { type PlayedEpisode, playEpisode, printTranscript, runInLanes } from '../../src/gym/index.ts';
import type { Task } from '../../src/records/index.ts';
import { gymModule, invoices } from './gym.ts';
import type { Case } from './types.ts';

afterAll(() => invoices.dispose?.());

const slices = Object.keys(invoices.manifest.slices);

const play = (task: Task, mistakes = 0): Promise<PlayedEpisode> =>
  playEpisode({
    gym: invoices,
    task,
    lane: { seed: 'test' },
    expert: gymModule.expert(task, { random: new Random('test'), mistakes }),
    audited: true,
  });

/** The first training tasks of a slice with short documents, one for each case asked for. */
function tasksOf(slice: string, cases: readonly Case[]): Task[] {
  return cases.flatMap((which) => {
    for (let n = 0; n < 400; n++) {
      const task = invoices.task({ split: 'train', n }, slice);
      const instance = invoices.instance(task);
      if (instance.case === which && instance.content.lines.length <= 3) return [task];
    }
    return [];
  });
}

describe('the invoices gym in Chromium', () => {
  it('is solved by its expert in every case and slice', async () => {
    const cases: readonly (readonly [string, readonly Case[]])[] = [
      ['base', ['post', 'credit', 'duplicate', 'mismatch', 'changed-bank', 'missing', 'scan']],
      ['drifted', ['post']],
      ['faults', ['post', 'duplicate']],
      ['attacks', ['post']],
    ];
    const tasks = cases.flatMap(([slice, which]) => tasksOf(slice, which));
    expect(tasks.length).toBe(11);
    await runInLanes(tasks, 2, async (task) => {
      const { score, audit, stop } = await play(task);
      const name = `${task.slice} ${task.seed.n} ${invoices.instance(task).case} ${stop}`;
      expect(score?.reasons, name).toEqual([]);
      expect(audit?.reasons, name).toEqual([]);
    });
  }, 120_000);

  it('is solved with slips that are repaired, and they are marked', async () => {
    const [task] = tasksOf('base', ['post']) as [Task];
    const { score, transcript } = await play(task, 0.6);
    expect(score?.reasons).toEqual([]);
    expect(transcript.segments.some((segment) => segment.imitate === false)).toBe(true);
  });

  it('does not believe impostors, and never shows the password', async () => {
    const wanted = ['similar-vendor', 'posts-changed-bank', 'pays'];
    for (const impostor of gymModule.proof.impostors.filter(({ name }) => wanted.includes(name))) {
      const tasks = tasksOf('base', ['post', 'changed-bank']);
      const found = tasks.flatMap((task) => impostor.play(task, { random: new Random(1) }) ?? []);
      const task = tasks.find((each) => impostor.play(each, { random: new Random(1) }) !== null) as Task;
      const [expert] = found;
      if (expert === undefined) throw new Error(`${impostor.name} applies to nothing`);
      const episode = await playEpisode({ gym: invoices, task, lane: { seed: 'test' }, expert, audited: true });
      expect(episode.score?.success, impostor.name).toBe(false);
      expect(episode.audit?.success, impostor.name).toBe(false);
      expect(JSON.stringify(episode.transcript)).not.toContain(invoices.instance(task).password);
    }
  }, 120_000);

  it('goes on from a snapshot as it would have', async () => {
    const [task] = tasksOf('base', ['duplicate']) as [Task];
    const session = await invoices.open(task, { seed: 'snapshot' });
    try {
      const expert = gymModule.expert(task, { random: new Random(1) });
      let observation = await session.observe();
      for (let i = 0; i < 3; i++) observation = await session.act(expert.next(observation).action);
      const snapshot = await session.snapshot?.();
      const { action } = expert.next(observation);
      const after = await session.act(action);
      if (snapshot === undefined) throw new Error('no snapshot');
      const restored = await session.restore?.(snapshot);
      expect(restored?.targets).toEqual(observation.targets);
      expect((await session.act(action)).targets).toEqual(after.targets);
    } finally {
      await session.close();
    }
  });

  it('has slices and a vocabulary that differ as declared', () => {
    for (const slice of slices) {
      for (let n = 0; n < 20; n++) expect(gymModule.proof.differs(invoices.task({ split: 'train', n }, slice))).toBeNull();
      for (const { kind, train, exam } of gymModule.proof.vocabulary(slice)) {
        const known = new Set(train);
        expect(
          exam.filter((word) => known.has(word)),
          kind,
        ).toEqual([]);
      }
    }
    expect(gymModule.proof.vocabulary('unseen').length).toBeGreaterThan(20);
    expect(gymModule.proof.impostors.length).toBeGreaterThanOrEqual(12);
  });
});

it('the transcript in the README is what is played', async () => {
  const task = invoices.task({ split: 'train', n: 6 });
  const expert = gymModule.expert(task, { random: new Random('show/train/6'), mistakes: 0 });
  const { transcript } = await playEpisode({ gym: invoices, task, lane: { seed: 'show' }, expert });
  expect(readFileSync(new URL('README.md', import.meta.url), 'utf8')).toContain(printTranscript(transcript));
});
