import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError, Random, RuntimeError } from '../base/index.ts';
import { madeRecord } from './journal.fixture.ts';
import { openJournal, readJournal } from './journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-journal-'));
  path = join(folder, 'runs', 'episodes.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function fill(from: number, to: number, bytes?: number): Promise<void> {
  const journal = openJournal(path);
  await Promise.all(Array.from({ length: to - from }, (_, i) => journal.append(madeRecord(from + i, bytes))));
  await journal.close();
}

const CHILD = fileURLToPath(new URL('journal.fixture.ts', import.meta.url));

describe('a journal', () => {
  it('keeps what was added, in its order, and leaves no lock', async () => {
    await fill(0, 3);
    await fill(3, 5);
    const journal = openJournal(path);
    expect(journal.size).toBe(5);
    expect([...journal.records()]).toEqual([0, 1, 2, 3, 4].map((n) => madeRecord(n)));
    expect([...journal.ids()]).toEqual([0, 1, 2, 3, 4].map((n) => madeRecord(n).id));
    expect(journal.get(madeRecord(2).id)).toEqual(madeRecord(2));
    expect([journal.has(madeRecord(4).id), journal.has(madeRecord(5).id), journal.get(madeRecord(5).id)]).toEqual([true, false, undefined]);
    expect([...readJournal(path)]).toEqual([...journal.records()]);
    await Promise.all([journal.close(), journal.close()]);
    expect(readdirSync(join(folder, 'runs'))).toEqual(['episodes.jsonl']);
    await expect(journal.append(madeRecord(9))).rejects.toThrow(/a closed journal/);
  });

  it('holds each episode once', async () => {
    const journal = openJournal(path);
    await Promise.all([journal.append(madeRecord(1)), journal.append(madeRecord(1))]);
    await journal.append(madeRecord(1));
    await journal.close();
    appendFileSync(path, readFileSync(path));
    const again = openJournal(path);
    expect(again.size).toBe(1);
    expect([...again.records()]).toEqual([madeRecord(1)]);
    expect([...readJournal(path)]).toEqual([madeRecord(1)]);
    await again.close();
  });

  it('adds in a chain without end, each when the one before is on the disk', async () => {
    const journal = openJournal(path);
    for (let n = 0; n < 50; n++) {
      await journal.append(madeRecord(n));
      expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(n + 2);
    }
    await journal.close();
  });

  it('lets many lanes share a sync', async () => {
    const journal = openJournal(path);
    const startedMs = performance.now();
    await journal.append(madeRecord(0));
    const oneMs = performance.now() - startedMs;
    const manyMs = performance.now();
    await Promise.all(Array.from({ length: 300 }, (_, n) => journal.append(madeRecord(n))));
    // Two more syncs, not three hundred; generous, for machines that are busy.
    expect(performance.now() - manyMs).toBeLessThan(1000 + 60 * oneMs);
    expect(journal.size).toBe(300);
    await journal.close();
  });

  it('reads long lines and many of them', async () => {
    await fill(0, 4, 3_000_000);
    await fill(4, 200, 10_000);
    const journal = openJournal(path);
    expect(journal.size).toBe(200);
    let count = 0;
    for (const record of journal.records()) expect(record.seed.n).toBe(count++);
    expect(count).toBe(200);
    expect(journal.get(madeRecord(3).id)).toEqual(madeRecord(3, 3_000_000));
    expect(journal.get(madeRecord(199).id)).toEqual(madeRecord(199, 10_000));
    await journal.close();
  });

  it('cuts off a line that was torn at any byte', async () => {
    await fill(0, 2);
    const whole = readFileSync(path);
    const first = whole.indexOf(0x0a) + 1;
    for (let length = first + 1; length < whole.byteLength; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      expect([...readJournal(path)]).toEqual([madeRecord(0)]);
      const journal = openJournal(path);
      expect([journal.size, journal.repairedBytes]).toEqual([1, length - first]);
      await journal.append(madeRecord(1));
      await journal.close();
      expect(readFileSync(path)).toEqual(whole);
    }
  });

  it('cuts off what a power cut left as zeros', async () => {
    await fill(0, 2);
    const whole = readFileSync(path);
    const torn = Buffer.concat([whole, Buffer.alloc(5000), whole.subarray(10)]);
    writeFileSync(path, torn);
    const journal = openJournal(path);
    expect([journal.size, journal.repairedBytes]).toEqual([2, torn.byteLength - whole.byteLength]);
    await journal.close();
    expect(readFileSync(path)).toEqual(whole);
  });

  it('touches nothing that is no journal, and names the line', async () => {
    const refuse = (text: string, message: RegExp): void => {
      writeFileSync(path, text);
      expect(() => openJournal(path)).toThrow(DataError);
      expect(() => openJournal(path)).toThrow(message);
      expect(readFileSync(path, 'utf8')).toBe(text);
    };
    await fill(0, 2);
    const whole = readFileSync(path, 'utf8');
    refuse('{\n  "name": "journeyman"\n}\n', /episodes\.jsonl:1: got a line that is not JSON/);
    refuse('{"schemaVersion":1,"segments":[]}', /episodes\.jsonl:1: got an episode that is wrong at/);
    refuse(`${whole}oops\n${whole}`, /episodes\.jsonl:3: got a line that is not JSON/);
    // What is wrong inside a line shows when it is read.
    writeFileSync(path, whole.replace('"tokens":7', '"tokens":"7"'));
    const journal = openJournal(path);
    expect(() => [...journal.records()]).toThrow(/episodes\.jsonl:1: got an episode that is wrong at tokens/);
    await journal.close();
    expect(() => [...readJournal(join(folder, 'none'))]).toThrow(/no such file/);
  });

  it('takes no record that it could not read back', async () => {
    const journal = openJournal(path);
    const broken = { ...madeRecord(1), seconds: Number.NaN };
    await expect(journal.append(broken)).rejects.toThrow(/wrong at seconds/);
    await journal.append(madeRecord(2));
    expect([...journal.records()]).toEqual([madeRecord(2)]);
    await journal.close();
  });

  it('belongs to one process', async () => {
    const journal = openJournal(path);
    expect(() => openJournal(path)).toThrow(ConfigError);
    const program = `
      import { openJournal } from ${JSON.stringify(new URL('./journal.ts', import.meta.url).href)};
      openJournal(${JSON.stringify(path)});`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(new RegExp(`a journal that process ${process.pid} is writing`));
    await journal.append(madeRecord(0));
    await journal.close();
    await openJournal(path).close();
  });

  it('loses nothing that was counted and repeats nothing, whenever its process is killed', async () => {
    const random = new Random('journal kills');
    const counted: string[] = [];
    for (let kill = 0; kill < 20; kill++) {
      const child = spawn(process.execPath, [CHILD, path, '8'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const said: Buffer[] = [];
      child.stdout.on('data', (data: Buffer) => said.push(data));
      const ended = once(child, 'close');
      await Promise.race([once(child.stdout, 'data'), ended]);
      await sleep(random.below(30));
      child.kill('SIGKILL');
      await ended;
      counted.push(...Buffer.concat(said).toString('utf8').split('\n').slice(0, -1));
      const journal = openJournal(path);
      expect(counted.filter((id) => !journal.has(id))).toEqual([]);
      await journal.close();
    }
    const journal = openJournal(path);
    const ids = [...journal.records()].map(({ id }) => id);
    await journal.close();
    expect(new Set(counted).size).toBe(counted.length);
    expect(new Set(ids).size).toBe(ids.length);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.length - 1).toBe(ids.length);
    // Otherwise no kill fell between a write and its count, and this showed nothing.
    expect(ids.length).toBeGreaterThan(counted.length);
  }, 60_000);

  it('says that the disk is full, keeps what stood there and goes on when there is space', async ({ skip }) => {
    const small = join(folder, 'small');
    mkdirSync(small);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small], { encoding: 'utf8' });
    skip(mounted.status !== 0, `no small file system can be mounted here: ${mounted.error?.message ?? mounted.stderr}`);
    try {
      path = join(small, 'episodes.jsonl');
      const journal = openJournal(path);
      await journal.append(madeRecord(0, 10_000));
      const before = statSync(path).size;
      const tooMuch = Array.from({ length: 40 }, (_, n) => journal.append(madeRecord(1 + n, 10_000)));
      const ends = await Promise.allSettled(tooMuch);
      const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
      expect(failed.length).toBeGreaterThan(30);
      expect(failed[0]).toBeInstanceOf(RuntimeError);
      expect(failed[0]?.message).toMatch(/a full disk \(ENOSPC\).*To fix it: free some space/);
      expect(statSync(path).size).toBeLessThan(before + 10 * before);
      expect(journal.size).toBe(1 + ends.length - failed.length);
      await journal.append(madeRecord(50));
      await journal.close();
      expect([...readJournal(path)].at(-1)).toEqual(madeRecord(50));
    } finally {
      spawnSync('umount', [small]);
    }
  });
});

it('a journal whose last line was taken away is one episode shorter', async () => {
  await fill(0, 2);
  truncateSync(path, readFileSync(path).indexOf(0x0a) + 1);
  expect(existsSync(path)).toBe(true);
  const journal = openJournal(path);
  expect([journal.size, journal.repairedBytes]).toEqual([1, 0]);
  await journal.close();
});
