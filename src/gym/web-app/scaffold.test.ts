import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../base/index.ts';
import { checkGym } from '../check-gym.ts';
import { loadGym } from '../load-gym.ts';
import { scaffoldGym } from './scaffold.ts';

const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));
const roots: string[] = [];
let root = '';
beforeEach(() => {
  // A folder whose name has to be quoted in source text.
  root = mkdtempSync(join(tmpdir(), "journeyman's-"));
  roots.push(root);
});
afterAll(() => {
  for (const each of roots) rmSync(each, { recursive: true });
});

describe('a new gym', () => {
  test('has its files, typechecks and is found', async () => {
    const { files } = scaffoldGym({ name: 'orders', root, url: "http://localhost:1/it's" });
    expect(files.map((file) => file.slice(join(root, 'gyms/orders/').length))).toEqual(
      readdirSync(join(root, 'gyms/orders')).sort(byFiles),
    );
    const messages = execFileSync(join(PACKAGE, 'node_modules/.bin/tsc'), ['-p', join(root, 'gyms/orders')], { encoding: 'utf8' });
    expect(messages).toBe('');
    const { manifest } = await loadGym('orders', root);
    expect(manifest).toMatchObject({ name: 'orders', slices: { base: {} } });
  });

  test('first asks for its app, then for what is still to be written', async () => {
    scaffoldGym({ name: 'orders', root, url: 'http://127.0.0.1:1' });
    const { module } = await loadGym('orders', root);
    const failures = (await checkGym(module, { episodes: 2 })).flatMap((claim) => claim.failures).join('\n');
    await module.gym.dispose?.();
    expect(failures).toMatch(/http:\/\/127\.0\.0\.1:1: .*start your app there/);
    expect(failures).toMatch(/expert\.ts, expert: the steps/);
    expect(failures).toMatch(/expert\.ts, proof\.impostors: /);
  });

  test('is not written over what is there', () => {
    mkdirSync(join(root, 'gyms/orders'), { recursive: true });
    writeFileSync(join(root, 'gyms/orders/gym.ts'), 'mine');
    expect(() => scaffoldGym({ name: 'orders', root })).toThrow(ConfigError);
    expect(readFileSync(join(root, 'gyms/orders/gym.ts'), 'utf8')).toBe('mine');
  });

  test.each(['', 'Orders', '../orders', 'a/b', 'a b', '-a', '1st', 'a'.repeat(41), '`a`'])('is not called %j', (name) => {
    expect(() => scaffoldGym({ name, root })).toThrow(ConfigError);
    expect(readdirSync(root)).toEqual([]);
  });

  test.each(['localhost', 'javascript:alert(1)', 'http://a:b@localhost'])('drives no app at %j', (url) => {
    expect(() => scaffoldGym({ name: 'orders', root, url })).toThrow(/such as http/);
    expect(readdirSync(root)).toEqual([]);
  });
});

const FILES = ['gym.ts', 'instance.ts', 'verify.ts', 'expert.ts', 'package.json', 'tsconfig.json', 'README.md'];
const byFiles = (a: string, b: string): number => FILES.indexOf(a) - FILES.indexOf(b);
