import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('./journeyman.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'journeyman-cli-gym-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', cwd: folder, input: '' });
  return { code: status, out: stdout, err: stderr };
}

describe('journeyman gym', () => {
  it('lists what there is', () => {
    const { code, out } = run('gym', 'list');
    expect(code).toBe(0);
    for (const name of ['countdown', 'warehouse', 'invoices', 'miniwob/…']) expect(out).toContain(name);
  });

  it('shows an episode, the same one each time', () => {
    const first = run('gym', 'show', 'countdown', '--seed', 'validate/2');
    expect(first.out).toMatch(/^goal {2}Reach \d+[\s\S]*\ndo +call [\s\S]*\nend +success\n/);
    expect(run('gym', 'show', 'countdown', '--seed', 'validate/2').out.split('\n\n')[0]).toBe(first.out.split('\n\n')[0]);
    expect(JSON.parse(run('gym', 'show', 'countdown', '--json').out)).toMatchObject({ schemaVersion: 1 });
  });

  it('makes a gym once, which says itself what is missing', () => {
    expect(run('gym', 'new', 'todo')).toMatchObject({ code: 0, out: expect.stringContaining('gyms/todo/gym.ts') });
    expect(existsSync(join(folder, 'gyms/todo/gym.ts'))).toBe(true);
    expect(run('gym', 'new', 'todo')).toMatchObject({ code: 1, err: expect.stringContaining('which exists') });
    const checked = run('gym', 'check', 'todo', '--episodes', '2');
    expect(checked).toMatchObject({ code: 1, out: expect.stringMatching(/✗[\s\S]*todo is not proved, and can not be trained on/) });
  });

  it.each<readonly [readonly string[], number, RegExp]>([
    [['gym'], 2, /got nothing, expected one of list, check, show, new, add/],
    [['gym', 'fly'], 2, /got 'fly'/],
    [['gym', 'check'], 2, /got no gym, expected one of/],
    [['gym', 'check', 'nowhere'], 1, /got 'nowhere', expected one of .*gym new NAME makes a new one/],
    [['gym', 'check', 'countdown', '--episodes', '0'], 2, /--episodes 0/],
    [['gym', 'check', 'countdown', 'twice'], 2, /'twice' after the gym/],
    [['gym', 'show', 'countdown', '--seed', 'exam'], 2, /--seed exam, expected SPLIT\/N/],
    [['gym', 'show', 'countdown', '--slice', 'odd'], 1, /the slice 'odd', expected one of base, five, six/],
    [['gym', 'add', 'miniwob', '--path', 'nowhere'], 1, /got \S*nowhere, expected a folder that exists/],
    [['gym', 'add', 'miniwob'], 2, /no --path/],
    [['gym', 'check', 'miniwob/tabs'], 1, /no settings for miniwob.*gym add miniwob --path DIR/],
    [['gym', 'new', '../x'], 1, /the name '\.\.\/x'/],
    [['record'], 2, /got no gym/],
    [['record', 'countdown'], 1, /a world without a page/],
  ])('refuses %j in one sentence', (args, code, message) => {
    const result = run(...args);
    expect(result).toMatchObject({ code, out: '', err: expect.stringMatching(message) });
  });
});
