/** What commands that let somebody play have in common: lanes, stopping, the view, and episodes that are played to be looked at and not to be learned from. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArgsDef } from 'citty';
import { type Options, stopOnSignal, terminalOf } from '../../src/cli/index.ts';
import { type LoadedGym, listGyms } from '../../src/gym/index.ts';
import type { EpisodeRecord, Policy } from '../../src/records/index.ts';
import { type Job, openJournal, rollout } from '../../src/rollout/index.ts';
import type { Contestant } from '../factory/contestant.ts';
import { isSuccess, Stopped } from '../factory/workshop.ts';
import { createView, type View } from './view.ts';

export const LANES_ARG = {
  lanes: { type: 'string', valueHint: 'N', default: '6', description: 'Episodes side by side' },
} as const satisfies ArgsDef;

/** More browsers than that help no machine. */
const MOST_LANES = 256;

export const lanesOf = (options: Options): number =>
  options.number('lanes', {
    check: (lanes) => Number.isInteger(lanes) && lanes >= 1 && lanes <= MOST_LANES,
    expected: `a whole number from 1 to ${MOST_LANES}`,
  }) as number;

/** The one positional argument of commands that take a gym. */
export function onlyGym(options: Options): string {
  const [gym, ...rest] = options.rest;
  if (gym === undefined) throw options.wrong('no gym', `one of ${listGyms().join(', ')}`);
  if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the gym`, 'one gym');
  return gym;
}

/** The named slices of the gym; all by default. */
export function slicesOf(options: Options, { manifest }: LoadedGym): readonly string[] {
  const all = Object.keys(manifest.slices);
  const slices = [...new Set(options.text('slices')?.split(',') ?? all)];
  const unknown = slices.find((slice) => !all.includes(slice));
  if (unknown !== undefined) throw options.wrong(`--slices with '${unknown}'`, `some of ${all.join(',')}`);
  return slices;
}

export interface Watch {
  readonly signal: AbortSignal;
  readonly view: View;
}

/** Lets `work` be stopped by Ctrl-C: what it throws as `Stopped` ends the command with `goOn` said and the signal's exit code. */
export async function stoppable(
  { goOn, isJson = false }: { readonly goOn: string; readonly isJson?: boolean },
  work: (watch: Watch) => Promise<void>,
): Promise<void> {
  const view = createView({ terminal: terminalOf(process.stderr), isJson });
  const stop = stopOnSignal(() => view.note('Stopping. Again stops at once.'));
  try {
    await work({ signal: stop.signal, view });
    view.end();
  } catch (cause) {
    view.end();
    if (!(cause instanceof Stopped)) throw cause;
    console.error(`Stopped. ${goOn}`);
    process.exitCode = stop.exitCode();
  } finally {
    stop.dispose();
  }
}

export interface PlayTasksOptions extends Watch {
  readonly gym: LoadedGym;
  readonly contestant: Contestant;
  readonly jobs: readonly Job[];
  readonly lanes: number;
}

/** In the order of the jobs, both verifiers asked; nothing is kept on the disk. Throws `Stopped`. */
export function playTasks({ contestant, ...options }: PlayTasksOptions): Promise<readonly EpisodeRecord[]> {
  return contestant.withPolicy((policy) => playWith(policy, { contestant, ...options }));
}

async function playWith(
  policy: Policy,
  { gym, contestant, jobs, lanes, signal, view }: PlayTasksOptions,
): Promise<readonly EpisodeRecord[]> {
  const folder = mkdtempSync(join(tmpdir(), 'journeyman-play-'));
  const journal = openJournal(join(folder, 'episodes.jsonl'));
  const records: EpisodeRecord[] = [];
  let successes = 0;
  try {
    const { reason } = await rollout({
      gym: gym.module.gym,
      policy,
      policyId: contestant.agent.policy,
      jobs,
      journal,
      lanes,
      audited: true,
      ordered: true,
      signal,
      onEpisode(record, { done, of, perSecond, secondsLeft }) {
        records.push(record);
        if (isSuccess(record)) successes++;
        const figures = { success: successes / records.length };
        const at = new Date().toISOString();
        view.event({ at, kind: 'progress', stage: 'evaluate', done, of, unit: 'episodes', perSecond, secondsLeft, figures });
      },
    });
    if (reason === 'interrupted') throw new Stopped('playing was stopped');
    return records;
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
