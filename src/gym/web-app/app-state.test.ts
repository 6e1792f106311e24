import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { InfrastructureError } from '../errors.ts';
import type { AppInstance } from './app.ts';
import { byCommand, byHttp, bySql } from './app-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'journeyman-state-'));
const fill = (text: string): string => text.replaceAll('{folder}', folder);
const app: AppInstance = { url: 'http://127.0.0.1:9', folder, cwd: folder, fill, path: (text) => resolve(folder, fill(text)) };

const database = new DatabaseSync(join(folder, 'a.db'));
database.exec("CREATE TABLE a (name TEXT UNIQUE, n INTEGER, b BLOB); INSERT INTO a VALUES ('x', 1, x'00ff'), ('y', NULL, NULL)");

let stored: unknown = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.url === '/broken') response.writeHead(500).end('no such table');
  else if (request.url === '/page') response.end('<html>');
  else {
    if (request.method === 'PUT') stored = JSON.parse(body);
    response.end(JSON.stringify({ stored, key: request.headers['x-key'] }));
  }
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const httpApp: AppInstance = { ...app, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };

afterAll(() => {
  database.close();
  server.close();
  rmSync(folder, { recursive: true });
});

describe('by SQL', () => {
  test('rows are read by name, blobs in hexadecimal', async () => {
    const read = bySql('a.db').read({ all: 'SELECT * FROM a ORDER BY name', names: 'SELECT name FROM a WHERE n IS NULL' });
    expect(await read(app)).toEqual({
      all: [
        { name: 'x', n: 1, b: '00ff' },
        { name: 'y', n: null, b: null },
      ],
      names: [{ name: 'y' }],
    });
  });

  test('a reset is all or nothing, and values are values', async () => {
    const { reset, read } = bySql('{folder}/a.db');
    const names = read({ rows: 'SELECT name, n FROM a' });
    const hostile = "'); DROP TABLE a; --";
    await reset((data: { name: string }) => ['DELETE FROM a', ['INSERT INTO a (name, n) VALUES (?, ?)', data.name, 5]])(
      { name: hostile },
      app,
    );
    expect(await names(app)).toEqual({ rows: [{ name: hostile, n: 5 }] });
    const failing = reset(() => ['DELETE FROM a', "INSERT INTO b VALUES ('no such table')"]);
    await expect(failing({}, app)).rejects.toThrow(/no such table: b/);
    expect(await names(app)).toEqual({ rows: [{ name: hostile, n: 5 }] });
  });

  test('a wrong path is told, and makes no file', async () => {
    for (let i = 0; i < 2; i++) await expect(bySql('b.db').read({ rows: 'SELECT 1' })(app)).rejects.toThrow(/no file .*b\.db/);
    await expect(bySql('b.db').reset(() => [])({}, app)).rejects.toThrow(InfrastructureError);
  });
});

describe('by HTTP', () => {
  test('what was put is read, with the headers', async () => {
    const { reset, read } = byHttp({ 'x-key': 'k' });
    await reset((data: { n: number }) => ({ method: 'PUT', path: '/a', body: [data.n] }))({ n: 3 }, httpApp);
    expect(await read({ a: '/a' })(httpApp)).toEqual({ a: { stored: [3], key: 'k' } });
  });

  test('status, wrong body and silence are told', async () => {
    const { reset, read } = byHttp();
    await expect(reset(() => ({ path: '/broken' }))({}, httpApp)).rejects.toThrow(/status 500 from POST .*\/broken: no such table/);
    await expect(read({ a: '/page' })(httpApp)).rejects.toThrow(/'<html>', expected JSON/);
    await expect(read({ a: '/a' })({ ...app, url: 'http://127.0.0.1:1' })).rejects.toThrow(InfrastructureError);
  });
});

describe('by command', () => {
  test('a reset reads the data, a state is what is printed', async () => {
    const { reset, read } = byCommand();
    const path = '{folder}/state.json';
    await reset(['node', '-e', 'process.stdin.pipe(require("fs").createWriteStream(process.argv[1]))', path])({ n: 4 }, app);
    expect(await read({ a: ['node', '-e', 'console.log(require("fs").readFileSync(process.argv[1], "utf8"))', path] })(app)).toEqual({
      a: { n: 4 },
    });
  });

  test('exit code and last lines are told, and a time that is over', async () => {
    const failing = byCommand().reset(['node', '-e', 'console.log("loading"); console.error("table is locked"); process.exitCode = 4']);
    await expect(failing({}, app)).rejects.toThrow(/exit code 4.*loading.*table is locked/s);
    const slow = byCommand({ seconds: 0.2 }).reset(['node', '-e', 'setInterval(() => {}, 1e3)']);
    await expect(slow({}, app)).rejects.toThrow(/it has 0.2 seconds/);
    await expect(byCommand().reset(['no-such-program'])({}, app)).rejects.toThrow(/ENOENT/);
  });
});
