import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFolder, replaceFolder } from './replace-folder.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'replace-'));
  folder = join(parent, 'a');
});
afterEach(() => rmSync(parent, { recursive: true }));

function put(name: string, version: string | null): void {
  mkdirSync(join(parent, name));
  if (version !== null) writeFileSync(join(parent, name, 'version'), version);
}
const save = (version: string): void => replaceFolder(folder, (path) => writeFileSync(join(path, 'version'), version));
const read = (): string => readFolder(folder, (path) => readFileSync(join(path, 'version'), 'utf8'));

describe('replacing a folder', () => {
  it('gives the new content and leaves nothing beside it', () => {
    save('1');
    save('2');
    expect(read()).toBe('2');
    expect(readdirSync(parent)).toEqual(['a']);
  });

  // What a kill leaves after each step (folders with their version, null for one without files), and what a reader then must see.
  const crashes: readonly (readonly [string, Readonly<Record<string, string | null>>, string])[] = [
    ['while the new one is written', { a: '1', '.a.next-12': null }, '1'],
    ['after the old one was moved away', { '.a.previous': '1', '.a.next-12': '2' }, '1'],
    ['after the new one was moved in', { a: '2', '.a.previous': '1' }, '2'],
    ['while the old one is removed', { a: '2', '.a.previous': null }, '2'],
  ];
  it.each(crashes)('survives a crash %s', (_, left, version) => {
    for (const [name, content] of Object.entries(left)) put(name, content);
    expect(read()).toBe(version);
    // A save that is killed while writing keeps that; a complete one replaces it and cleans up.
    expect(() =>
      replaceFolder(folder, () => {
        throw new Error('full disk');
      }),
    ).toThrow('full disk');
    expect(read()).toBe(version);
    save('3');
    expect(read()).toBe('3');
    expect(readdirSync(parent)).toEqual(['a']);
  });

  it('reads one version when a save comes in between', () => {
    save('1');
    let reads = 0;
    const pair = readFolder(folder, (path) => {
      const first = readFileSync(join(path, 'version'), 'utf8');
      if (reads++ === 0) save('2');
      return [first, readFileSync(join(path, 'version'), 'utf8')];
    });
    expect(pair).toEqual(['2', '2']);
  });

  it('gives up on a folder that never stays', () => {
    save('1');
    expect(() => readFolder(folder, () => save('2'))).toThrow(/each of 20 attempts/);
  });

  it('follows a symbolic link and keeps it', () => {
    symlinkSync('real', folder);
    save('1');
    save('2');
    expect(readdirSync(parent).sort()).toEqual(['a', 'real']);
    expect(readFileSync(join(parent, 'real', 'version'), 'utf8')).toBe('2');
    expect(read()).toBe('2');
  });
});
