/** `journeyman gym …`: gyms are listed, made, added and watched, and prove themselves. */
import { type ArgsDef, defineCommand } from 'citty';
import { Random } from '../base/index.ts';
import {
  addCollection,
  type CheckProgress,
  type ClaimResult,
  checkGym,
  type LoadedGym,
  listGyms,
  loadGym,
  playEpisode,
  printTranscript,
  saveProof,
  scaffoldGym,
  shownPath,
} from '../gym/index.ts';
import { STOP_MEANINGS } from '../records/index.ts';
import { Options } from './options.ts';
import { parseSeed, SEED_ARGS } from './seed.ts';
import { CLEAR_LINE, DIM, escapeControls, GREEN, painter, RED, type Terminal, terminalOf } from './terminal.ts';

const args: ArgsDef = {
  verb: { type: 'positional', required: false, valueHint: 'list|check|show|new|add', description: 'What to do' },
  name: { type: 'positional', required: false, description: 'The gym' },
  episodes: { type: 'string', valueHint: 'N', default: '200', description: 'check: episodes of the expert' },
  lanes: { type: 'string', valueHint: 'N', default: '2', description: 'check: episodes side by side' },
  ...SEED_ARGS,
  mistakes: { type: 'string', valueHint: 'P', default: '0', description: 'show: probability of a mistake to be repaired' },
  url: { type: 'string', valueHint: 'URL', description: 'new: where the app answers' },
  path: { type: 'string', valueHint: 'DIR', description: 'add: where the collection lies' },
  json: { type: 'boolean', description: 'Results as lines of JSON' },
};

const VERBS: Readonly<Record<string, (options: Options, name: string | undefined) => Promise<void>>> = {
  list,
  check,
  show,
  new: make,
  add,
};

