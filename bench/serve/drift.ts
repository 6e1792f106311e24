/**
 * The drift suite: what the alarms of the monitors are worth. Jobs are simulated, the monitors are the ones at work, without their ledger.
 *
 * An undisturbed agent's events come two thirds as often as they may (.02 for .03, as STATISTICS §11 has it), independently of one another, and success
 * stands at .98 under a ceiling of .995. A disturbance comes after 1,000 such jobs; runs with an earlier alarm are left out of a delay, and counted in the
 * rows about false alarms. A delay is the number of disturbed jobs up to the one that raises the alarm.
 */
import { Random } from '../../src/base/index.ts';
import {
  beginMonitors,
  type JobObservation,
  MONITOR_NAMES,
  MONITORS_ALPHA,
  type MonitorLevels,
  type MonitorName,
  observeJob,
} from '../../src/serve/index.ts';
import { type DriftState, observeRun, upperBound } from '../../src/stats/index.ts';
import type { Bench, Measurement } from '../row.ts';

const LEVELS: MonitorLevels = {
  successFloor: 0.97,
  successCeiling: 0.995,
  surprise: { nats: 1, share: 0.05 },
  abstentionShare: 0.03,
  interventionShare: 0.03,
  cost: { seconds: 60, share: 0.05 },
};

/** Probabilities of success and of the events that should be rare. */
interface World {
  readonly success: number;
  readonly surprise: number;
  readonly abstention: number;
  readonly intervention: number;
  readonly cost: number;
}

const UNDISTURBED: World = { success: 0.98, surprise: 0.05 / 1.5, abstention: 0.02, intervention: 0.02, cost: 0.05 / 1.5 };
/** Every event as often as it may be: where a false alarm comes soonest. The ceiling can't be reached together with the floor and is not watched. */
const WORST: World = { success: 0.97, surprise: 0.05, abstention: 0.03, intervention: 0.03, cost: 0.05 };
const CHANGE = 1000;
/** Jobs of an undisturbed run. */
const RUN = 10_000;

function draw(random: Random, world: World): JobObservation {
  return {
    success: random.uniform() < world.success,
    surpriseNats: random.uniform() < world.surprise ? 2 : 0.5,
    abstained: random.uniform() < world.abstention,
    intervened: random.uniform() < world.intervention,
    seconds: random.uniform() < world.cost ? 120 : 20,
  };
}

interface Watched {
  /** The job that raised the first alarm, from 1; Infinity: none within `most`. */
  readonly jobs: number;
  readonly monitors: readonly MonitorName[];
}

/** One agent at work until the first alarm. */
function work(
  random: Random,
  {
    levels = LEVELS,
    alpha = MONITORS_ALPHA,
    world,
    most = Infinity,
  }: { levels?: MonitorLevels; alpha?: number; world: (n: number) => World; most?: number },
): Watched {
  let state = beginMonitors({ levels, alpha });
  for (let n = 1; n <= most; n++) {
    state = observeJob(state, { jobId: '', observation: draw(random, world(n)), at: '' });
    if (state.alarms.length > 0) return { jobs: n, monitors: state.alarms.map(({ monitor }) => monitor) };
  }
  return { jobs: Infinity, monitors: [] };
}

/** The success monitor's detector by itself, failures coming with probability `share`: runs to its alarm. */
function failuresToAlarm(random: Random, { share, most = Infinity }: { share: number; most?: number }): number {
  const success = beginMonitors({ levels: LEVELS, alpha: MONITORS_ALPHA }).detectors.find(({ monitor }) => monitor === 'success');
  let state = success?.drift as DriftState;
  while (!state.isAlarm && state.runs < most) state = observeRun(state, random.uniform() < share);
  return state.isAlarm ? state.runs : Infinity;
}

const times = <T>(count: number, measure: () => T): T[] => Array.from({ length: count }, measure);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Standard error of the mean. */
function errorOf(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)) / (values.length - 1));
}

interface Disturbance {
  readonly name: string;
  readonly monitor: MonitorName;
  readonly after: Partial<World>;
  /** Mean delay in STATISTICS §11, jobs. */
  readonly published?: number;
  readonly runs: number;
}

const DISTURBANCES: readonly Disturbance[] = [
  { name: 'delay-success-95', monitor: 'success', after: { success: 0.95 }, published: 645, runs: 1000 },
  { name: 'delay-success-93', monitor: 'success', after: { success: 0.93 }, published: 244, runs: 600 },
  { name: 'delay-success-90', monitor: 'success', after: { success: 0.9 }, published: 109, runs: 2000 },
  { name: 'delay-success-80', monitor: 'success', after: { success: 0.8 }, published: 32, runs: 600 },
  { name: 'delay-success-jump', monitor: 'success-jump', after: { success: 1 }, runs: 200 },
  { name: 'delay-surprise', monitor: 'surprise', after: { surprise: 0.2 }, runs: 500 },
  { name: 'delay-abstention', monitor: 'abstention', after: { abstention: 0.1 }, runs: 500 },
  { name: 'delay-intervention', monitor: 'intervention', after: { intervention: 0.1 }, runs: 500 },
  { name: 'delay-cost', monitor: 'cost', after: { cost: 0.2 }, runs: 500 },
];

