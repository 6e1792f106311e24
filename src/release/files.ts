/**
 * The files of a folder and their SHA-256. A folder that is to be trusted holds plain files and folders only: a symbolic link would let its
 * content change without any file in it changing.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataError, syncFolder } from '../base/index.ts';

/** Path from the folder, with /, to SHA-256 in hex; in order of path. */
export type FileHashes = Readonly<Record<string, string>>;

const CHUNK_BYTES = 1 << 20;
// Windows knows no such flag.
const READ_NO_LINK = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** A relative path with / that means the same on every system and leads nowhere else. */
export const isPlainPath = (path: string): boolean =>
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\p{Cc}\p{Cs}]/u.test(part));

/** Throws `DataError` unless `path` itself, not what a link leads to, is such a thing. */
export function requirePlain(path: string, kind: 'file' | 'folder', operation: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (kind === 'file' ? stats?.isFile() : stats?.isDirectory()) return;
  throw new DataError({
    operation,
    got: `${stats === undefined ? 'nothing' : stats.isSymbolicLink() ? 'a symbolic link' : 'something else'} at ${path}`,
    expected: `a plain ${kind}`,
    fix: 'copy the files themselves; links and special files are refused',
  });
}

/** Throws `DataError` for a folder that is not there, for links and special files in it, and for names that are no plain path. */
export function hashFolder(folder: string): FileHashes {
  return Object.fromEntries(listFiles(folder).map((path) => [path, hashFile(join(folder, path))]));
}

/** Copies into the folder `to`, which must not be there yet; synced. Returns the hashes of the bytes that were written. Throws as `hashFolder` does. */
export function copyFolder(from: string, to: string): FileHashes {
  const paths = listFiles(from);
  mkdirSync(to);
  const folders = new Set([to]);
  const hashes = paths.map((path): [string, string] => {
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    for (let folder = dirname(target); folder.length > to.length; folder = dirname(folder)) folders.add(folder);
    const file = openSync(target, 'wx');
    try {
      const hash = hashFile(join(from, path), (bytes) => {
        for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at);
      });
      fsyncSync(file);
      return [path, hash];
    } finally {
      closeSync(file);
    }
  });
  for (const folder of folders) syncFolder(folder);
  return Object.fromEntries(hashes);
}

function listFiles(root: string): readonly string[] {
  const operation = `list the files of ${root}`;
  requirePlain(root, 'folder', operation);
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!isPlainPath(path))
        throw new DataError({
          operation,
          got: `the name ${JSON.stringify(path)}`,
          expected: 'no colons, backslashes or control characters',
        });
      if (entry.isDirectory()) visit(path);
      else {
        requirePlain(join(root, path), 'file', operation);
        found.push(path);
      }
    }
  };
  visit('');
  return found.sort();
}

/** Reads in pieces, since weights may be larger than a buffer. */
function hashFile(path: string, onBytes?: (bytes: Uint8Array) => void): string {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(CHUNK_BYTES);
  const file = openSync(path, READ_NO_LINK);
  try {
    for (;;) {
      const bytes = buffer.subarray(0, readSync(file, buffer));
      if (bytes.byteLength === 0) return hash.digest('hex');
      hash.update(bytes);
      onBytes?.(bytes);
    }
  } finally {
    closeSync(file);
  }
}

export interface FileDifferences {
  readonly missing: readonly string[];
  readonly altered: readonly string[];
  readonly additional: readonly string[];
}

/** How `found` differs from `expected`. */
export function compareFiles(expected: FileHashes, found: FileHashes): FileDifferences {
  return {
    missing: Object.keys(expected).filter((path) => !Object.hasOwn(found, path)),
    altered: Object.keys(expected).filter((path) => Object.hasOwn(found, path) && found[path] !== expected[path]),
    additional: Object.keys(found).filter((path) => !Object.hasOwn(expected, path)),
  };
}

/** `model.onnx is missing, agent.json was altered`; '' where nothing differs. */
export const describeDifferences = ({ missing, altered, additional }: FileDifferences): string =>
  [
    ...missing.map((path) => `${path} is missing`),
    ...altered.map((path) => `${path} was altered`),
    ...additional.map((path) => `${path} was added`),
  ].join(', ');
