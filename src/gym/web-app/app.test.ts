import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { GymError, InfrastructureError } from '../errors.ts';
import { AppPool, type WebApp } from './app.ts';

/** A server of one line; it says which folder it was given. */
const SERVER = `require('node:http').createServer((q, r) => r.end(process.argv[2] ?? '')).listen(+process.argv[1], '127.0.0.1')`;
const STARTED: WebApp = { url: 'http://127.0.0.1:{port}', start: { command: ['node', '-e', SERVER, '{port}', '{folder}'] } };

const servers: Server[] = [];
const pools: AppPool[] = [];
const poolOf = (app: WebApp): AppPool => {
  const pool = new AppPool(app);
  pools.push(pool);
  return pool;
};

async function listen(): Promise<string> {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const refuses = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => false,
    () => true,
  );

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.dispose()));
  for (const server of servers.splice(0)) server.close();
});

describe('an app that the gym starts', () => {
  test('has a port and a folder of its own, is used again, and is gone in the end', async () => {
    const pool = poolOf({ ...STARTED, instances: 2 });
    const [first, second] = await Promise.all([pool.take(), pool.take()]);
    expect(first.url).not.toBe(second.url);
    expect(await (await fetch(first.url)).text()).toBe(first.folder);
    expect(await (await fetch(second.url)).text()).toBe(second.folder);
    expect(first.path('{folder}/a.db')).toBe(`${first.folder}/a.db`);
    pool.giveBack(first);
    expect(await pool.take()).toBe(first);
    await pool.dispose();
    expect(await refuses(first.url)).toBe(true);
    expect(existsSync(first.folder)).toBe(false);
  });

  test('serves one episode at a time: the next one waits', async () => {
    const pool = poolOf(STARTED);
    const first = await pool.take();
    let isTaken = false;
    const next = pool.take().then((instance) => {
      isTaken = true;
      return instance;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isTaken).toBe(false);
    pool.giveBack(first);
    expect(await next).toBe(first);
  });

  test('that ends early is told with its exit code and last lines, and the lane is free again', async () => {
    const pool = poolOf({ url: STARTED.url, start: { command: ['node', '-e', 'console.error("no such table"); process.exit(3)'] } });
    await expect(pool.take()).rejects.toThrow(/exit code 3.*no such table/s);
    await expect(pool.take()).rejects.toThrow(InfrastructureError);
  });

  test('that died since its last episode is told, and started anew', async () => {
    const dying = `${SERVER}; setTimeout(() => process.exit(7), 400)`;
    const pool = poolOf({ url: STARTED.url, start: { command: ['node', '-e', dying, '{port}'] } });
    const first = await pool.take();
    pool.giveBack(first);
    await new Promise((resolve) => setTimeout(resolve, 800));
    await expect(pool.take()).rejects.toThrow(/exit code 7/);
    expect((await pool.take()).url).not.toBe(first.url);
  });

  test('that never answers is stopped when its time is over', async () => {
    const pool = poolOf({ url: STARTED.url, start: { command: ['node', '-e', 'setInterval(() => {}, 1e3)'], seconds: 0.3 } });
    await expect(pool.take()).rejects.toThrow(/within 0.3 seconds/);
  });

  test('whose program does not exist is told', async () => {
    const pool = poolOf({ url: STARTED.url, start: { command: ['no-such-program'] } });
    await expect(pool.take()).rejects.toThrow(/can't be run.*ENOENT/);
  });

  test('is not started on a port that is in use', async () => {
    const pool = poolOf({ url: await listen(), start: { command: ['node', '-e', ''] } });
    await expect(pool.take()).rejects.toThrow(/a port that is in use.*\{port\}/);
  });
});

describe('an app that runs already', () => {
  test('is taken as it is', async () => {
    const url = await listen();
    expect((await poolOf({ url: `${url}/` }).take()).url).toBe(url);
  });

  test('is asked for where nothing answers', async () => {
    const url = await listen();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const pool = poolOf({ url });
    await expect(pool.take()).rejects.toThrow(new RegExp(`${url}: got .*ECONNREFUSED.*start your app there`));
    await expect(pool.take()).rejects.toThrow(InfrastructureError);
  });
});

test.each<[string, WebApp, RegExp]>([
  ['no address', { url: 'localhost' }, /such as http/],
  ['a file', { url: 'file:///etc/passwd' }, /such as http/],
  ['another machine', { url: 'https://example.com' }, /isRemote/],
  ['a name that only begins like this machine', { url: 'http://127.0.0.1.example.com' }, /isRemote/],
  ['a password', { url: 'http://a:b@localhost:3000' }, /without one/],
  ['a free port for an app that runs already', { url: 'http://localhost:{port}' }, /app\.start/],
  ['two instances on one port', { url: 'http://localhost:3000', start: { command: ['x'] }, instances: 2 }, /\{port\}/],
  ['half an instance', { ...STARTED, instances: 0.5 }, /an integer/],
  ['an empty command', { url: 'http://localhost:3000', start: { command: [] } }, /a program/],
])('a definition with %s is refused', (_, app, message) => {
  expect(() => new AppPool(app)).toThrow(GymError);
  expect(() => new AppPool(app)).toThrow(message);
});

test('another machine is accepted when it is meant', () => {
  expect(() => new AppPool({ url: 'https://staging.example.com', isRemote: true })).not.toThrow();
});
