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
import { CHECKPOINT_FOLDER, loadRunState } from '../src/train/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-resume-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STEPS = 100;
const SEED = Date.now() % 1_000_000;

/** Runs the child; kills it `afterMs` after its step `step`. Resolves to whether it came to its end. */
async function train(name: string, kill?: { readonly step: number; readonly afterMs: number }): Promise<boolean> {
  const program = fileURLToPath(new URL('./train-child.ts', import.meta.url));
  const child = spawn(process.execPath, [program, join(folder, name), String(STEPS)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let told = '';
  child.stdout.on('data', (data) => {
    told += data;
  });
  if (kill !== undefined) {
    while (child.exitCode === null && !told.includes(`step ${kill.step}\n`)) await Promise.race([once(child.stdout, 'data'), exit]);
    await sleep(kill.afterMs);
    child.kill('SIGKILL');
  }
  const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  if (signal !== 'SIGKILL') expect(code).toBe(0);
  return code === 0;
}

/** Of the checkpoint, also where a kill fell between its two renames. */
const savedStep = (name: string): number => loadRunState(join(folder, name, CHECKPOINT_FOLDER))?.step ?? 0;
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
    const stops: number[] = [];
    const nextKill = () => ({ step: Math.min(STEPS, (stops.at(-1) ?? 0) + 1 + random.below(16)), afterMs: random.below(30) });
    while (stops.length < 6 && !(await train('killed', nextKill()))) stops.push(savedStep('killed'));
    await train('killed');
    // Otherwise no kill fell between the first save and the last, and this showed nothing.
    expect(stops.filter((step) => step > 0 && step < STEPS).length, String(stops)).toBeGreaterThan(1);
    expect(filesOf('killed')).toEqual(filesOf('whole'));
    for (const file of filesOf('whole')) expect(bytesOf('killed', file) === bytesOf('whole', file), file).toBe(true);
    expect(metricsOf('killed')).toEqual(metricsOf('whole'));
    expect(metricsOf('whole').filter((line) => (line as { kind: string }).kind === 'step')).toHaveLength(STEPS);
  });
});
