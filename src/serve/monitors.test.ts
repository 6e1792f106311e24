import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError, Random } from '../base/index.ts';
import { MONITORS_ALPHA, type Monitors, openMonitors } from './monitors.ts';
import { examLevels, type JobObservation, type MonitorLevels, surpriseLimit } from './monitors-levels.ts';
import { beginMonitors, MONITOR_NAMES, type MonitorName, type MonitorsState, observeJob, openAlarms } from './monitors-state.ts';

const SEED = 41;
const NOW = new Date('2026-03-01T08:00:00.000Z');
const LEVELS: MonitorLevels = {
  successFloor: 0.97,
  successCeiling: 0.995,
  surprise: { nats: 1, share: 0.05 },
  abstentionShare: 0.05,
  interventionShare: 0.05,
  cost: { seconds: 60, share: 0.05 },
};
const PERSON = { by: 'R. Sample', reason: 'the supplier’s new form was added to the gym', now: NOW };

/** Fine in every respect, without a verifier's word. */
const QUIET: JobObservation = { success: null, surpriseNats: 0.5, abstained: false, intervened: false, seconds: 10 };
const EVENTS: Readonly<Record<MonitorName, Partial<JobObservation>>> = {
  success: { success: false },
  'success-jump': { success: true },
  surprise: { surpriseNats: 1.5 },
  abstention: { abstained: true },
  intervention: { intervened: true },
  cost: { seconds: 61 },
};
const FAILED = { ...QUIET, success: false };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitors-'));
  path = join(folder, 'monitors.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened = (): Monitors => openMonitors(path, { levels: LEVELS });
const told = (monitors: Monitors) => [monitors.mode(), monitors.alarms(), monitors.history(), monitors.detectors()];

/** Failures until the alarm; how many it took. */
function failUntilAlarm(monitors: Monitors, name = 'job'): number {
  for (let n = 1; ; n++) if (monitors.observe(`${name} ${n}`, FAILED, NOW).length > 0) return n;
}

describe('monitors', () => {
  it.each(MONITOR_NAMES)('%s: an alarm by what it watches, and by nothing else', (monitor) => {
    let state = beginMonitors({ levels: LEVELS, alpha: MONITORS_ALPHA });
    let jobs = 0;
    while (openAlarms(state).length === 0 && jobs < 5000)
      state = observeJob(state, { jobId: `job ${++jobs}`, observation: { ...QUIET, ...EVENTS[monitor] }, at: NOW.toISOString() });
    expect(state.alarms).toMatchObject([{ id: `${monitor}-1`, monitor, jobId: `job ${jobs}`, jobs, events: jobs, cleared: null }]);
    // A success is some evidence of a jump: the ceiling lies close to 1.
    if (monitor !== 'success-jump') expect(jobs).toBeLessThan(8);
  });

  it('do not watch what has no level, and share alpha among the others', () => {
    const { detectors } = beginMonitors({ levels: { ...LEVELS, successCeiling: null, surprise: null }, alpha: 0.004 });
    expect(detectors.map(({ monitor }) => monitor)).toEqual(['success', 'abstention', 'intervention', 'cost']);
    for (const { drift } of detectors) expect(drift.alpha).toBe(0.001);
  });

  it('move the agent to asking always, also after a restart, until a person clears the alarm', () => {
    const monitors = opened();
    expect(monitors.mode()).toBe('by-certificate');
    failUntilAlarm(monitors);
    expect(opened().mode()).toBe('ask-always');
    expect(opened().alarms()).toMatchObject([{ id: 'success-1', monitor: 'success', reference: 1 - LEVELS.successFloor }]);
    monitors.clear('success-1', PERSON);
    for (const each of [monitors, opened()]) {
      expect(each.mode()).toBe('by-certificate');
      expect(each.alarms()).toEqual([]);
      expect(each.history()).toMatchObject([{ id: 'success-1', cleared: { by: PERSON.by, reason: PERSON.reason, at: NOW.toISOString() } }]);
    }
  });

  it('begin anew where an alarm was cleared, and count nothing while one is open', () => {
    const monitors = opened();
    monitors.observe('slow', { ...QUIET, seconds: 61 }, NOW);
    const failures = failUntilAlarm(monitors);
    const before = monitors.detectors();
    for (let n = 0; n < 20; n++) monitors.observe(`asked about ${n}`, { ...FAILED, intervened: true }, NOW);
    expect(monitors.detectors()).toEqual(before);
    monitors.clear('success-1', PERSON);
    const [success, cost] = ['success', 'cost'].map((name) => monitors.detectors().find(({ monitor }) => monitor === name));
    expect(success).toMatchObject({ events: 0, drift: { runs: 0, evidence: [0, 0, 0], isAlarm: false } });
    expect(cost).toMatchObject({ events: 1, drift: { runs: failures + 1 } });
    monitors.observe('asked about 3', FAILED, NOW);
    expect(failUntilAlarm(monitors, 'later')).toBe(failures);
    expect(monitors.alarms().map(({ id }) => id)).toEqual(['success-2']);
  });

  it('count a job once, and tell its alarm again', () => {
    const monitors = opened();
    for (let n = 0; n < 50; n++) expect(monitors.observe('job 0', FAILED, NOW)).toEqual([]);
    const last = failUntilAlarm(monitors);
    const bytes = readFileSync(path, 'utf8');
    for (const each of [monitors, opened()])
      expect(each.observe(`job ${last}`, QUIET, NOW)).toMatchObject([{ id: 'success-1', jobId: `job ${last}` }]);
    expect(readFileSync(path, 'utf8')).toBe(bytes);
  });

  it.each<readonly [what: string, job: string, observation: object, now: Date]>([
    ['no name', '', QUIET, NOW],
    ['a surprise that is not a number', 'a', { ...QUIET, surpriseNats: Number.NaN }, NOW],
    ['time that ran backwards', 'a', { ...QUIET, seconds: -1 }, NOW],
    ['success as a number', 'a', { ...QUIET, success: 1 }, NOW],
    ['nothing about interventions', 'a', { ...QUIET, intervened: undefined }, NOW],
    ['something unknown', 'a', { ...QUIET, mood: 'good' }, NOW],
    ['a broken clock', 'a', QUIET, new Date(Number.NaN)],
  ])('refuse %s, and count nothing', (_, job, observation, now) => {
    const monitors = opened();
    expect(() => monitors.observe(job, observation as JobObservation, now)).toThrow(DataError);
    expect(told(monitors)).toEqual(told(opened()));
    expect(monitors.detectors().every(({ drift }) => drift.runs === 0)).toBe(true);
  });

  it('are cleared by a named person with a reason, once', () => {
    const monitors = opened();
    expect(() => monitors.clear('success-1', PERSON)).toThrow('never raised');
    failUntilAlarm(monitors);
    expect(() => monitors.clear('success-1', { ...PERSON, by: ' ' })).toThrow('by');
    expect(() => monitors.clear('success-1', { ...PERSON, reason: '' })).toThrow(ConfigError);
    expect(() => monitors.clear('cost-1', PERSON)).toThrow('success-1');
    expect(opened().mode()).toBe('ask-always');
    monitors.clear('success-1', PERSON);
    expect(() => monitors.clear('success-1', PERSON)).toThrow('cleared before');
  });

  it('refuse levels and alphas that are none', () => {
    for (const levels of [
      { ...LEVELS, successFloor: 1 },
      { ...LEVELS, successCeiling: 0.96 },
      { ...LEVELS, cost: { seconds: Number.NaN, share: 0.05 } },
    ])
      expect(() => openMonitors(path, { levels })).toThrow(ConfigError);
    expect(() => openMonitors(path, { levels: LEVELS, alpha: 1.5 })).toThrow('strictly between 0 and 1');
  });
});

describe('the ledger', () => {
  it('says the same after a restart, at any moment (property)', () => {
    const observation = fc.record({
      success: fc.constantFrom(true, false, false, null),
      surpriseNats: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
      abstained: fc.boolean(),
      intervened: fc.boolean(),
      seconds: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    const step = fc.record({ job: fc.nat(30), observation, isCleared: fc.boolean(), isReopened: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        rmSync(path, { force: true });
        let monitors = opened();
        for (const { job, observation, isCleared, isReopened } of steps) {
          monitors.observe(`job ${job}`, observation, NOW);
          expect(monitors.mode()).toBe(monitors.alarms().length > 0 ? 'ask-always' : 'by-certificate');
          const [alarm] = monitors.alarms();
          if (alarm && isCleared) monitors.clear(alarm.id, PERSON);
          if (!isReopened) continue;
          const again = opened();
          expect(told(again)).toEqual(told(monitors));
          monitors = again;
        }
        expect(told(opened())).toEqual(told(monitors));
      }),
      { numRuns: 40, seed: SEED },
    );
  });

  it('forgets a line that a crash tore, and only that: the job is reported again', () => {
    const monitors = opened();
    const last = failUntilAlarm(monitors);
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.slice(0, -10));
    const again = opened();
    expect(again.mode()).toBe('by-certificate');
    expect(again.observe(`job ${last}`, FAILED, NOW)).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toBe(whole);
  });

  it('keeps an alarm in force that could not be written, and writes it later', () => {
    const monitors = opened();
    const away = `${folder}-away`;
    renameSync(folder, away);
    for (let n = 0; n < 8; n++) expect(() => monitors.observe(`job ${n}`, FAILED, NOW)).toThrow('ENOENT');
    expect(monitors.alarms()).toHaveLength(1);
    expect(monitors.mode()).toBe('ask-always');
    renameSync(away, folder);
    expect(opened().mode()).toBe('by-certificate');
    monitors.observe('job 0', FAILED, NOW);
    expect(told(opened())).toEqual(told(monitors));
  });

  it('asks always while a job, or a clearance, could not be written', () => {
    const monitors = opened();
    failUntilAlarm(monitors);
    const away = `${folder}-away`;
    renameSync(folder, away);
    expect(() => monitors.clear('success-1', PERSON)).toThrow('ENOENT');
    expect(monitors.mode()).toBe('ask-always');
    renameSync(away, folder);
    monitors.observe('next', QUIET, NOW);
    expect(monitors.mode()).toBe('by-certificate');
    expect(told(opened())).toEqual(told(monitors));
  });

  it('belongs to the levels that it was begun with', () => {
    opened();
    expect(() => openMonitors(path, { levels: { ...LEVELS, successFloor: 0.9 } })).toThrow('a file of their own');
    expect(() => openMonitors(path, { levels: LEVELS, alpha: 0.01 })).toThrow(ConfigError);
  });

  it('refuses lines that were changed, taken out, or say what the detectors do not', () => {
    const monitors = opened();
    failUntilAlarm(monitors);
    const whole = readFileSync(path, 'utf8');
    const lines = whole.trimEnd().split('\n');
    for (const spoilt of [
      whole.replace('"success":false', '"success":true'),
      `${lines.slice(1).join('\n')}\n`,
      whole.replace('"alarms":["success-1"]', '"alarms":[]'),
      whole.replace('"alarms":["success-1"]', '"alarms":["cost-1"]'),
    ]) {
      writeFileSync(path, spoilt);
      expect(opened).toThrow('asks always');
    }
    writeFileSync(path, `${whole}{"kind":"cleared"}\n`);
    expect(opened).toThrow('one event of the monitors');
  });
});

/** Jobs until the first alarm of any monitor, at most `most`; success falls to `after` at `change`, the other events come with probability `share`. */
function jobsToAlarm(
  random: Random,
  {
    levels = LEVELS,
    alpha = MONITORS_ALPHA,
    before = 0.98,
    after = before,
    change = 0,
    share = 0,
    most = Infinity,
  }: { levels?: MonitorLevels; alpha?: number; before?: number; after?: number; change?: number; share?: number; most?: number },
): number {
  let state: MonitorsState = beginMonitors({ levels, alpha });
  for (let n = 1; n <= most; n++) {
    const observation: JobObservation = {
      success: random.uniform() < (n <= change ? before : after),
      surpriseNats: random.uniform() < share ? 2 : 0,
      abstained: random.uniform() < share,
      intervened: random.uniform() < share,
      seconds: random.uniform() < share ? 100 : 0,
    };
    state = observeJob(state, { jobId: String(n), observation, at: '' });
    if (state.alarms.length > 0) return n;
  }
  return Infinity;
}

describe(`what alarms are worth (simulations with seed ${SEED})`, () => {
  it('a fall of success from .98 to .90 is noticed within the 109 jobs of STATISTICS §11', () => {
    const random = new Random(SEED).fork('delay');
    const delays = Array.from({ length: 400 }, () => jobsToAlarm(random, { after: 0.9, change: 500 }) - 500).filter((delay) => delay > 0);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(delays.length).toBeGreaterThan(390);
    expect(mean).toBeLessThanOrEqual(109);
    expect(mean).toBeGreaterThan(0.9 * 109);
  });

  it('few undisturbed runs of 10,000 jobs raise a false alarm: some 3.5 %', () => {
    const random = new Random(SEED).fork('undisturbed');
    const alarms = Array.from({ length: 60 }, () => jobsToAlarm(random, { most: 10_000 })).filter((jobs) => jobs < Infinity);
    expect(alarms.length / 60).toBeLessThan(0.12);
  });

  it('the mean number of jobs to the first false alarm of any is at least 1/alpha, in the worst case', () => {
    const random = new Random(SEED).fork('reference');
    const levels = { ...LEVELS, successCeiling: null };
    const worst = { levels, alpha: 0.01, before: levels.successFloor, share: 0.05 };
    const jobs = Array.from({ length: 500 }, () => jobsToAlarm(random, worst));
    expect(jobs.reduce((sum, n) => sum + n, 0) / 500).toBeGreaterThan(100);
  });
});

describe('levels from an exam', () => {
  const examOf = (seconds: readonly number[], more: Partial<JobObservation> = {}): JobObservation[] =>
    seconds.map((each) => ({ ...QUIET, success: true, ...more, seconds: each }));
  const counted = (jobs: number): number[] => Array.from({ length: jobs }, (_, i) => i + 1);
  const options = { successFloor: 0.95, interventionShare: 0.05 };

  it.each([
    [59, 59],
    [92, 92],
    [93, 92],
    [124, 122],
    [153, 150],
  ])('of %i jobs, the level of cost is the order statistic %i (Wilks 1941; the trials of STATISTICS §2)', (jobs, level) => {
    expect(examLevels(examOf(counted(jobs)), options).cost).toEqual({ seconds: level, share: 0.05 });
  });

  it('need 59 jobs, and say so', () => {
    expect(() => examLevels(examOf(counted(58)), options)).toThrow('59 for a share of 0.05');
    expect(() => examLevels(examOf([Number.NaN, ...counted(60)]), options)).toThrow(ConfigError);
  });

  it('puts the limit of surprise where hardly a job of the exam comes to, and none where that can not be told', () => {
    const counted = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
    // Wilks 1941: of 59 the largest, of 93 the second largest.
    expect(surpriseLimit(counted(59))).toBe(59);
    expect(surpriseLimit(counted(93))).toBe(92);
    expect(surpriseLimit(counted(58))).toBeNull();
    expect(surpriseLimit([])).toBeNull();
    expect(surpriseLimit([...counted(80), null])).toBeNull();
  });

  it('leave unwatched what the exam can’t tell: surprise that is unknown, a ceiling where nothing failed', () => {
    const levels = examLevels(examOf(counted(100), { surpriseNats: null }), options);
    expect(levels).toMatchObject({ surprise: null, successCeiling: null, ...options });
    expect(levels.abstentionShare).toBeLessThan(0.08);
  });

  it(`hold for what the exam was drawn from, at least 95 times in a hundred (simulation with seed ${SEED})`, () => {
    const random = new Random(SEED).fork('levels');
    const wrong = { ceiling: 0, surprise: 0, abstention: 0 };
    for (let k = 0; k < 300; k++) {
      const exam = Array.from({ length: 120 }, () => ({
        ...QUIET,
        success: random.uniform() < 0.93,
        abstained: random.uniform() < 0.04,
        surpriseNats: -Math.log(1 - random.uniform()),
      }));
      const { successCeiling, surprise, abstentionShare } = examLevels(exam, { ...options, successFloor: 0.5 });
      if ((successCeiling ?? 1) < 0.93) wrong.ceiling++;
      if (abstentionShare < 0.04) wrong.abstention++;
      if (Math.exp(-(surprise?.nats ?? 0)) > 0.05) wrong.surprise++;
    }
    // 15 are expected at most; 25 are 2.7 standard deviations more.
    for (const count of Object.values(wrong)) expect(count).toBeLessThanOrEqual(25);
  });
});
