/**
 * The monitors as pure functions: what each watches, and what a finished job or a person's word makes of them.
 *
 * Invariants: each monitor is an event whose share of jobs should stay at or below a reference, watched by one sequential detector. With k of them at α/k
 * each, a detector's mean number of jobs to a false alarm is at least k/α, and that to the first false alarm of any is at least 1/α: the detectors'
 * evidence less k times the number of jobs is a supermartingale, and at an alarm it is k/α or more. This asks only that an event's probability,
 * whatever happened before, is at most the reference; the monitors may depend on one another.
 * Source: Shin, Ramdas & Rinaldo 2023, E-detectors (arXiv 2203.03532), §2; STATISTICS §11.
 */
import { beginDrift, type DriftState, observeRun } from '../stats/index.ts';
import type { JobObservation, MonitorLevels } from './monitors-levels.ts';

export const MONITOR_NAMES = ['success', 'success-jump', 'surprise', 'abstention', 'intervention', 'cost'] as const;
export type MonitorName = (typeof MONITOR_NAMES)[number];

interface Watch {
  /** What an alarm says. */
  readonly alarm: string;
  /** The most that the event's share may be; null: not watched. */
  readonly reference: (levels: MonitorLevels) => number | null;
  /** Whether it came in this job; null where that can't be told, and then the job does not count here. */
  readonly event: (job: JobObservation, levels: MonitorLevels) => boolean | null;
}

export const MONITORS: Readonly<Record<MonitorName, Watch>> = {
  success: {
    alarm: 'fewer jobs succeed than the certificate states',
    reference: ({ successFloor }) => 1 - successFloor,
    event: ({ success }) => (success === null ? null : !success),
  },
  'success-jump': {
    alarm: 'more jobs succeed than the exam explains: a leak, or a verifier that is fooled',
    reference: ({ successCeiling }) => successCeiling,
    event: ({ success }) => success,
  },
  surprise: {
    alarm: 'more jobs surprise the agent than in the exam: it reads what it was not made for',
    reference: ({ surprise }) => surprise?.share ?? null,
    event: ({ surpriseNats }, { surprise }) => (surpriseNats === null || surprise === null ? null : surpriseNats > surprise.nats),
  },
  abstention: {
    alarm: 'more jobs are asked about or handed over than in the exam',
    reference: ({ abstentionShare }) => abstentionShare,
    event: ({ abstained }) => abstained,
  },
  intervention: {
    alarm: 'people intervene in more jobs than was promised',
    reference: ({ interventionShare }) => interventionShare,
    event: ({ intervened }) => intervened,
  },
  cost: {
    alarm: 'more jobs take long than in the exam',
    reference: ({ cost }) => cost.share,
    event: ({ seconds }, { cost }) => seconds > cost.seconds,
  },
};

/**
 * What is watched for: the odds of the event times these. Over a floor of .97 they are success rates of .949, .902 and .822, those of STATISTICS §11 but for
 * its .5: that one finds a collapse to .5 one job sooner, and costs nearly a third more false alarms.
 */
const ODDS_FACTORS: readonly number[] = [1.75, 3.5, 7];

export interface Detector {
  readonly monitor: MonitorName;
  /** Jobs in which the event came, among the `drift.runs` that counted since the detector began, or began anew. */
  readonly events: number;
  readonly drift: DriftState;
}

export interface Alarm {
  /** The monitor's name and a number, counted from 1. */
  readonly id: string;
  readonly monitor: MonitorName;
  /** ISO 8601. */
  readonly at: string;
  /** After which it was raised. */
  readonly jobId: string;
  /** Jobs that counted since the detector began, those in which the event came, and the most that their share should be. */
  readonly jobs: number;
  readonly events: number;
  readonly reference: number;
  readonly cleared: { readonly by: string; readonly reason: string; readonly at: string } | null;
}

/** Never changed in place. */
export interface MonitorsState {
  readonly levels: MonitorLevels;
  readonly detectors: readonly Detector[];
  /** Oldest first, the cleared ones too. */
  readonly alarms: readonly Alarm[];
}

/** Monitors before the first job; `alpha` is what all detectors together may spend. Throws `ConfigError` for values outside (0, 1). */
export function beginMonitors({ levels, alpha }: { readonly levels: MonitorLevels; readonly alpha: number }): MonitorsState {
  const watched = MONITOR_NAMES.flatMap((monitor) => {
    const reference = MONITORS[monitor].reference(levels);
    return reference === null ? [] : [{ monitor, reference }];
  });
  const detectors = watched.map(({ monitor, reference }): Detector => {
    const alternatives = ODDS_FACTORS.map((factor) => (factor * reference) / (1 - reference + factor * reference));
    return { monitor, events: 0, drift: beginDrift({ reference, alternatives, alpha: alpha / watched.length }) };
  });
  return { levels, detectors, alarms: [] };
}

export const openAlarms = ({ alarms }: MonitorsState): readonly Alarm[] => alarms.filter(({ cleared }) => cleared === null);

export interface FinishedJob {
  readonly jobId: string;
  readonly observation: JobObservation;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * The monitors after one more job. While an alarm is open nothing counts: an agent that asks about everything is not the one that was examined, and what
 * people put right for it says nothing about it.
 */
export function observeJob(state: MonitorsState, { jobId, observation, at }: FinishedJob): MonitorsState {
  if (openAlarms(state).length > 0) return state;
  const { levels } = state;
  const alarms = [...state.alarms];
  const detectors = state.detectors.map((detector): Detector => {
    const { monitor } = detector;
    const event = MONITORS[monitor].event(observation, levels);
    if (event === null) return detector;
    const events = detector.events + (event ? 1 : 0);
    const drift = observeRun(detector.drift, event);
    if (drift.isAlarm) {
      const id = `${monitor}-${1 + alarms.filter((alarm) => alarm.monitor === monitor).length}`;
      alarms.push({ id, monitor, at, jobId, jobs: drift.runs, events, reference: drift.reference, cleared: null });
    }
    return { monitor, events, drift };
  });
  return { levels, detectors, alarms };
}

/** The monitors after a person's word that an alarm is over: its detector begins anew, the others keep their evidence. Undefined where no such alarm is open. */
export function clearAlarm(
  state: MonitorsState,
  { alarmId, by, reason, at }: { readonly alarmId: string; readonly by: string; readonly reason: string; readonly at: string },
): MonitorsState | undefined {
  const alarm = openAlarms(state).find(({ id }) => id === alarmId);
  if (!alarm) return undefined;
  const { monitor } = alarm;
  return {
    ...state,
    detectors: state.detectors.map((one) => (one.monitor === monitor ? { monitor, events: 0, drift: beginDrift(one.drift) } : one)),
    alarms: state.alarms.map((one) => (one === alarm ? { ...alarm, cleared: { by, reason, at } } : one)),
  };
}
