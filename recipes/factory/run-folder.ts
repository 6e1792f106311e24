/**
 * A run of the factory on the disk: settings, events, and what each finished stage found. One process at a time.
 *
 *   run.json          what it was asked for; a run that goes on must be asked for the same
 *   events.jsonl      what happened, a line each; of progress, a line a second
 *   stages/NAME.json  the result of a finished stage: it isn't done again
 *
 * Invariant: a stage counts as finished when its result is on the disk, whole. Whatever a stage writes before that it can go on with.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError, ConfigError, canonicalJson, type Json, RuntimeError, saveAtomically, takeLock } from '../../src/base/index.ts';
import { parseRunEvent, type RunEvent } from '../../src/records/index.ts';

/** Changes whenever a run of another version can't be gone on with. */
export const RUN_VERSION = 1;

/** In the run's folder, while a process works on it. */
export const RUN_LOCK = '.lock';

const EVENTS = 'events.jsonl';

/** An event without its time. */
export type Told = RunEvent extends infer Event ? (Event extends RunEvent ? Omit<Event, 'at'> : never) : never;

export interface RunFolder {
  readonly folder: string;
  readonly isResumed: boolean;
  path(...parts: readonly string[]): string;
  tell(event: Told): void;
  /** The result of the stage: from the disk, or of `work`, which is then kept. */
  stage<T extends Json>(name: string, work: () => Promise<T>): Promise<T>;
  /** The kept result; undefined where the stage has none yet. */
  result<T extends Json>(name: string): T | undefined;
  close(): void;
}

export interface OpenRunOptions {
  readonly folder: string;
  readonly settings: Readonly<Record<string, Json>>;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Begins or goes on with the run in `folder`. Throws `ConfigError` where another process has it or it began otherwise, `CheckpointError` for another version's. */
export function openRun({ folder, settings, onEvent }: OpenRunOptions): RunFolder {
  const operation = `open the run ${folder}`;
  const unlock = takeLock(join(folder, RUN_LOCK), { operation, held: (process) => `a run that process ${process} is working on` });
  try {
    const path = (...parts: readonly string[]): string => join(folder, ...parts);
    const isResumed = existsSync(path('run.json'));
    const record = { schemaVersion: RUN_VERSION, ...settings };
    const events = path(EVENTS);
    let progressAtMs = Number.NEGATIVE_INFINITY;
    if (isResumed) checkSame(readJson(path('run.json'), operation), record, operation);
    else saveAtomically(path('run.json'), `${JSON.stringify(record, null, 2)}\n`);
    // A line that a crash has torn must not swallow the next one.
    if (existsSync(events) && !readFileSync(events, 'utf8').endsWith('\n')) append(events, '\n');
    const stagePath = (name: string): string => path('stages', `${name}.json`);
    const result = <T extends Json>(name: string): T | undefined =>
      existsSync(stagePath(name)) ? (readJson(stagePath(name), operation) as T) : undefined;
    return {
      folder,
      isResumed,
      path,
      tell(told) {
        const event = { at: new Date().toISOString(), ...told } as RunEvent;
        const isPassing = event.kind === 'progress' && event.done !== event.of && performance.now() - progressAtMs < 1000;
        if (event.kind === 'progress' && !isPassing) progressAtMs = performance.now();
        if (!isPassing) append(events, `${JSON.stringify(event)}\n`);
        onEvent?.(event);
      },
      async stage(name, work) {
        const known = result(name);
        if (known !== undefined) return known as never;
        const made = await work();
        saveAtomically(stagePath(name), `${JSON.stringify(made, null, 2)}\n`);
        return made;
      },
      result,
      close: unlock,
    };
  } catch (cause) {
    unlock();
    throw cause;
  }
}

/** What `events.jsonl` tells; a line that a crash has torn is left out. None where there is no such file. */
export function readEvents(run: string): readonly RunEvent[] {
  const path = join(run, EVENTS);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => parseRunEvent(line) ?? []);
}

function append(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new RuntimeError({
      operation: `add to ${path}`,
      got: code === 'ENOSPC' ? 'a full disk (ENOSPC)' : message,
      expected: 'a folder that can be written, with enough space',
      fix: 'free some space; what is finished is kept, and the same command goes on',
      cause,
    });
  }
}

function checkSame(saved: Json, wanted: Readonly<Record<string, Json>>, operation: string): void {
  const before = (typeof saved === 'object' && saved !== null && !Array.isArray(saved) ? saved : {}) as Readonly<Record<string, Json>>;
  if (before.schemaVersion !== wanted.schemaVersion)
    throw new CheckpointError({
      operation,
      got: `a run of version ${String(before.schemaVersion)}`,
      expected: `version ${RUN_VERSION}`,
      fix: 'go on with the version of Journeyman that began it, or begin another run with --out',
    });
  const names = [...new Set([...Object.keys(before), ...Object.keys(wanted)])].filter(
    (name) => canonicalJson(before[name] ?? null) !== canonicalJson(wanted[name] ?? null),
  );
  if (names.length > 0)
    throw new ConfigError({
      operation,
      got: names.map((name) => `${name} = ${show(wanted[name])}`).join(', '),
      expected: `what it began with: ${names.map((name) => `${name} = ${show(before[name])}`).join(', ')}`,
      fix: 'give the same options, or another folder with --out',
    });
}

const show = (value: Json | undefined): string => {
  const text = JSON.stringify(value ?? null);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

function readJson(path: string, operation: string): Json {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (cause) {
    throw new CheckpointError({
      operation,
      got: `${path} that is not JSON`,
      expected: 'what a run wrote',
      fix: 'begin another run with --out',
      cause,
    });
  }
}
