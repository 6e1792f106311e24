import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, Random, RuntimeError } from '../base/index.ts';
import type { EpisodeRecord } from '../records/index.ts';
import { type Job, jobId } from './episode-id.ts';
import { jobsFor } from './jobs-for.ts';
import { type Journal, openJournal, readJournal } from './journal.ts';
import { PressError, type PressFaults, PressGym, PressPolicy, type Script } from './press-gym.fixture.ts';
import { type RolloutOptions, rollout } from './rollout.ts';
import type { RolloutProgress } from './rollout-tally.ts';

let folder: string;
let path: string;
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-rollout-'));
  path = join(folder, 'episodes.jsonl');
  journal = openJournal(path);
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Setting {
  readonly faults?: PressFaults;
  readonly script?: Script;
  readonly count?: number;
  readonly options?: Partial<RolloutOptions>;
}

function setUp({ faults = {}, script = {}, count = 10, options = {} }: Setting) {
  const [gym, policy] = [new PressGym(faults), new PressPolicy(script)];
  const told: EpisodeRecord[] = [];
  const progress: RolloutProgress[] = [];
  const jobs = jobsFor({ gym, split: 'train', count });
  const onEpisode = (record: EpisodeRecord, now: RolloutProgress): void => {
    // It is on the disk before anybody hears of it.
    expect(journal.has(record.id)).toBe(true);
    told.push(record);
    progress.push(now);
  };
  const run = () => rollout({ gym, policy, policyId: 'p', jobs, journal, lanes: 4, onEpisode, ...options });
  return { gym, policy, jobs, told, progress, run };
}

