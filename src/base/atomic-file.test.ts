import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveAtomically } from './atomic-file.ts';
import { RuntimeError } from './errors.ts';
import { Random } from './random.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A size-limited file system at `path`, or a reason why there is none. Needs Linux and root. */
function mountSmall(path: string): string | undefined {
  mkdirSync(path);
  const result = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { encoding: 'utf8' });
  return result.status === 0 ? undefined : (result.error?.message ?? result.stderr.trim());
}

describe('saveAtomically', () => {
  it('writes text and bytes, one part or many, into folders that it makes', () => {
    const path = join(folder, 'a', 'b', 'file');
    saveAtomically(path, ['é', new Uint8Array([0, 255]), '', 'z']);
    expect(readFileSync(path)).toEqual(Buffer.from([0xc3, 0xa9, 0, 255, 0x7a]));
    saveAtomically(path, 'shorter');
    expect(readFileSync(path, 'utf8')).toBe('shorter');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['file']);
  });

  it('says what happened when it cannot write, and leaves nothing behind', () => {
    const path = join(folder, 'taken');
    mkdirSync(join(path, 'full'), { recursive: true });
    expect(() => saveAtomically(path, 'x')).toThrow(RuntimeError);
    expect(() => saveAtomically(path, 'x')).toThrow(/^save .*taken: got .*expected .*To fix it: /);
    expect(readdirSync(folder)).toEqual(['taken']);
    writeFileSync(join(folder, 'file'), '');
    expect(() => saveAtomically(join(folder, 'file', 'below'), 'x')).toThrow(RuntimeError);
  });

  it('leaves an old or a new whole file when its process is killed at any moment', async () => {
    const path = join(folder, 'file');
    const random = new Random('kills');
    saveAtomically(path, 'A'.repeat(4_000_000));
    // The child replaces the file without end; a whole file is 4 million times the same letter.
    const program = `
      import { saveAtomically } from ${JSON.stringify(new URL('./atomic-file.ts', import.meta.url).href)};
      process.stdout.write('ready');
      for (let i = 0; ; i++) saveAtomically(${JSON.stringify(path)}, ['BC'[i % 2].repeat(2e6), 'BC'[i % 2].repeat(2e6)]);`;
    let leftovers = 0;
    for (let kill = 0; kill < 6; kill++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await sleep(random.below(40));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const text = readFileSync(path, 'utf8');
      expect(text.length).toBe(4_000_000);
      expect(text).toBe((text[0] as string).repeat(4_000_000));
      leftovers += readdirSync(folder).length - 1;
    }
    // Otherwise no kill fell into a write, and this showed nothing.
    expect(leftovers).toBeGreaterThan(0);
  });

  it('leaves the old file when the disk is full', ({ skip }) => {
    const small = join(folder, 'small');
    const reason = mountSmall(small);
    skip(reason !== undefined, `no small file system can be mounted here: ${reason}`);
    try {
      const path = join(small, 'file');
      saveAtomically(path, 'old');
      expect(() => saveAtomically(path, new Uint8Array(1_000_000))).toThrow(/a full disk \(ENOSPC\)/);
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(small)).toEqual(['file']);
      saveAtomically(path, 'new');
      expect(readFileSync(path, 'utf8')).toBe('new');
    } finally {
      spawnSync('umount', [small]);
    }
  });
});
