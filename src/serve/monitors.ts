/**
 * Monitors of an agent at work. Every finished job is written down and feeds the detectors; an alarm expires the certificate and moves the agent to asking
 * always, until a named person clears it. All of it follows from a ledger on the disk, so an alarm outlives the server.
 *
 * Invariants: a job counts once, however often it is reported. An alarm is in force before it is on the disk, and while anything could not be written the
 * agent asks always. A ledger belongs to the levels of one certificate: another certificate begins another one. Whoever may write to the file can forge
 * its last line, so that is for the server alone.
 */
import type * as z from 'zod';
import { appendChain, type ChainEnd, ConfigError, canonicalJson, DataError, loadChain, type Unchained } from '../base/index.ts';
import { type JobObservation, type MonitorLevels, requireLevels } from './monitors-levels.ts';
import { alphaSchema, clearingSchema, type MonitorsLine, monitorsLineSchema, observedSchema } from './monitors-line.ts';
import { type Alarm, beginMonitors, clearAlarm, type Detector, type MonitorsState, observeJob, openAlarms } from './monitors-state.ts';

/** Six detectors at the level of STATISTICS §11: each at least 10,000 jobs from a false alarm on average, the first of any at least 1,667. */
export const MONITORS_ALPHA = 6e-4;

export interface MonitorsOptions {
  readonly levels: MonitorLevels;
  /** 1 / (least mean number of jobs to the first false alarm of any monitor), shared equally among those that watch. Default `MONITORS_ALPHA`. */
  readonly alpha?: number;
}

export interface Monitors {
  /**
   * Counts a finished job; on the disk when this returns. Returns the open alarms that it raised, again when it is reported again. Throws `DataError` for
   * an observation that is none, and what the disk throws: then the job is to be reported again.
   */
  observe(jobId: string, observation: JobObservation, now: Date): readonly Alarm[];
  /** Those that nobody has cleared, oldest first. */
  alarms(): readonly Alarm[];
  /** The cleared ones too, oldest first. */
  history(): readonly Alarm[];
  /** Where each monitor stands. */
  detectors(): readonly Detector[];
  /** A named person's word that an alarm is over. Throws `ConfigError` without a name or a reason, and for an alarm that is not open. */
  clear(alarmId: string, clearing: { readonly by: string; readonly reason: string; readonly now: Date }): void;
  /** How the agent may work now. */
  mode(): 'by-certificate' | 'ask-always';
}

/**
 * The monitors whose ledger lies at `path`, begun where there is none yet. One process has it at a time: to be opened under a lock. Throws `ConfigError` for
 * levels or α out of range, and for others than the ledger was begun with; `DataError` for a line that can't be read, a chain that is broken, and lines
 * that do not follow from one another.
 */
export function openMonitors(path: string, { levels, alpha = MONITORS_ALPHA }: MonitorsOptions): Monitors {
  const operation = `open the monitors ${path}`;
  const settings = { levels: requireLevels(levels), alpha };
  if (!alphaSchema.safeParse(alpha).success)
    throw new ConfigError({ operation, got: `alpha = ${alpha}`, expected: 'a number strictly between 0 and 1', fix: 'leave it out' });
  let state = beginMonitors(settings);
  let begun: string | undefined;
  const jobs = new Set<string>();

  /** What a line makes of the monitors; false where it can't follow. */
  function take(line: Unchained<MonitorsLine>): boolean {
    if ((line.kind === 'began') !== (begun === undefined)) return false;
    if (line.kind === 'began') {
      begun = spell(line);
      state = beginMonitors(line);
      return true;
    }
    if (line.kind === 'cleared') {
      const next = clearAlarm(state, line);
      state = next ?? state;
      return next !== undefined;
    }
    if (jobs.has(line.jobId)) return false;
    const next = observeJob(state, line);
    if (raisedIn(state, next).join() !== line.alarms.join()) return false;
    jobs.add(line.jobId);
    state = next;
    return true;
  }

  let end: ChainEnd = loadChain<MonitorsLine>(path, {
    parse: (line) => monitorsLineSchema.parse(line),
    follows: take,
    names: { line: 'one event of the monitors', ledger: 'ledger of the monitors' },
    fix: 'restore it from a copy; until then the agent asks always',
  });
  if (begun !== undefined && begun !== spell(settings))
    throw new ConfigError({
      operation,
      got: `a ledger of other levels or another alpha: ${begun}`,
      expected: spell(settings),
      fix: 'open it with the levels that it was begun with; the monitors of another certificate have a file of their own',
    });

  let unwritten: Unchained<MonitorsLine>[] = [];
  function flush(): void {
    if (unwritten.length === 0) return;
    end = appendChain(path, end, unwritten);
    unwritten = [];
  }
  function write(line: Unchained<MonitorsLine>): void {
    take(line);
    unwritten.push(line);
    flush();
  }
  if (begun === undefined) write({ kind: 'began', ...settings });

  return {
    observe(jobId, observation, now) {
      const parsed = observedSchema.safeParse({ jobId, observation, now });
      if (!parsed.success)
        throw new DataError({
          operation: `observe job ${String(jobId).slice(0, 60)}`,
          ...wrong(parsed.error, 'an observation'),
          expected:
            'a name of 1 to 200 letters, success (or null), surpriseNats (or null) and seconds from 0, abstained, intervened, and a time',
          fix: 'report a measurement that is missing as null, where it may be, not as NaN',
        });
      if (jobs.has(jobId)) flush();
      else {
        const job = { jobId, observation: parsed.data.observation, at: now.toISOString() };
        write({ kind: 'observed', ...job, alarms: raisedIn(state, observeJob(state, job)) });
      }
      return openAlarms(state).filter((alarm) => alarm.jobId === jobId);
    },
    alarms: () => openAlarms(state),
    history: () => state.alarms,
    detectors: () => state.detectors,
    clear(alarmId, clearing) {
      const operation = `clear the alarm ${String(alarmId).slice(0, 60)}`;
      const parsed = clearingSchema.safeParse(clearing);
      if (!parsed.success)
        throw new ConfigError({
          operation,
          ...wrong(parsed.error, 'a clearance'),
          expected: 'the name of the person who clears it, the reason, and a time',
          fix: 'find out what raised the alarm, and say who answers for going on',
        });
      const { by, reason, now } = parsed.data;
      const open = openAlarms(state).map(({ id }) => id);
      if (!open.includes(alarmId))
        throw new ConfigError({
          operation,
          got: state.alarms.some(({ id }) => id === alarmId) ? 'one that was cleared before' : 'one that was never raised',
          expected: `an open alarm (${open.join(', ') || 'there is none'})`,
          fix: 'look at the open alarms again',
        });
      write({ kind: 'cleared', at: now.toISOString(), alarmId, by, reason });
    },
    mode: () => (unwritten.length > 0 || openAlarms(state).length > 0 ? 'ask-always' : 'by-certificate'),
  };
}

const raisedIn = (before: MonitorsState, after: MonitorsState): string[] => after.alarms.slice(before.alarms.length).map(({ id }) => id);

const spell = ({ levels, alpha }: { readonly levels: MonitorLevels; readonly alpha: number }): string => canonicalJson({ levels, alpha });

function wrong(error: z.ZodError, what: string): { readonly got: string; readonly cause: unknown } {
  const [issue] = error.issues;
  return { got: `${what} that is wrong at ${issue?.path.join('.') || 'the top'} (${issue?.message})`, cause: error };
}
