/**
 * A server that works on jobs at a live app and is killed (SIGKILL) at random moments: whether a job is lost, an action done twice or without its approval.
 * The app is another process's, so it remembers what was really done.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/base/index.ts';
import type { Bench } from '../row.ts';

const KILLS = 50;
const JOBS = 20;
/** A server that has opened its workplace lives so long at most before it is killed. */
const LATEST_MS = 600;
const CHILD = new URL('./killed-server.ts', import.meta.url).pathname;

interface Line {
  readonly kind: string;
  readonly approval?: string | null;
  readonly id?: string;
}

export const kills: Bench = {
  names: ['serve-kills'],
  async measure({ seed, say }) {
    const random = new Random(`kills ${seed}`);
    let [done, rounds, jobs] = [0, 0, 0];
    const problems: string[] = [];
    while (done < KILLS) {
      const round = await killRound(random, Math.min(KILLS - done, 10), `${seed} ${rounds++}`);
      done += round.kills;
      jobs += round.jobs;
      problems.push(...round.problems);
      say(`${done} of ${KILLS} kills, ${jobs} jobs, ${problems.length} problems`);
    }
    const note = `${jobs} jobs in ${rounds} runs, ${JOBS} at once: ${problems.length === 0 ? 'none lost, no action done twice, none without its approval' : problems.slice(0, 5).join('; ')}`;
    return [{ name: 'serve-kills', value: problems.length, unit: `problems in ${done} kills`, spread: null, seed, note }];
  },
};

/** One folder, killed so often or until all is done. */
async function killRound(random: Random, most: number, seed: string) {
  const folder = mkdtempSync(join(tmpdir(), 'killed-serve-'));
  const app = await startApp();
  let kills = 0;
  try {
    for (;;) {
      const killAfterMs = kills < most ? random.below(LATEST_MS) : undefined;
      const code = await runServer([folder, app.url, String(JOBS), seed], killAfterMs);
      if (code === 'killed') kills++;
      else if (code === 0) break;
      else return { kills, jobs: JOBS, problems: [`the server ended with ${code}`] };
    }
    return { kills, jobs: app.received.size, problems: problemsIn(folder, app) };
  } finally {
    app.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function runServer(args: readonly string[], killAfterMs: number | undefined): Promise<number | 'killed'> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let timer: NodeJS.Timeout | undefined;
    child.stdout.once('data', () => {
      if (killAfterMs !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL' ? 'killed' : (code ?? 1));
    });
  });
}

/** What the app has seen. */
async function startApp() {
  const received = new Set<string>();
  const pressed: { job: string; amount: string }[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://app');
    const job = searchParams.get('job') ?? '';
    if (pathname === '/received') received.add(job);
    if (pathname === '/press') pressed.push({ job, amount: searchParams.get('amount') ?? '' });
    const amounts = pressed.filter((one) => one.job === job).map(({ amount }) => amount);
    response.end(pathname === '/saved' ? JSON.stringify(amounts) : String(amounts.length));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, pressed, stop: () => server.close() };
}

function problemsIn(folder: string, { received, pressed }: Awaited<ReturnType<typeof startApp>>): string[] {
  const linesOf = (path: string): Line[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  const used = new Set(linesOf(join(folder, 'approvals.jsonl')).flatMap(({ kind, id }) => (kind === 'used' && id ? [id] : [])));
  const ledgers = new Map(
    readdirSync(join(folder, 'jobs')).map((file) => [file.replace('.jsonl', ''), linesOf(join(folder, 'jobs', file))]),
  );
  const problems: string[] = [];
  for (const job of received) if (!ledgers.has(job)) problems.push(`job ${job} is lost`);
  for (const [job, lines] of ledgers) {
    const mine = pressed.filter((one) => one.job === job);
    const intended = lines.filter(({ kind }) => kind === 'intended');
    const approved = intended.filter(({ approval }) => typeof approval === 'string' && used.has(approval)).length;
    // Behind its end stands at most that it was reported.
    const end = lines.findIndex(({ kind }) => kind === 'ended');
    if (end < 0 || lines.slice(end + 1).some(({ kind }) => kind !== 'reported') || lines.length > end + 2)
      problems.push(`job ${job} has no end`);
    if (mine.length > intended.length) problems.push(`job ${job} pressed ${mine.length} times and meant to ${intended.length} times`);
    const amounts = mine.map(({ amount }) => amount).join(', ');
    if (amounts !== '12.00, 98000.00') problems.push(`job ${job} saved ${amounts || 'nothing'}`);
    // Small sums need no approval.
    if (mine.length > approved + 1) problems.push(`job ${job} pressed ${mine.length} times with ${approved} approvals`);
  }
  return problems;
}
