import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import { compareFiles, copyFolder, describeDifferences, hashFolder, isPlainPath } from './files.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'files-'));
  folder = join(root, 'from');
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  // Larger than what is read at once.
  writeFileSync(join(folder, 'a', 'b', 'large'), Buffer.alloc(2_500_000, 'xyz'));
  writeFileSync(join(folder, '__proto__'), 'p');
  writeFileSync(join(folder, 'empty'), '');
});
afterEach(() => rmSync(root, { recursive: true }));

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describe('the files of a folder', () => {
  it('have their hashes, in order of path, whatever they are called', () => {
    expect(Object.entries(hashFolder(folder))).toEqual([
      ['__proto__', sha256('p')],
      ['a/b/large', sha256(readFileSync(join(folder, 'a', 'b', 'large')))],
      ['empty', sha256('')],
    ]);
  });

  it('are copied as they are, to where nothing is yet', () => {
    const to = join(root, 'to');
    expect(copyFolder(folder, to)).toEqual(hashFolder(folder));
    expect(hashFolder(to)).toEqual(hashFolder(folder));
    expect(() => copyFolder(folder, to)).toThrow(/EEXIST/);
  });

  it('are refused where there is a link, to a file, a folder or nothing, or the folder is one', () => {
    for (const target of ['empty', 'a', 'nothing']) {
      symlinkSync(target, join(folder, 'link'));
      expect(() => hashFolder(folder)).toThrow(/a symbolic link/);
      expect(() => copyFolder(folder, join(root, 'to'))).toThrow(DataError);
      rmSync(join(folder, 'link'));
    }
    symlinkSync('from', join(root, 'link'));
    expect(() => hashFolder(join(root, 'link'))).toThrow(/a symbolic link/);
    expect(() => hashFolder(join(folder, 'empty'))).toThrow(/something else/);
    expect(() => hashFolder(join(root, 'none'))).toThrow(/nothing at/);
  });

  it('have plain names', () => {
    for (const path of ['a', 'a/b.c', '.hidden', '__proto__', 'ä ö']) expect(isPlainPath(path), path).toBe(true);
    for (const path of ['', '/a', 'a/', 'a//b', '.', '..', 'a/../b', 'a\\b', 'c:x', 'a\nb', 'a\0'])
      expect(isPlainPath(path), path).toBe(false);
    if (process.platform === 'win32') return;
    writeFileSync(join(folder, 'a\\b'), '');
    expect(() => hashFolder(folder)).toThrow(/no colons, backslashes/);
  });

  it('differ by what is missing, altered and additional', () => {
    const differences = compareFiles({ a: '1', b: '2', __proto: '3' }, { a: '1', b: '3', constructor: '4' });
    expect(differences).toEqual({ missing: ['__proto'], altered: ['b'], additional: ['constructor'] });
    expect(describeDifferences(differences)).toBe('__proto is missing, b was altered, constructor was added');
    expect(describeDifferences(compareFiles({ a: '1' }, { a: '1' }))).toBe('');
  });
});
