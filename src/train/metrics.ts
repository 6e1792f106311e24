/**
 * What happened at each step, as JSON Lines beside the checkpoint. Appended as the run goes; a resumed run first drops
 * what came after its checkpoint, since it will do those steps again: no step is there twice.
 */
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RuntimeError, saveAtomically } from '../base/index.ts';

export interface MetricsLine {
  readonly kind: 'step' | 'evaluation';
  readonly step: number;
  readonly [name: string]: string | number | null;
}

export class MetricsLog {
  readonly path: string;
  #file: number | undefined;

  /** Keeps the lines of steps up to `step`. */
  constructor(path: string, { step }: { readonly step: number }) {
    this.path = path;
    this.#guard(() => {
      mkdirSync(dirname(path), { recursive: true });
      if (statSync(path, { throwIfNoEntry: false })) keepUpTo(path, step);
      this.#file = openSync(path, 'a');
    });
  }

  append(line: MetricsLine): void {
    this.#guard(() => appendFileSync(this.#open(), `${JSON.stringify(line)}\n`));
  }

  /** Before a checkpoint, so that no checkpoint is ahead of its metrics. */
  sync(): void {
    this.#guard(() => fsyncSync(this.#open()));
  }

  dispose(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): number {
    if (this.#file === undefined) throw new Error('the file is closed');
    return this.#file;
  }

  #guard(write: () => void): void {
    try {
      write();
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new RuntimeError({
        operation: `write ${this.path}`,
        got: code === 'ENOSPC' ? 'a full disk (ENOSPC)' : message,
        expected: 'a file that can be written, with enough space',
        fix: 'free some space; the last checkpoint is untouched, and the same command goes on from there',
        cause,
      });
    }
  }
}

/** Whether a file with lines is there; a run killed before its first step leaves an empty one. */
export function hasMetrics(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function keepUpTo(path: string, step: number): void {
  const text = readFileSync(path, 'utf8');
  const kept = text.split('\n').filter((line) => isKept(line, step));
  const next = kept.map((line) => `${line}\n`).join('');
  if (next !== text) saveAtomically(path, next);
}

/** A line that was cut off by a crash is dropped. */
function isKept(line: string, step: number): boolean {
  try {
    const { step: at } = JSON.parse(line) as { readonly step?: unknown };
    return typeof at === 'number' && at <= step;
  } catch {
    return false;
  }
}
