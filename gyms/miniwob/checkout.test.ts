import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GymError } from '../../src/gym/index.ts';
import { computePageVersion, listTasks, parseCheckout } from './checkout.ts';
import { gymCollection } from './gym.ts';
import { type PageServer, servePages } from './page-server.ts';

let folder: string;
let server: PageServer;
const put = (path: string, text: string): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'miniwob-test-'));
  put('secret.txt', 'not for pages');
  put('html/core/core.js', 'var core;');
  put('html/core/.hidden', 'hidden');
  put('html/miniwob/b-task.html', '<p>b</p>');
  put('html/miniwob/a-task.html', '<p>ä</p>');
  put('html/miniwob/Notes.txt', '');
  put('empty/core/core.js', '');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'html', 'miniwob', 'link.html'));
  server = await servePages(join(folder, 'html'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('a checkout', () => {
  it('is found at its top or in html/, and lists its pages', () => {
    const checkout = parseCheckout({ path: folder });
    expect(checkout).toEqual({ root: join(folder, 'html') });
    expect(parseCheckout({ path: checkout.root })).toEqual(checkout);
    expect(listTasks(checkout).filter((name) => name !== 'link')).toEqual(['a-task', 'b-task']);
    expect(gymCollection.parseSettings({ path: folder })).toEqual({ path: checkout.root });
  });

  it('says what is missing', () => {
    const refusals: readonly (readonly [unknown, RegExp])[] = [
      [undefined, /--path DIR/],
      [{ path: 3 }, /--path DIR/],
      [{ path: folder, other: 1 }, /--path DIR/],
      [{ path: join(folder, 'nowhere') }, /a folder that exists/],
      [{ path: join(folder, 'secret.txt') }, /a folder that exists/],
      [{ path: join(folder, 'html', 'miniwob') }, /without core\/core\.js/],
      [{ path: join(folder, 'empty') }, /without pages/],
    ];
    for (const [settings, message] of refusals) {
      expect(() => parseCheckout(settings)).toThrow(GymError);
      expect(() => parseCheckout(settings)).toThrow(message);
    }
    expect(() => gymCollection.open('c-task', { path: folder })).toThrow(/no such page.*a-task, b-task/s);
  });

  it('has a version that changes with the page and with the core, and only with them', () => {
    const checkout = parseCheckout({ path: folder });
    const [a, b] = [computePageVersion(checkout, 'a-task'), computePageVersion(checkout, 'b-task')];
    expect(a).not.toBe(b);
    put('html/miniwob/a-task.html', '<p>changed</p>');
    expect(computePageVersion(checkout, 'b-task')).toBe(b);
    expect(computePageVersion(checkout, 'a-task')).not.toBe(a);
    put('html/core/core.js', 'var core = 1;');
    expect(computePageVersion(checkout, 'b-task')).not.toBe(b);
  });
});

/** As sent, without the tidying that fetch would do. */
function ask(path: string, options: { readonly method?: string; readonly host?: string } = {}): Promise<{ status: number; body: string }> {
  const { port } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    const headers = { host: options.host ?? `127.0.0.1:${port}` };
    request({ host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the page server', () => {
  it('serves what lies in the folder, by its name', async () => {
    expect(await ask('/miniwob/b-task.html?x=1#y')).toEqual({ status: 200, body: '<p>b</p>' });
    expect((await ask('/core/core.js', { method: 'HEAD' })).body).toBe('');
  });

  it('serves nothing else: no way up, encoded or by link, no hidden file, no folder, no other name of this machine', async () => {
    const paths = [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/miniwob/..%2f..%2fsecret.txt',
      '/..%5csecret.txt',
      '/miniwob/link.html',
      '/core/.hidden',
    ];
    for (const path of [...paths, '/', '/core', '/nothing.html', '/%zz', '/a%00b', '//secret.txt'])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    expect((await ask('/core/core.js', { method: 'POST' })).status).toBe(405);
    expect((await ask('/core/core.js', { host: 'pages.example' })).status).toBe(421);
  });
});
