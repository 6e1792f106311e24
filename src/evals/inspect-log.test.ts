import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasPythonModules, runPythonPeer } from '../../test/peers/python-peer.ts';
import { type InspectLogOptions, inspectFiles, saveInspectLog } from './inspect-log.ts';
import { HOSTILE, pretendEpisode } from './pretend-exam.fixture.ts';
import { zipArchive } from './zip.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inspect-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const clerk = { seed: 'log', success: { default: 0.7 }, unresolved: 0.1, falseAccepts: 0.1 };
const episodes = [0, 1].flatMap((run) => Array.from({ length: 30 }, (_, n) => pretendEpisode({ slice: 'base', n, run }, clerk)));
const options: InspectLogOptions = {
  episodes,
  agent: 'desk-clerk',
  gym: { name: 'ledger-desk', version: '3' },
  startedAt: '2026-03-01T09:30:00.000Z',
  finishedAt: '2026-03-01T09:40:00.000Z',
};

/** Reads an archive by its central directory, as any unpacker does. */
function unpack(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = archive.byteLength - 22;
  let at = archive.readUInt32LE(end + 16);
  for (let i = 0; i < archive.readUInt16LE(end + 10); i++) {
    const [crc, packed, size] = [16, 20, 24].map((field) => archive.readUInt32LE(at + field)) as [number, number, number];
    const nameLength = archive.readUInt16LE(at + 28);
    const offset = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const content = inflateRawSync(archive.subarray(offset + 30 + nameLength, offset + 30 + nameLength + packed));
    expect([crc32(content), content.byteLength]).toEqual([crc, size]);
    files.set(name, content);
    at += 46 + nameLength;
  }
  return files;
}

describe('a zip archive', () => {
  it('holds whatever was put in', () => {
    const name = fc.stringMatching(/^[a-zäß]{1,8}(\/[a-z0-9_]{1,8}){0,2}\.json$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.uint8Array({ maxLength: 2000 }), { maxKeys: 12 }), (files) => {
        const archive = Buffer.concat(zipArchive(Object.entries(files).map(([of, content]) => ({ name: of, content }))));
        expect(Object.fromEntries([...unpack(archive)].map(([of, content]) => [of, new Uint8Array(content)]))).toEqual(files);
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  it('refuses names that climb out or come twice', () => {
    for (const names of [['/a'], ['../a'], ['a/../../b'], ['a\\b'], [''], ['a', 'a']])
      expect(() => zipArchive(names.map((name) => ({ name, content: '' })))).toThrow(/relative names/);
  });

  it.skipIf(!hasPythonModules('zipfile'))('is read by Python (skipped where there is none)', () => {
    const path = join(folder, 'a.zip');
    writeFileSync(path, Buffer.concat(zipArchive([{ name: 'größe/a.json', content: 'x'.repeat(1e5) }])));
    const run = spawnSync(process.env.JOURNEYMAN_PYTHON ?? 'python3', ['-m', 'zipfile', '-t', path], { encoding: 'utf8' });
    expect(`${run.stdout}${run.stderr}`.trim()).toBe('Done testing');
  });
});

describe("Inspect's log", () => {
  it('has a sample for each run, and the same bytes each time', () => {
    const files = [...inspectFiles(options)];
    const names = files.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['header.json', 'summaries.json', 'reductions.json', '_journal/start.json', '_journal/summaries/1.json']),
    );
    expect(names.filter((name) => /^samples\/base-\d+_epoch_[12]\.json$/.test(name))).toHaveLength(60);
    const path = join(folder, 'log.eval');
    saveInspectLog(path, options);
    expect(readFileSync(path).equals(Buffer.concat(zipArchive(inspectFiles(options))))).toBe(true);
  });

  it.skipIf(!hasPythonModules('inspect_ai'))(
    'is read by inspect_ai (skipped where JOURNEYMAN_PYTHON lacks it)',
    { timeout: 120_000 },
    () => {
      const path = join(folder, 'log.eval');
      saveInspectLog(path, options);
      const found = runPythonPeer('inspect_log.py', { path }) as Found;
      expect(found).toMatchObject({
        broken: null,
        version: 2,
        status: 'success',
        task: 'ledger-desk',
        model: 'desk-clerk',
        headerSamples: 60,
        summaries: 60,
      });
      expect(found.samples).toHaveLength(60);
      for (const episode of episodes) {
        const sample = found.samples.find(({ id, epoch }) => id === `base-${episode.seed.n}` && `exam-${epoch - 1}` === episode.lane);
        const success = episode.fault ? null : (episode.score?.success ?? null);
        expect(sample?.scores.verifier).toBe(success === null ? undefined : success ? 'C' : 'I');
        expect(sample?.error).toBe(success === null ? 'the page is gone' : null);
        expect(sample?.messages.map(([role]) => role)).toEqual(['user', 'user', 'assistant', 'user', 'assistant', 'user', 'assistant']);
      }
      expect(JSON.stringify(found.samples)).toContain(JSON.stringify(HOSTILE.replace('\u202E', ' ')).slice(1, -1));
    },
  );
});

interface Found {
  readonly samples: readonly {
    readonly id: string;
    readonly epoch: number;
    readonly scores: Readonly<Record<string, string>>;
    readonly error: string | null;
    readonly messages: readonly (readonly [string, string])[];
  }[];
}