function delayOf({ name, monitor, after, published, runs }: Disturbance, seed: number): Measurement {
  const random = new Random(seed).fork(name);
  const disturbed = { ...UNDISTURBED, ...after };
  const all = times(runs, () => work(random, { world: (n) => (n <= CHANGE ? UNDISTURBED : disturbed) }));
  const noticed = all.filter(({ jobs }) => jobs > CHANGE);
  const delays = noticed.map(({ jobs }) => jobs - CHANGE);
  const value = mean(delays);
  const [event, share] = Object.entries(after)[0] as [keyof World, number];
  const late = delays.toSorted((a, b) => a - b)[Math.floor(0.95 * delays.length)];
  const others = noticed.filter(({ monitors }) => !monitors.includes(monitor)).length;
  return {
    name,
    value,
    unit: 'jobs',
    ...(published === undefined ? {} : { ratio: value / published, peer: `${published} of STATISTICS §11` }),
    spread: null,
    seed,
    note: `± ${errorOf(delays).toFixed(1)}, 95th percentile ${late}; ${event} ${UNDISTURBED[event].toFixed(3)} → ${share}; ${runs} runs, ${runs - noticed.length} with an alarm before, ${others} noticed by another monitor first`,
  };
}

const delays: readonly Bench[] = DISTURBANCES.map((disturbance) => ({
  names: [disturbance.name],
  measure: async ({ seed }) => [delayOf(disturbance, seed)],
}));

/** The published share is of one detector: the success monitor's at work, by itself. */
const falseAlarms: Bench = {
  names: ['false-alarms-success', 'false-alarms-any'],
  async measure({ seed }) {
    const random = new Random(seed).fork('undisturbed');
    const share = (
      name: string,
      { runs, events, note }: { readonly runs: number; readonly events: number; readonly note: string },
    ): Measurement => ({
      name,
      value: events / runs,
      unit: 'of runs',
      spread: null,
      seed,
      note: `${events} of ${runs} undisturbed runs of ${RUN} jobs; 95 % upper bound ${upperBound({ events, trials: runs, alpha: 0.05 }).toFixed(3)}; ${note}`,
    });
    const alone = times(5000, () => failuresToAlarm(random, { share: 1 - UNDISTURBED.success, most: RUN }));
    const together = times(400, () => work(random, { world: () => UNDISTURBED, most: RUN }));
    const by = MONITOR_NAMES.map((name) => `${name} ${together.filter(({ monitors }) => monitors.includes(name)).length}`);
    return [
      share('false-alarms-success', {
        runs: alone.length,
        events: alone.filter((jobs) => jobs < Infinity).length,
        note: 'STATISTICS §11 has 0.035',
      }),
      share('false-alarms-any', {
        runs: together.length,
        events: together.filter(({ jobs }) => jobs < Infinity).length,
        note: `first by ${by.join(', ')}`,
      }),
    ];
  },
};

/** Against what is stated: at least 1, as long as no event comes more often than it may. */
const statedRate: Bench = {
  names: ['jobs-to-false-alarm-success', 'jobs-to-false-alarm-any'],
  async measure({ seed }) {
    const random = new Random(seed).fork('worst');
    const row = (
      name: string,
      { jobs, stated, note }: { readonly jobs: readonly number[]; readonly stated: number; readonly note: string },
    ): Measurement => ({
      name,
      value: mean(jobs),
      unit: 'jobs',
      ratio: mean(jobs) / stated,
      peer: `${stated} stated at least`,
      spread: null,
      seed,
      note: `± ${errorOf(jobs).toFixed(0)}; ${jobs.length} runs; ${note}`,
    });
    const alone = times(1000, () => failuresToAlarm(random, { share: 1 - WORST.success }));
    const levels: MonitorLevels = { ...LEVELS, successCeiling: null };
    const alpha = 5e-4;
    const together = times(1000, () => work(random, { levels, alpha, world: () => WORST }).jobs);
    return [
      row('jobs-to-false-alarm-success', { jobs: alone, stated: 6 / MONITORS_ALPHA, note: 'success at its floor' }),
      row('jobs-to-false-alarm-any', { jobs: together, stated: 1 / alpha, note: 'five monitors, every event as often as it may be' }),
    ];
  },
};

export const DRIFT_SUITE: readonly Bench[] = [...delays, falseAlarms, statedRate];
