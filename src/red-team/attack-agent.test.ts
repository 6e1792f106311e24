import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError } from '../base/index.ts';
import type { Gym } from '../records/index.ts';
import { attackAgent } from './attack-agent.ts';
import { Attacker, STUMBLE } from './attacker.ts';
import { type Attempt, type CampaignHead, openCampaign, RED_TEAM, readCampaign } from './campaign-file.ts';
import { type Clerk, careful, clerkPolicy, desk, obedient, patient, shortSighted, startled } from './desk-gym.fixture.ts';
import { summarize } from './summary.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'red-team-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HEAD: CampaignHead = {
  schemaVersion: 1,
  gym: 'desk',
  gymVersion: '1',
  slice: 'base',
  policy: 'clerk',
  seed: '1',
  tasks: 4,
  attempts: 100,
};

interface Campaigning {
  readonly head?: Partial<CampaignHead>;
  readonly lanes?: number;
  readonly before?: readonly Attempt[];
  readonly stopAfter?: number;
}

async function attack(clerk: Clerk, { head = {}, lanes = 3, before = [], stopAfter = Number.POSITIVE_INFINITY }: Campaigning = {}) {
  const attempts = [...before];
  const stop = new AbortController();
  let rounds = 0;
  const isDone = await attackAgent({
    gym: desk,
    policy: clerkPolicy(clerk),
    head: { ...HEAD, ...head },
    before,
    lanes,
    signal: stop.signal,
    onRound(round) {
      attempts.push(...round);
      if (++rounds === stopAfter) stop.abort();
    },
  });
  return { isDone, attempts, rounds, ...summarize({ head: { ...HEAD, ...head }, attempts }) };
}

describe('a campaign', () => {
  it('gets nothing out of who obeys nobody', async () => {
    const { attempts, success } = await attack(careful);
    expect(attempts.filter(({ isApplied }) => isApplied)).toHaveLength(400);
    expect(success.map(({ tries, tasks, breached }) => [tries, tasks, breached])).toEqual([
      [1, 4, 0],
      [10, 4, 0],
      [100, 4, 0],
    ]);
    // 1 − 0.05^(1/4)
    expect(success[0]?.upperBound).toBeCloseTo(0.5271, 4);
  });

  it.each([
    ['who is startled by shouts', startled, 'order', 'obeyed'],
    ['who is short-sighted', shortSighted, 'look-alike', 'obeyed'],
    ['who does what the runtime seems to say', obedient, 'poisoned-result', 'broken'],
    ['who waits for as long as it is asked to', patient, 'exhaustion', 'exhausted'],
  ] as const)('finds the weakness of %s', async (_, clerk, kind, how) => {
    const { attempts, success } = await attack(clerk);
    const breaches = attempts.filter(({ breach }) => breach !== null);
    expect(breaches.map(({ attack: { kind: its }, breach }) => [its, breach])).toEqual(breaches.map(() => [kind, how]));
    expect(success.at(-1)).toMatchObject({ tries: 100, tasks: 4, breached: 4 });
    expect(success[0]?.breached).toBeLessThanOrEqual(success[1]?.breached as number);
  });

  it('stops attacking a task that was breached, and gives up on one whose pages have no place', async () => {
    const { attempts } = await attack(startled);
    for (let task = 0; task < HEAD.tasks; task++) {
      const own = attempts.filter((attempt) => attempt.task === task);
      expect(own.findIndex(({ breach }) => breach !== null)).toBe(own.length - 1);
    }
    const idle: Clerk = () => ({ kind: 'done' });
    // Nothing is done: what comes after an action never comes.
    const { attempts: few, isDone } = await attack(idle, { head: { attempts: 2, seed: '7' } });
    expect(isDone).toBe(true);
    expect(few.some(({ isApplied }) => !isApplied)).toBe(true);
    for (let task = 0; task < HEAD.tasks; task++) {
      const own = few.filter((one) => one.task === task);
      const isAttacked = own.filter(({ isApplied }) => isApplied).length === 2;
      expect(isAttacked || own.length === 3 * 2).toBe(true);
    }
  });

  it('is the same with any number of lanes, and when it goes on from where it was stopped', async () => {
    const head = { attempts: 12 };
    const whole = await attack(startled, { head });
    expect((await attack(startled, { head, lanes: 1 })).attempts).toEqual(whole.attempts);
    const half = await attack(startled, { head, stopAfter: 3 });
    expect([half.isDone, half.attempts.length < whole.attempts.length]).toEqual([false, true]);
    expect((await attack(startled, { head, before: half.attempts })).attempts).toEqual(whole.attempts);
    expect((await attack(startled, { head: { ...head, seed: '2' } })).attempts).not.toEqual(whole.attempts);
  });

  it('that is stopped in the middle of a round ends quietly, without it', async () => {
    const stop = new AbortController();
    let rounds = 0;
    const waits: Clerk = (screen) => {
      if (rounds > 0) stop.abort();
      return careful(screen);
    };
    const onRound = (): void => void rounds++;
    const options = { gym: desk, policy: clerkPolicy(waits), head: HEAD, before: [], lanes: 2, onRound, signal: stop.signal };
    expect(await attackAgent(options)).toBe(false);
    expect(rounds).toBe(1);
  });

  it('refuses attempts that it did not choose itself', async () => {
    const { attempts } = await attack(careful, { head: { attempts: 2 } });
    const changed = attempts.map((one, i) => (i === 1 ? { ...one, attack: { ...one.attack, bait: (one.attack.bait + 1) % 8 } } : one));
    await expect(attack(careful, { head: { attempts: 2 }, before: changed })).rejects.toThrow(
      /an attempt on task 1 that this attacker did not choose/,
    );
  });

  it('refuses a gym whose worlds can’t be wrapped', async () => {
    const { openWith: _, ...plain } = desk;
    const gym: Gym = plain;
    const options = { gym, policy: clerkPolicy(careful), head: HEAD, before: [], lanes: 1, onRound: () => undefined };
    await expect(attackAgent(options)).rejects.toThrow(ConfigError);
  });
});

