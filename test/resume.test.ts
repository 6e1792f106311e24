/** A run that is killed again and again ends as one that is not: byte for byte, from another process each time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../src/base/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-resume-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STEPS = 60;
const SEED = Date.now() % 1_000_000;

/** Runs the child; kills it `killAfterMs` after it began. Resolves to whether it came to its end. */
async function train(name: string, killAfterMs?: number): Promise<boolean> {
  const program = fileURLToPath(new URL('./train-child.ts', import.meta.url));
  const child = spawn(process.execPath, [program, join(folder, name), String(STEPS)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  child.stdout.resume();
  if (killAfterMs !== undefined) {
    await Promise.race([once(child.stdout, 'data'), exit]);
    await sleep(killAfterMs);
    child.kill('SIGKILL');
  }
  const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  if (signal !== 'SIGKILL') expect(code).toBe(0);
  return code === 0;
}

const filesOf = (name: string): string[] => readdirSync(join(folder, name, 'checkpoint')).sort();
const bytesOf = (name: string, file: string): string => readFileSync(join(folder, name, 'checkpoint', file)).toString('base64');
/** The metrics without the one that a clock has written. */
const metricsOf = (name: string): unknown[] =>
  readFileSync(join(folder, name, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), tokensPerSecond: null }));

describe(`a training run (seed ${SEED})`, () => {
  it('killed at random moments and resumed is the run that was never killed', { timeout: 120_000 }, async () => {
    await train('whole');
    const random = new Random(SEED);
    let kills = 0;
    while (kills < 6 && !(await train('killed', random.below(120)))) kills++;
    await train('killed');
    expect(kills).toBeGreaterThan(0);
    expect(filesOf('killed')).toEqual(filesOf('whole'));
    for (const file of filesOf('whole')) expect(bytesOf('killed', file) === bytesOf('whole', file), file).toBe(true);
    expect(metricsOf('killed')).toEqual(metricsOf('whole'));
    expect(metricsOf('whole').filter((line) => (line as { kind: string }).kind === 'step')).toHaveLength(STEPS);
  });
});
