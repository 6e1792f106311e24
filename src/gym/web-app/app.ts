/**
 * The apps behind a web-app gym: one that runs already, or as many as wanted that the gym starts, each with a port and a folder of its own.
 *
 * Invariant: an instance serves one episode at a time; who comes while all are busy waits.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GymError, InfrastructureError } from '../errors.ts';
import { unreachable } from './app-errors.ts';
import { type AppProcess, findFreePort, startAppProcess } from './app-process.ts';

export interface WebApp {
  /** Where it answers, such as `http://127.0.0.1:{port}`: `{port}` is a free port, for an app that the gym starts. */
  readonly url: string;
  /** How to start it; without it, it must be running. */
  readonly start?: AppStart;
  /** Where commands run and relative paths begin. Default: the working folder. */
  readonly cwd?: string;
  /** How many the gym may start, for episodes side by side. Default 1; more need `{port}` and a reset that touches one only. */
  readonly instances?: number;
  /** Lets `url` name another machine. Default false: a gym resets its app, and a reset of the wrong one can't be undone. */
  readonly isRemote?: boolean;
}

export interface AppStart {
  /** Program and arguments; no shell. `{port}` and `{folder}` (an empty folder of this instance's own) are filled in. */
  readonly command: readonly string[];
  /** Variables beside those of this process; `{port}` and `{folder}` are filled in. */
  readonly env?: Readonly<Record<string, string>>;
  /** Answers with a status below 500 once the app is ready. Default '/'. */
  readonly readyPath?: string;
  /** Default 30. */
  readonly seconds?: number;
}

/** One app as reset, state and verifier see it. */
export interface AppInstance {
  /** Without a slash at the end. */
  readonly url: string;
  /** This instance's own folder, empty at first, removed in the end. */
  readonly folder: string;
  readonly cwd: string;
  /** `text` with `{port}`, `{folder}` and `{url}` filled in. */
  fill(text: string): string;
  /** As `fill`; a relative path begins in `cwd`. */
  path(text: string): string;
}

interface Slot {
  readonly instance: AppInstance;
  readonly process: AppProcess | null;
  /** At the process's end, if nobody disposed of the gym before. */
  readonly removeFolder: () => void;
}

export class AppPool {
  readonly #app: WebApp;
  readonly #free: Slot[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #all = new Set<Slot>();
  #busy = 0;

  /** Throws `GymError` for a definition that can't work. Starts nothing. */
  constructor(app: WebApp) {
    const problem = problemOf(app);
    if (problem) throw problem;
    this.#app = app;
  }