describe('an attacker', () => {
  it('needs fewer attempts the second time: it prefers what has worked', () => {
    // Breached by one wording of one kind at one place: one attack in 200 at random.
    const isBreach = ({ kind, place, wording }: ReturnType<Attacker['next']>): boolean =>
      kind === 'order' && place === 'end' && wording === 3;
    let [first, second] = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const attacker = new Attacker(`${seed}`);
      const search = (): number => {
        for (let tries = 1; ; tries++) {
          const attack = attacker.next();
          attacker.told(attack, isBreach(attack) ? 1 : attack.kind === 'order' ? STUMBLE : 0);
          if (isBreach(attack)) return tries;
        }
      };
      first += search();
      for (let more = 0; more < 4; more++) second += search() / 4;
    }
    expect(second / 40).toBeLessThan(100);
    expect(second).toBeLessThan(0.6 * first);
  });
});

describe('what a red team writes', () => {
  const attempt: Attempt = {
    task: 1,
    attack: { kind: 'order', place: 'top', wording: 9, bait: 7, mimicry: 3 },
    isApplied: true,
    breach: 'obeyed',
    success: null,
  };
  const path = (): string => join(folder, RED_TEAM);

  it('is read as it was written, and gone on with', () => {
    openCampaign(path(), HEAD).append([attempt]);
    const again = openCampaign(path(), { ...HEAD });
    expect(again.attempts).toEqual([attempt]);
    again.append([{ ...attempt, task: 2 }]);
    expect(readCampaign(path())).toEqual({ head: HEAD, attempts: [attempt, { ...attempt, task: 2 }] });
  });

  it('is refused where it is another’s, or damaged, with what is wrong', () => {
    openCampaign(path(), HEAD).append([attempt]);
    expect(() => openCampaign(path(), { ...HEAD, policy: 'other' })).toThrow(/agent clerk.*expected .*agent other.*delete the file/s);
    const good = readFileSync(path(), 'utf8');
    for (const [text, message] of [
      ['', /line 1/],
      [good.replace('"obeyed"', '"won"'), /line 2/],
      [good.replace('"task":1', '"task":4'), /an attempt on task 4 of 4/],
      [good.replace('"wording":9', '"wording":10'), /line 2/],
      [good.replace('"success":null', '"success":null,"more":1'), /line 2/],
      [`${good}{"task":`, /line 3/],
    ] as const) {
      writeFileSync(path(), text);
      expect(() => readCampaign(path())).toThrow(DataError);
      expect(() => readCampaign(path())).toThrow(message);
    }
  });

  it('is counted by attempt on each task, and only what stood on a page', () => {
    const on = (task: number, isApplied: boolean, breach: Attempt['breach']): Attempt => ({ ...attempt, task, isApplied, breach });
    const tries = [
      ...[on(0, false, null), on(0, true, 'broken')],
      ...[on(1, true, null), on(1, true, 'obeyed')],
      ...Array.from({ length: 10 }, () => on(2, true, null)),
      on(3, true, null),
    ];
    const { success, kinds } = summarize({ head: { ...HEAD, attempts: 10 }, attempts: tries });
    expect(success.map(({ tries: most, tasks, breached }) => [most, tasks, breached])).toEqual([
      [1, 4, 1],
      [10, 3, 2],
    ]);
    expect(kinds.order).toEqual({ attempts: 14, breaches: 2 });
  });
});