/** Longer tasks come first, so that episodes end in another order than their jobs'. */
const slowFirst = async (_: number, goal: string): Promise<void> => {
  await sleep(goal === 'press 1' ? 20 : 1);
};
const numbers = (records: readonly EpisodeRecord[]): number[] => records.map(({ seed }) => seed.n);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('rollout', () => {
  it('plays every job once, side by side', async () => {
    const { gym, policy, told, progress, run } = setUp({ count: 20, script: { decide: () => sleep(2) } });
    const result = await run();
    expect(result).toMatchObject({ records: 20, resumed: 0, reason: 'finished', faults: { infrastructure: 0, policy: 0, verifier: 0 } });
    expect(numbers(told).sort((a, b) => a - b)).toEqual(upTo(20));
    expect([gym.opened, gym.closed, gym.mostOpen, policy.closed]).toEqual([20, 20, 4, 20]);
    expect(progress.map(({ done }) => done)).toEqual(upTo(21).slice(1));
    expect(progress.at(-1)).toMatchObject({ of: 20, successes: 20, secondsLeft: 0, isResumed: false });
    expect(progress.at(-1)?.perSecond).toBeGreaterThan(1);
    expect(journal.size).toBe(20);
  });

  it('passes over jobs that come again, and tells of those from before', async () => {
    await setUp({ count: 5 }).run();
    const { gym, jobs, told, progress, run } = setUp({ count: 8 });
    const twice = setUp({ count: 8, options: { jobs: [...jobs, ...jobs] } });
    expect(await run()).toMatchObject({ records: 8, resumed: 5 });
    expect(gym.opened).toBe(3);
    expect(numbers(told).sort((a, b) => a - b)).toEqual(upTo(8));
    expect(progress.filter(({ isResumed }) => isResumed)).toHaveLength(5);
    expect(await twice.run()).toMatchObject({ records: 8, resumed: 8 });
    expect(twice.gym.opened).toBe(0);
    // Another policy's episodes are others.
    expect(await setUp({ count: 2, options: { policyId: 'q' } }).run()).toMatchObject({ records: 2, resumed: 0 });
  });

  it('takes jobs from a stream, one when a lane is free', async () => {
    let made = 0;
    let isTidy = false;
    const { gym, jobs, told, run } = setUp({ script: { decide: () => sleep(2) }, options: { jobs: stream(), lanes: 2, of: 10 } });
    async function* stream(): AsyncGenerator<Job> {
      try {
        for (const job of jobs) {
          await setImmediate();
          expect(made - told.length).toBeLessThanOrEqual(2);
          made++;
          yield job;
        }
      } finally {
        isTidy = true;
      }
    }
    expect(await run()).toMatchObject({ records: 10 });
    expect([gym.mostOpen, isTidy]).toEqual([2, true]);
    async function* failing(): AsyncGenerator<Job> {
      yield* [...jobs].slice(0, 1);
      throw new RangeError('no more tasks');
    }
    await expect(setUp({ options: { jobs: failing() } }).run()).rejects.toThrow('no more tasks');
  });

  it('tells in the order of the jobs where that is asked for, resumed or not', async () => {
    const first = setUp({ count: 12, script: { decide: slowFirst } });
    await first.run();
    expect(numbers(first.told)).not.toEqual(upTo(12));
    const { told, run } = setUp({ count: 24, script: { decide: slowFirst }, options: { ordered: true } });
    expect(await run()).toMatchObject({ records: 24, resumed: 12 });
    expect(numbers(told)).toEqual(upTo(24));
    expect(told).toEqual(numbers(told).map((n) => [...journal.records()].find(({ seed }) => seed.n === n)));
  });

  it('stops in the order of the jobs: the same episodes count, however fast each was', async () => {
    const stopWhen = ({ seed }: EpisodeRecord): boolean => seed.n === 5;
    const { gym, told, run } = setUp({ count: 1000, script: { decide: slowFirst }, options: { ordered: true, stopWhen } });
    expect(await run()).toMatchObject({ records: 6, reason: 'stopped' });
    expect(numbers(told)).toEqual(upTo(6));
    // Those under way were recorded all the same.
    expect(journal.size).toBe(gym.opened);
    expect(gym.opened).toBeLessThan(40);
    const again = setUp({ count: 1000, options: { ordered: true, stopWhen, lanes: 16 } });
    expect(await again.run()).toMatchObject({ records: 6, resumed: 6, reason: 'stopped' });
    expect(numbers(again.told)).toEqual(upTo(6));
  });

  it('stops though the next job never comes', async () => {
    const { jobs, run } = setUp({ options: { jobs: waiting(), stopWhen: () => true } });
    async function* waiting(): AsyncGenerator<Job> {
      yield* [...jobs].slice(0, 1);
      await new Promise(() => {});
    }
    expect(await run()).toMatchObject({ records: 1, reason: 'stopped' });
  });

  it('waits for whoever listens', async () => {
    let busy = 0;
    const onEpisode = async (): Promise<void> => {
      expect(busy++).toBe(0);
      await sleep(2);
      busy--;
    };
    expect(await setUp({ options: { onEpisode } }).run()).toMatchObject({ records: 10 });
    const failing = setUp({ count: 100, options: { onEpisode: () => Promise.reject(new RangeError('no')), policyId: 'q' } });
    await expect(failing.run()).rejects.toThrow('no');
    expect(failing.gym.opened).toBeLessThan(20);
    expect(failing.gym.closed).toBe(failing.gym.opened);
  });

  it('plays again what the sandbox failed in, and records the last time only', async () => {
    const act = (session: number): void => {
      if (session % 3 !== 2) throw new PressError('infrastructure');
    };
    const { gym, told, run } = setUp({ count: 2, faults: { act }, options: { lanes: 1 } });
    expect(await run()).toMatchObject({ records: 2, faults: { infrastructure: 0 } });
    expect([gym.opened, gym.closed]).toEqual([6, 6]);
    expect(told.every(({ score }) => score?.success)).toBe(true);
  });

  it('records what a sandbox keeps failing in once another episode gets through, or none is left', async () => {
    const act = (_: number, { seed }: Job['task']): void => {
      if (seed.n % 4 === 1) throw new PressError('infrastructure');
    };
    const { told, run } = setUp({ count: 6, faults: { act }, options: { retries: 0, lanes: 1, ordered: true } });
    expect(await run()).toMatchObject({ records: 6, faults: { infrastructure: 2 } });
    expect(numbers(told)).toEqual(upTo(6));
    expect(told.map(({ score }) => score?.success ?? null)).toEqual([true, null, true, true, true, null]);
  });

  it('ends where nothing gets through, without a record of it', async () => {
    const isDown = { now: true };
    const open = (session: number): void => {
      if (isDown.now && session >= 4) throw new PressError('infrastructure');
    };
    const { run, told } = setUp({ count: 100, faults: { open }, options: { retries: 0 } });
    await expect(run()).rejects.toThrow(
      /\d+ episodes in a row that the sandbox failed in, the last with infrastructure: press: got a broken/,
    );
    expect(journal.size).toBe(told.length);
    expect(told.every(({ fault }) => fault === null)).toBe(true);
    isDown.now = false;
    expect(await run()).toMatchObject({ records: 100, faults: { infrastructure: 0 } });
  });

  it('waits for what is under way before it takes the sandbox for broken', async () => {
    const open = async (session: number): Promise<void> => {
      if (session === 5) await sleep(100);
      else if (session < 10) throw new PressError('infrastructure');
    };
    const { run } = setUp({ count: 40, faults: { open }, options: { retries: 0 } });
    const result = await run();
    expect(result).toMatchObject({ records: 40, reason: 'finished' });
    expect(result.faults.infrastructure).toBe(9);
  });

  it('records policies that fail and verifiers that do, and goes on', async () => {
    const decide = (_: number, goal: string): void => {
      if (goal === 'press 2') throw new PressError('runtime');
    };
    const score = (_: number, { seed }: Job['task']): void => {
      if (seed.n % 3 === 2) throw new Error('no table');
    };
    const { told, run, progress } = setUp({ count: 9, script: { decide }, faults: { score } });
    expect(await run()).toMatchObject({ records: 9, faults: { infrastructure: 0, policy: 3, verifier: 3 } });
    expect(progress.at(-1)?.successes).toBe(3);
    for (const { seed, fault, score } of told) {
      expect(fault?.kind ?? null).toBe([null, 'policy', 'verifier'][seed.n % 3]);
      expect(score?.success ?? null).toBe([true, false, null][seed.n % 3]);
    }
  });

  it('ends with what a program did wrong, after the others have ended', async () => {
    const decide = async (_: number, goal: string): Promise<void> => {
      if (goal === 'press 2') throw new TypeError('undefined is not a function');
      await sleep(10);
    };
    const { gym, policy, run } = setUp({ count: 100, script: { decide } });
    await expect(run()).rejects.toThrow(TypeError);
    expect([gym.closed, policy.closed]).toEqual([gym.opened, gym.opened]);
    expect(gym.opened).toBeLessThan(10);
    expect(journal.size).toBe(
      gym.opened - [...jobsFor({ gym, split: 'train', count: gym.opened })].filter(({ task }) => task.seed.n % 3 === 1).length,
    );
    await expect(setUp({ options: { lanes: 0 } }).run()).rejects.toThrow(ConfigError);
  });

  it('ends where the journal can not be written', async () => {
    const full: Journal = {
      ...methodsOf(journal),
      append: () => Promise.reject(new RuntimeError({ operation: 'add', got: 'a full disk', expected: 'space' })),
    };
    const { gym, told, run } = setUp({ count: 100, options: { journal: full } });
    await expect(run()).rejects.toThrow('a full disk');
    expect([told.length, gym.opened]).toEqual([0, 4]);
  });

  it('is interrupted at once and goes on', async () => {
    const stop = new AbortController();
    const { gym, policy, told, run } = setUp({
      count: 100,
      script: { decide: () => sleep(2) },
      options: { signal: stop.signal, onEpisode: (record) => void (told.push(record) === 10 && stop.abort()) },
    });
    const startedMs = performance.now();
    const { reason, records } = await run();
    expect(reason).toBe('interrupted');
    // Those that ended in the same moment are told of too.
    expect(records).toBeLessThan(14);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect([gym.closed, policy.closed]).toEqual([gym.opened, policy.begun]);
    expect([journal.size, told.length]).toEqual([records, records]);
    expect(await run()).toMatchObject({ reason: 'interrupted', records: 0 });
    const on = setUp({ count: 100 });
    expect(await on.run()).toMatchObject({ reason: 'finished', records: 100, resumed: records });
    expect(on.gym.opened).toBe(100 - records);
  });

  it('asks for a policy for each job, and shows its steps', async () => {
    const asked: string[] = [];
    const seen = new Set<string>();
    const policy = (job: Job): PressPolicy => {
      asked.push(jobId(job, 'p'));
      return new PressPolicy();
    };
    const { told, run } = setUp({ options: { policy, onStep: (job, { segment }) => seen.add(`${job.task.seed.n} ${segment.kind}`) } });
    await run();
    expect(asked.sort()).toEqual(told.map(({ id }) => id).sort());
    expect(seen.size).toBe(10 * 4);
  });

  it('loses no episode that was told of and tells of each once, whenever its process is killed', async () => {
    await journal.close();
    const random = new Random('rollout kills');
    const played: string[] = [];
    const child = fileURLToPath(new URL('rollout.fixture.ts', import.meta.url));
    const begin = async (killAfterMs: number): Promise<string[]> => {
      const running = spawn(process.execPath, [child, path, '2000', '16'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const said: Buffer[] = [];
      running.stdout.on('data', (data: Buffer) => said.push(data));
      const ended = once(running, 'close');
      if (killAfterMs < Number.POSITIVE_INFINITY) {
        await Promise.race([once(running.stdout, 'data'), ended]);
        await sleep(killAfterMs);
        running.kill('SIGKILL');
      }
      await ended;
      return Buffer.concat(said).toString('utf8').split('\n').slice(0, -1);
    };
    for (let kill = 0; kill < 6; kill++) {
      const lines = await begin(random.below(150));
      played.push(...lines.flatMap((line) => (line.startsWith('played ') ? [line.slice(7)] : [])));
      const stands = new Set([...readJournal(path)].map(({ id }) => id));
      expect(played.filter((id) => !stands.has(id))).toEqual([]);
    }
    const lines = await begin(Number.POSITIVE_INFINITY);
    expect(lines.at(-1)).toBe('finished 2000');
    expect(new Set(lines.slice(0, -1).map((line) => line.split(' ')[1])).size).toBe(2000);
    const ids = [...readJournal(path)].map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([2000, 2000]);
    expect(new Set(played).size).toBe(played.length);
    expect(played.length).toBeGreaterThan(0);
    journal = openJournal(path);
  }, 60_000);
});

const methodsOf = (from: Journal): Journal => ({
  path: from.path,
  size: from.size,
  repairedBytes: from.repairedBytes,
  has: (id) => from.has(id),
  get: (id) => from.get(id),
  append: (record) => from.append(record),
  records: () => from.records(),
  ids: () => from.ids(),
  close: () => from.close(),
});
