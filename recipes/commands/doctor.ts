/** `journeyman doctor`: whether this machine has what the factory needs, and what to do where it has not. */
import { statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { type ArgsDef, defineCommand } from 'citty';
import { escapeControls, Options, painter, terminalOf } from '../../src/cli/index.ts';
import { Browser, listGyms, loadGym, requireProof } from '../../src/gym/index.ts';
import { Graph, ops, Session } from '../../src/tensor/index.ts';
import { startingPoint } from '../factory/workshop.ts';

const args: ArgsDef = {
  json: { type: 'boolean', description: 'Every finding as a line of JSON' },
};

export interface Finding {
  readonly name: string;
  readonly isFine: boolean;
  /** What is there. */
  readonly found: string;
  /** What to do; '' where nothing is to be done. */
  readonly fix: string;
}

const GIB = 2 ** 30;

export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Look whether this machine has what is needed' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'doctor', args });
    options.noRest();
    const terminal = terminalOf(process.stdout);
    let missing = 0;
    for await (const finding of findings()) {
      if (!finding.isFine) missing++;
      if (options.flag('json')) console.log(JSON.stringify(finding));
      else {
        const mark = finding.isFine ? painter(terminal, 32)('✓') : painter(terminal, 31)('✗');
        console.log(`${mark} ${finding.name.padEnd(14)} ${escapeControls(finding.found)}`);
        if (finding.fix !== '') console.log(`  ${' '.repeat(14)} ${escapeControls(finding.fix)}`);
      }
    }
    if (missing > 0) process.exitCode = 1;
  },
});

export async function* findings(): AsyncGenerator<Finding> {
  yield nodeFinding(process.versions.node);
  const cores = availableParallelism();
  yield atLeast('cores', { has: cores, needs: 2, unit: '', fix: 'it works with one, slowly: give it --lanes 2 and more time' });
  yield atLeast('memory', {
    has: totalmem() / GIB,
    needs: 3,
    unit: ' GiB',
    fix: 'give it fewer lanes (--lanes 2): browsers need most of it',
  });
  const { bavail, bsize } = statfsSync(process.cwd());
  yield atLeast('disk', {
    has: (bavail * bsize) / GIB,
    needs: 1,
    unit: ' GiB free here',
    fix: 'free some space: a run needs some hundred MB',
  });
  yield await tried('ONNX Runtime', async () => `loads; ${(await matmulRate()).toFixed(0)} GFLOP/s in float32`);
  yield await tried('Chromium', async () => {
    const browser = await Browser.launch({ visible: false });
    await browser.close();
    return 'starts';
  });
  for (const name of listGyms().filter((one) => !one.endsWith('/…')))
    yield await tried(`gym ${name}`, async () => `proved on ${requireProof(await loadGym(name)).checkedAt.slice(0, 10)}`);
  yield await tried('base/micro', async () => {
    startingPoint({ start: 'warm' });
    return 'loads';
  });
}

/** Types are stripped by Node itself from 22.18 and 23.6 on. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isFine = major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
  return { name: 'Node', isFine, found: version, fix: isFine ? '' : 'use 22.18 or later; `npx journeyman` fetches one by itself' };
}

interface Quantity {
  readonly has: number;
  readonly needs: number;
  readonly unit: string;
  readonly fix: string;
}

function atLeast(name: string, { has, needs, unit, fix }: Quantity): Finding {
  const isFine = has >= needs;
  return {
    name,
    isFine,
    found: `${Number(has.toFixed(1))}${unit}${isFine ? '' : `, ${needs} or more would be better`}`,
    fix: isFine ? '' : fix,
  };
}

/** Errors of the project say themselves what to do. */
async function tried(name: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return { name, isFine: true, found: await work(), fix: '' };
  } catch (error) {
    const [found = '', fix = ''] = (error instanceof Error ? error.message : String(error)).split(' To fix it: ');
    return { name, isFine: false, found, fix };
  }
}

const SIZE = 512;
const TIMES = 10;

/** Thousand million operations a second in products of matrices of 512 × 512. */
async function matmulRate(): Promise<number> {
  const graph = new Graph();
  const shape = [SIZE, SIZE];
  const session = await Session.create(graph, { y: ops.matmul(graph.input('a', shape), graph.input('b', shape)) });
  try {
    const data = new Float32Array(SIZE * SIZE).fill(0.5);
    const feeds = { a: { data, shape }, b: { data, shape } };
    // The first one is slower: memory is taken, threads are started.
    await session.run(feeds);
    const startedMs = performance.now();
    for (let i = 0; i < TIMES; i++) await session.run(feeds);
    return (TIMES * 2 * SIZE ** 3) / (1e6 * (performance.now() - startedMs));
  } finally {
    await session.dispose();
  }
}
