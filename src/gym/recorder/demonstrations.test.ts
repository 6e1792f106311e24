import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendLine, demonstrationFiles } from './demonstrations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demonstrations-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('files of demonstrations', () => {
  it('have the name of their gym, those of a collection in its folder', () => {
    expect(demonstrationFiles('d', 'miniwob/login-user')).toEqual({
      accepted: join('d', 'miniwob', 'login-user.jsonl'),
      recorded: join('d', 'miniwob', 'login-user.recorded.jsonl'),
      rejected: join('d', 'miniwob', 'login-user.rejected.jsonl'),
    });
  });

  it('grow by whole lines, also behind one that a crash has torn', () => {
    const { accepted } = demonstrationFiles(folder, 'a/b');
    appendLine(accepted, { n: 1, text: 'ä\n\u2028' });
    appendLine(accepted, { n: 2 });
    expect(readFileSync(accepted, 'utf8')).toBe('{"n":1,"text":"ä\\n\u2028"}\n{"n":2}\n');
    writeFileSync(accepted, '{"n":3', { flag: 'a' });
    appendLine(accepted, { n: 4 });
    expect(readFileSync(accepted, 'utf8').split('\n').slice(1)).toEqual(['{"n":2}', '{"n":3', '{"n":4}', '']);
  });

  it('stay as they are when a line cannot be written', () => {
    const { accepted } = demonstrationFiles(folder, 'a');
    appendLine(accepted, { n: 1 });
    expect(() => appendLine(accepted, { n: 1n })).toThrow(/add to/);
    expect(readFileSync(accepted, 'utf8')).toBe('{"n":1}\n');
  });
});