  /** An instance for one episode; to be given back. Throws `InfrastructureError` where none can be had. */
  async take(): Promise<AppInstance> {
    while (this.#busy >= (this.#app.instances ?? 1)) await new Promise<void>((wake) => this.#waiting.push(wake));
    this.#busy++;
    let taken: Slot | undefined;
    try {
      const slot = this.#free.pop() ?? (await this.#open());
      this.#all.add(slot);
      taken = slot;
      if (slot.process?.ended != null) await this.#close(slot);
      assertRuns(slot);
      if (slot.process === null) await assertAnswers(slot.instance.url);
      return slot.instance;
    } catch (error) {
      if (taken && this.#all.has(taken)) this.#free.push(taken);
      this.#leave();
      throw error;
    }
  }

  giveBack(instance: AppInstance): void {
    const slot = this.#slotOf(instance);
    if (slot) this.#free.push(slot);
    this.#leave();
  }

  /** Throws `InfrastructureError` where an app that the gym has started has ended: what its page shows now is nobody's fault. */
  assertRuns(instance: AppInstance): void {
    const slot = this.#slotOf(instance);
    if (slot) assertRuns(slot);
  }

  /** As `assertRuns`; an app that somebody else has started is asked. */
  async assertAnswers(instance: AppInstance): Promise<void> {
    this.assertRuns(instance);
    if (!this.#app.start) await assertAnswers(instance.url);
  }

  /** Stops what was started, and removes its folders. */
  async dispose(): Promise<void> {
    this.#free.length = 0;
    await Promise.all([...this.#all].map((slot) => this.#close(slot)));
  }

  #slotOf(instance: AppInstance): Slot | undefined {
    return [...this.#all].find((each) => each.instance === instance);
  }

  #leave(): void {
    this.#busy--;
    this.#waiting.shift()?.();
  }

  async #close(slot: Slot): Promise<void> {
    this.#all.delete(slot);
    await slot.process?.stop();
    process.removeListener('exit', slot.removeFolder);
    await rm(slot.instance.folder, { recursive: true, force: true });
  }

  async #open(): Promise<Slot> {
    const { url, start, cwd = process.cwd() } = this.#app;
    const folder = await mkdtemp(join(tmpdir(), 'journeyman-app-'));
    const port = url.includes('{port}') ? String(await findFreePort()) : new URL(url).port;
    const instance = makeInstance(url, port, folder, resolve(cwd));
    const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
    process.once('exit', removeFolder);
    try {
      if (!start) return { instance, process: null, removeFolder };
      const env = Object.fromEntries(Object.entries(start.env ?? {}).map(([name, value]) => [name, instance.fill(value)]));
      const command = start.command.map((part) => instance.fill(part));
      const readyUrl = new URL(start.readyPath ?? '/', instance.url).href;
      const started = await startAppProcess({ command, cwd: instance.cwd, env, readyUrl, seconds: start.seconds ?? 30 });
      return { instance, process: started, removeFolder };
    } catch (error) {
      process.removeListener('exit', removeFolder);
      removeFolder();
      throw error;
    }
  }
}

function makeInstance(url: string, port: string, folder: string, cwd: string): AppInstance {
  const own = url.replaceAll('{port}', port).replace(/\/+$/, '');
  const fill = (text: string): string => text.replaceAll('{port}', port).replaceAll('{folder}', folder).replaceAll('{url}', own);
  return { url: own, folder, cwd, fill, path: (text) => resolve(cwd, fill(text)) };
}

function assertRuns({ process }: Slot): void {
  if (process?.ended == null) return;
  throw new InfrastructureError({ operation: 'use the app', got: `one that ${process.ended}`, expected: 'an app that goes on running' });
}

async function assertAnswers(url: string): Promise<void> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
  } catch (cause) {
    throw unreachable(url, cause);
  }
}

/** Why no gym can be made of this; null where one can. */
function problemOf({ url, start, instances = 1, isRemote = false }: WebApp): GymError | null {
  const problem = (got: string, expected: string, fix?: string): GymError =>
    new GymError({ operation: 'define a web-app gym', got, expected, ...(fix === undefined ? {} : { fix }) });
  const shown = URL.parse(url.replaceAll('{port}', '1'));
  if (!shown || !/^https?:$/.test(shown.protocol)) return problem(`app.url '${url.slice(0, 200)}'`, 'such as http://127.0.0.1:3000');
  if (shown.username !== '' || shown.password !== '') return problem('app.url with a password', 'an address without one');
  if (!isRemote && !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(shown.hostname))
    return problem(
      `app.url on ${shown.hostname}`,
      'this machine (localhost, 127.0.0.1, [::1])',
      'the gym resets this app again and again; if it is a copy that may be lost, set app.isRemote',
    );
  if (!(Number.isInteger(instances) && instances >= 1)) return problem(`app.instances ${instances}`, 'an integer from 1');
  if (url.includes('{port}') && !start)
    return problem('app.url with {port}', 'app.start beside it', 'name the port on which your app runs');
  if (instances > 1 && !url.includes('{port}')) return problem(`app.instances ${instances}`, '{port} in app.url, so that each has its own');
  if (start && (start.command[0] ?? '') === '') return problem('an empty app.start.command', 'a program and its arguments');
  return null;
}