export const gym = defineCommand({
  meta: { name: 'gym', description: 'List, make, add, watch and prove gyms' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'gym', args });
    const [verb = '', name, ...rest] = options.rest;
    const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (!run) throw options.wrong(verb === '' ? 'nothing' : `'${verb}'`, `one of ${Object.keys(VERBS).join(', ')}`);
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the gym`, 'one gym');
    await run(options, name);
  },
});

async function list(options: Options): Promise<void> {
  for (const name of listGyms()) {
    if (name.endsWith('/…')) {
      console.log(
        options.flag('json')
          ? JSON.stringify({ name, collection: true })
          : `${name.padEnd(14)} a collection: npx journeyman gym add ${name.slice(0, -2)} --path DIR`,
      );
      continue;
    }
    const line = await loadGym(name).then(
      ({ manifest }) =>
        options.flag('json')
          ? JSON.stringify(manifest)
          : `${name.padEnd(14)} ${manifest.description}\n${' '.repeat(15)}slices: ${Object.keys(manifest.slices).join(', ')}`,
      // One that is broken hides no other.
      (error: unknown) => (options.flag('json') ? JSON.stringify({ name, error: String(error) }) : `${name.padEnd(14)} ${String(error)}`),
    );
    console.log(line);
  }
}

async function check(options: Options, name: string | undefined): Promise<void> {
  const episodes = options.count('episodes') as number;
  const lanes = options.count('lanes') as number;
  const loaded = await load(options, name);
  const terminal = terminalOf(process.stderr);
  const startedMs = performance.now();
  const claims = await disposing(loaded, () => checkGym(loaded.module, { episodes, lanes, onProgress: progressLine(terminal) }));
  if (terminal.isLive) terminal.write(CLEAR_LINE);
  const proof = saveProof(loaded, claims, new Date());
  if (options.flag('json')) {
    console.log(JSON.stringify(proof));
  } else {
    const out = terminalOf(process.stdout);
    for (const claim of claims) console.log(formatClaim(claim, out));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    const verdict = proof.passed ? 'is proved' : 'is not proved, and can not be trained on';
    console.log(`${loaded.manifest.name} ${verdict}; ${seconds} s; written to ${shownPath(loaded.proofPath)}`);
  }
  if (!proof.passed) process.exitCode = 1;
}

function formatClaim({ claim, passed, tried, failures, note }: ClaimResult, terminal: Terminal): string {
  const mark = passed ? painter(terminal, GREEN)('✓') : painter(terminal, RED)('✗');
  const about = painter(terminal, DIM)([`${tried} tried`, ...(note === undefined ? [] : [note])].join(', '));
  return [`${mark} ${claim} ${about}`, ...failures.map((failure) => `    ${escapeControls(failure).slice(0, 400)}`)].join('\n');
}

/** Shows how far the claim is and how long it will take. */
function progressLine(terminal: Terminal): (progress: CheckProgress) => void {
  let shown = '';
  let startedMs = 0;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return ({ claim, done, total }) => {
    const nowMs = performance.now();
    if (claim !== shown) startedMs = nowMs;
    const isNew = claim !== shown;
    shown = claim;
    if (!isNew && done !== total && nowMs - shownAtMs < (terminal.isLive ? 100 : 10_000)) return;
    shownAtMs = nowMs;
    const left = isNew ? '' : `, ${Math.ceil((((nowMs - startedMs) / done) * (total - done)) / 1000)} s left`;
    const line = `${claim}: ${done} of ${total}${left}`.slice(0, terminal.columns() - 1);
    terminal.write(terminal.isLive ? CLEAR_LINE + line : `${line}\n`);
  };
}

async function show(options: Options, name: string | undefined): Promise<void> {
  const seed = parseSeed(options);
  const mistakes = options.number('mistakes', { check: (p) => p >= 0 && p <= 1, expected: 'a probability' }) as number;
  const loaded = await load(options, name);
  const { gym, expert } = loaded.module;
  await disposing(loaded, async () => {
    const task = gym.task(seed, options.text('slice'));
    const player = expert(task, { random: new Random(`show/${seed.split}/${seed.n}`), mistakes });
    const episode = await playEpisode({ gym, task, lane: { seed: 'show' }, expert: player, audited: true });
    if (options.flag('json')) return void console.log(JSON.stringify(episode.transcript));
    console.log(escapeControls(printTranscript(episode.transcript)));
    const stop = episode.stop === null ? episode.error?.message : STOP_MEANINGS[episode.stop];
    console.log(`\n${episode.actions.length} actions in ${episode.seconds.toFixed(2)} s: ${stop}${reasons(episode.score?.reasons)}`);
  });
}

const reasons = (list: readonly string[] = []): string =>
  list.length === 0 ? '' : `\n${list.map((reason) => `  ${escapeControls(reason)}`).join('\n')}`;

async function make(options: Options, name: string | undefined): Promise<void> {
  if (name === undefined) throw options.wrong('no name', 'gym new NAME');
  const url = options.text('url');
  const { files } = scaffoldGym({ name, ...(url === undefined ? {} : { url }) });
  if (options.flag('json')) return void console.log(JSON.stringify({ gym: name, files }));
  console.log(`Made:\n${files.map((file) => `  ${shownPath(file)}`).join('\n')}\nFill them in, then: npx journeyman gym check ${name}`);
}

async function add(options: Options, name: string | undefined): Promise<void> {
  if (name === undefined) throw options.wrong('no collection', 'gym add miniwob --path DIR');
  const names = await addCollection(name, { path: options.required('path', 'DIR') });
  if (options.flag('json')) console.log(JSON.stringify({ collection: name, gyms: names.map((task) => `${name}/${task}`) }));
  else
    console.log(
      `${names.length} gyms: ${names
        .slice(0, 5)
        .map((task) => `${name}/${task}`)
        .join(', ')}${names.length > 5 ? ', …' : ''}\nkept in .journeyman/gyms.json`,
    );
}

async function load(options: Options, name: string | undefined): Promise<LoadedGym> {
  if (name === undefined) throw options.wrong('no gym', `one of ${listGyms().join(', ')}`);
  return loadGym(name);
}

/** Browsers and servers are stopped whatever happens. */
async function disposing<T>({ module }: LoadedGym, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await module.gym.dispose?.();
  }
}
