import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError } from '../../base/index.ts';
import { loadTensors, loadTextIfPresent } from './shards.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shards-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('files of a checkpoint', () => {
  it('that are folders are errors of the checkpoint, which name them', () => {
    for (const name of ['config.json', 'model.safetensors']) mkdirSync(join(folder, name));
    expect(() => loadTextIfPresent(join(folder, 'config.json'))).toThrow(CheckpointError);
    expect(() => loadTextIfPresent(join(folder, 'config.json'))).toThrow(/^read .*config\.json: got .*To fix it: check what lies at/);
    expect(() => loadTensors(folder)).toThrow(CheckpointError);
    expect(() => loadTensors(folder)).toThrow(/^read .*model\.safetensors: got what is not a file, expected a safetensors file/);
  });

  it('that can’t be reached are too', () => {
    // A link to itself stands for whatever the system refuses: permissions mean nothing to a superuser.
    for (const name of ['config.json', 'model.safetensors']) symlinkSync(name, join(folder, name));
    expect(() => loadTextIfPresent(join(folder, 'config.json'))).toThrow(CheckpointError);
    expect(() => loadTensors(folder)).toThrow(CheckpointError);
  });

  it('that are absent are no error, and without a model there is one', () => {
    expect(loadTextIfPresent(join(folder, 'config.json'))).toBeUndefined();
    expect(() => loadTensors(folder)).toThrow(/neither model\.safetensors nor model\.safetensors\.index\.json/);
  });
});
