/**
 * A ledger on the disk: JSON Lines that are only ever added to. Each holds the hash of the one before (`previous`), so that a line that was taken out or
 * changed is noticed as long as one stands behind it. A last line that was changed, and lines cut off at the end, are not: a copy of the last hash elsewhere
 * would be needed.
 *
 * Invariant: what stands behind the last line feed was torn by a crash and counts as never written; the next line replaces it.
 */
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from './atomic-file.ts';
import { DataError } from './errors.ts';
import { hashBytes } from './hash.ts';

/** Where a ledger ends: what the next line is chained to. */
export interface ChainEnd {
  /** '' before the first line. */
  readonly lastHash: string;
  /** Bytes of whole lines. */
  readonly size: number;
}

/** What is told by a line, without what chains it. */
export type Unchained<T> = T extends unknown ? Readonly<Omit<T, 'schemaVersion' | 'previous'>> : never;

export interface ChainReader<T extends { readonly previous: string }> {
  /** One line, checked. What it throws is told with file and line. */
  readonly parse: (line: unknown) => T;
  /** Whether it may stand behind the ones before, beside the chain. */
  readonly follows: (line: T, before: readonly T[]) => boolean;
  /** What one line is, and the whole, for messages. */
  readonly names: { readonly line: string; readonly ledger: string };
  /** What to do about a broken one. */
  readonly fix: string;
}

/** All lines in order; none where there is no file yet. Throws `DataError` for a line that can't be read and a chain that is broken. */
export function loadChain<T extends { readonly previous: string }>(
  path: string,
  { parse, follows, names, fix }: ChainReader<T>,
): ChainEnd & { readonly lines: readonly T[] } {
  if (!existsSync(path)) return { lines: [], lastHash: '', size: 0 };
  const bytes = readFileSync(path);
  const size = bytes.lastIndexOf(0x0a) + 1;
  const lines: T[] = [];
  let lastHash = '';
  for (const [i, text] of bytes.toString('utf8', 0, size).split('\n').slice(0, -1).entries()) {
    const operation = `read ${path}:${i + 1}`;
    let line: T;
    try {
      line = parse(JSON.parse(text));
    } catch (cause) {
      throw new DataError({ operation, got: (cause as Error).message.slice(0, 200), expected: `${names.line} as JSON`, cause });
    }
    if (line.previous !== lastHash || !follows(line, lines))
      throw new DataError({
        operation,
        got: 'a line that does not follow the one before it',
        expected: `a ${names.ledger} that was only ever added to`,
        fix,
      });
    lines.push(line);
    lastHash = hashBytes(text);
  }
  return { lines, lastHash, size };
}

/**
 * Adds lines behind `end`, which must be what lies at `path`, and chains them whatever `previous` they have; on the disk when this returns the new end. To be
 * called under a lock. Only the owner may read a new file.
 */
export function appendChain(path: string, { lastHash, size }: ChainEnd, added: readonly object[]): ChainEnd {
  let previous = lastHash;
  let text = '';
  for (const line of added) {
    const spelled = JSON.stringify({ schemaVersion: 1, ...line, previous });
    previous = hashBytes(spelled);
    text += `${spelled}\n`;
  }
  const bytes = Buffer.from(text, 'utf8');
  const file = openSync(path, existsSync(path) ? 'r+' : 'wx', 0o600);
  try {
    ftruncateSync(file, size);
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at, bytes.byteLength - at, size + at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
  return { lastHash: previous, size: size + bytes.byteLength };
}
