/**
 * An app that the gym starts itself: one process on a port of its own, ready when it answers, gone when the gym is disposed of or this
 * process ends, however that happens short of SIGKILL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { InfrastructureError } from '../errors.ts';
import { LastLines, reasonOf } from './app-errors.ts';

export interface AppProcessOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where it answers with a status below 500 once it is ready. */
  readonly readyUrl: string;
  /** Time that it has until then. */
  readonly seconds: number;
}

export interface AppProcess {
  /** What to say of an app that has ended by itself; null while it runs. */
  readonly ended: string | null;
  stop(): Promise<void>;
}

/** Throws `InfrastructureError` where the port is taken, the command can't be run, the app ends early, or it doesn't answer in time. */
export async function startAppProcess({ command, cwd, env, readyUrl, seconds }: AppProcessOptions): Promise<AppProcess> {
  await assertFreePort(readyUrl);
  const [program = '', ...args] = command;
  const shown = command.join(' ');
  const lines = new LastLines();
  // A group of its own, so that what it starts (npm starts sh starts node) can be stopped with it.
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: !isWindows });
  child.stdout.on('data', (chunk) => lines.add(chunk));
  child.stderr.on('data', (chunk) => lines.add(chunk));
  let ended: string | null = null;
  child.on('error', (error) => {
    ended ??= `can't be run (${error.message})`;
  });
  child.on('exit', (code, signal) => {
    ended ??= `ended with ${code === null ? String(signal) : `exit code ${code}`}; ${lines}`;
  });
  watch(child);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      signal(child, 'SIGTERM');
      await Promise.race([once(child, 'exit'), sleep(3000, undefined, { ref: false })]);
    }
    // What it has started may live on where it didn't pass the signal on.
    signal(child, 'SIGKILL');
    watched.delete(child);
  };
  const failed = (got: string): InfrastructureError =>
    new InfrastructureError({
      operation: `start the app with \`${shown}\``,
      got,
      expected: `an answer at ${readyUrl} within ${seconds} seconds`,
      fix: `run it by hand in ${cwd} and look at what it says`,
    });
  const deadlineMs = performance.now() + seconds * 1000;
  let last = 'no answer';
  while (performance.now() < deadlineMs) {
    if (ended !== null) {
      await stop();
      throw failed(`an app that ${ended}`);
    }
    try {
      const response = await fetch(readyUrl, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
      await response.body?.cancel();
      if (response.status < 500)
        return {
          get ended() {
            return ended;
          },
          stop,
        };
      last = `status ${response.status}`;
    } catch (error) {
      last = reasonOf(error);
    }
    await sleep(25);
  }
  await stop();
  throw failed(`${last}; ${lines}`);
}

/** A port of the loopback interface on which nothing listens now. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new InfrastructureError({ operation: 'find a free port', got: String(address), expected: 'a port' });
  return address.port;
}

async function assertFreePort(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: number });
  const isTaken = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    sleep(2000, false, { ref: false }),
  ]);
  socket.destroy();
  if (isTaken)
    throw new InfrastructureError({
      operation: `start the app on port ${number}`,
      got: 'a port that is in use',
      expected: 'a port on which nothing listens',
      fix: `stop what listens there, leave app.start away if that is your app, or write {port} in app.url for a free one`,
    });
}

const isWindows = process.platform === 'win32';
const watched = new Set<ChildProcess>();

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (isWindows) child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // Nobody is left in the group.
  }
}

/** A group of its own does not hear the terminal's Ctrl-C: passed on here. */
function watch(child: ChildProcess): void {
  if (watched.size === 0 && !isWatching) {
    isWatching = true;
    const stopAll = (): void => {
      for (const each of watched) signal(each, 'SIGKILL');
      watched.clear();
    };
    process.once('exit', stopAll);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(name, () => {
        stopAll();
        // Nobody else minds the signal: do what it would have done.
        if (process.listenerCount(name) === 0) process.kill(process.pid, name);
      });
  }
  watched.add(child);
}
let isWatching = false;
