/**
 * A new gym's first files: they run, they typecheck, and whatever only its owner can know fails with a message that says where to write what.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../base/index.ts';
import { GymError } from '../errors.ts';

export interface ScaffoldOptions {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** The files go to `gyms/NAME` in it. Default: the working folder. */
  readonly root?: string;
  /** Where the app answers. Default http://127.0.0.1:3000. */
  readonly url?: string;
}

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Returns the paths of what it wrote. Throws `ConfigError` for a bad name, a bad address and a folder that exists; then nothing is written. */
export function scaffoldGym({ name, root = process.cwd(), url = 'http://127.0.0.1:3000' }: ScaffoldOptions): {
  readonly files: readonly string[];
} {
  const operation = 'gym new';
  if (!NAME.test(name) || name.length > 40)
    throw new ConfigError({
      operation,
      got: `the name '${name.slice(0, 80)}'`,
      expected: 'at most 40 characters: lower-case words joined by hyphens',
    });
  const address = URL.parse(url);
  if (!address || !/^https?:$/.test(address.protocol) || address.username !== '' || address.password !== '')
    throw new ConfigError({ operation, got: `the address '${url.slice(0, 200)}'`, expected: 'such as http://127.0.0.1:3000' });
  const folder = join(resolve(root), 'gyms', name);
  if (existsSync(folder))
    throw new ConfigError({
      operation,
      got: `${folder}, which exists`,
      expected: 'a new folder',
      fix: 'take another name, or remove the folder',
    });
  const library = quote(importPath(folder, '../index.ts'));
  const settings = importPath(folder, '../../../tsconfig.json');
  const typeRoots = importPath(folder, '../../../node_modules/@types');
  const files = Object.entries(filesOf({ name, library, url: quote(address.href.replace(/\/$/, '')), settings, typeRoots }));
  mkdirSync(folder, { recursive: true });
  return {
    files: files.map(([file, text]) => {
      const path = join(folder, file);
      writeFileSync(path, text, { flag: 'wx' });
      return path;
    }),
  };
}

/** What a scaffolded gym calls where its owner has yet to write something. */
export function toFillIn(what: string): never {
  throw new GymError({ operation: 'check a new gym', got: 'a part that is still to be written', expected: what });
}

/** From a file in `folder` to one of this package's, given from here; it is not on npm, so by path. */
function importPath(folder: string, file: string): string {
  const path = relative(folder, fileURLToPath(new URL(file, import.meta.url)))
    .split(sep)
    .join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** As a literal of the source text. */
const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

interface Blanks {
  readonly name: string;
  /** As source text, like `url`. */
  readonly library: string;
  readonly url: string;
  readonly settings: string;
  readonly typeRoots: string;
}

function filesOf({ name, library, url, settings, typeRoots }: Blanks): Record<string, string> {
  const uses = (names: string): string => ['import {', names, '} from', `${library};`].join(' ');
  return {
    'gym.ts': `/** The gym ${name}: what it is about, and which app it drives. */
${uses('defineWebAppGym')}
import { expert, proof } from './expert.ts';
import { generate, goal } from './instance.ts';
import { invariants, reset, state, verify } from './verify.ts';

export const gymModule = defineWebAppGym({
  manifest: {
    name: '${name}',
    // Change it whenever the same seed would give another task or another score.
    version: '1',
    description: 'One sentence about the task.',
    // What the agent may do, and what undoing it takes: read (nothing), reversible, compensable, irreversible.
    actions: { fill: 'reversible', select: 'reversible', click: 'compensable', ask: 'read', abstain: 'read', done: 'read' },
    limits: { steps: 30, seconds: 120 },
    // Each is measured by itself; 'base' comes first. Add those that your task will meet: unseen names, long lists, another layout.
    slices: { base: { description: 'What is usual.' } },
  },
  app: {
    url: ${url},
    // The app must be running there - or let the gym start it, with a free port and an empty folder of its own:
    //   url: 'http://127.0.0.1:{port}',
    //   start: { command: ['node', 'server.ts', '{port}', '{folder}/data.db'] },
    // Where commands run and relative paths begin.
    cwd: \`\${import.meta.dirname}/../..\`,
  },
  generate,
  goal,
  reset,
  state,
  verify,
  invariants,
  expert,
  proof,
});
`,
    'instance.ts': `/** Fresh tasks: what one is about, and how it is asked. */
${uses('type GoalPart, goalText, type Random, type Split')}

/** Everything that distinguishes one task from another: what the goal names, and what the app holds at the start. */
export interface Data {
  readonly title: string;
}

/** Words that the exam asks for and training never sees. */
export const TITLES = {
  train: ['first', 'second', 'third'],
  exam: ['fourth', 'fifth', 'sixth'],
};

/** Draw everything from \`random\`: the same seed must give the same task. The splits are train, validate and exam. */
export function generate(random: Random, _slice: string, split: Split): Data {
  return { title: random.pick(split === 'exam' ? TITLES.exam : TITLES.train) };
}

/** What is put in can be copied by the agent, word for word; it never spells a value itself. */
export function goal({ title }: Data): readonly GoalPart[] {
  return goalText\`Add \${title}.\`;
}
`,
    'verify.ts': `/** How the app is reset, what its state must be in the end, and what must never happen to it. */
${uses('type Episode, type Invariant, type Row, toFillIn')}
import type { Data } from './instance.ts';

/** What the verifier compares. */
export interface State {
  readonly rows: readonly Row[];
}

// Three ways to the app's state, or write functions of your own:
//   const app = bySql('path/to/the/app.db');
//     reset = app.reset((data: Data) => ['DELETE FROM items', ['INSERT INTO items (title) VALUES (?)', data.title]]);
//     state = app.read({ rows: 'SELECT title FROM items' });
//   const app = byHttp();
//     reset = app.reset((data: Data) => ({ method: 'POST', path: '/test/reset', body: { items: [] } }));
//     state = app.read({ rows: '/items.json' });
//   const app = byCommand();
//     reset = app.reset(['node', 'reset.ts']);        the data comes as JSON on standard input
//     state = app.read({ rows: ['node', 'dump.ts'] }); prints JSON

/** Before every episode. */
export async function reset(_data: Data): Promise<void> {
  toFillIn("verify.ts, reset: put the app's data into a known state");
}

/** Before and after every episode. */
export async function state(): Promise<State> {
  return toFillIn('verify.ts, state: read what the task is about from the app');
}

/** What is wrong in the end, one line each; an empty list is success. \`differences(expected, actual)\` writes the lines for you. */
export function verify(_episode: Episode<Data, State>): string[] {
  return toFillIn('verify.ts, verify: compare the state after the episode with what it must be');
}

/** What must never happen, on any path: a lost record, a second payment. */
export const invariants: Record<string, Invariant<Data, State>> = {
  'nothing-lost': {
    description: 'Nothing that was there before is changed or removed.',
    holds: (_episode) => toFillIn('verify.ts, invariants: say what must never happen'),
  },
};
`,
    'expert.ts': `/** Who does it right, and who does it wrong: the verifier must tell them apart. */
${uses('type Player, toFillIn, type WebAppProof')}
import { type Data, TITLES } from './instance.ts';

/** Steps by the words on the screen, such as [fill('Title', title), click('Add')]; 'done' follows by itself.
 *  With [] you can look at the first screen: npx journeyman gym show ${name} */
export const expert: Player<Data> = (_data) => toFillIn('expert.ts, expert: the steps that solve a task');

export const proof: WebAppProof<Data> = {
  // What an agent could do wrong and a careless verifier would believe: a field left out, a wrong row, everything twice.
  // Steps again; null where a task gives one nothing to do.
  impostors: {
    'describe what it does wrong': (_data) => toFillIn('expert.ts, proof.impostors: players that must fail'),
  },
  // What the exam draws from and training does not.
  vocabulary: (_slice) => [{ kind: 'titles', ...TITLES }],
  // For slices beside base: what is wrong with a task of it, or null.
  differs: (_data, _slice) => toFillIn('expert.ts, proof.differs: what a slice must do to a task'),
};
`,
    // Whatever the folders above say: these files are modules, in this package's TypeScript.
    'package.json': `${JSON.stringify({ private: true, type: 'module' }, null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify({ extends: settings, include: ['.'], compilerOptions: { typeRoots: [typeRoots] } }, null, 2)}\n`,
    'README.md': `# ${name}

1. \`gym.ts\`: the app's address, or the command that starts it; the slices.
2. \`instance.ts\`: what a task is, and how it is asked.
3. \`verify.ts\`: how the app is reset, what its state must be in the end, what must never happen.
4. \`expert.ts\`: the steps that solve a task, and players that do it wrong.

\`npx journeyman gym check ${name}\` tries all of it; what is still to be written, it names. A gym that fails the check can't be trained on.
`,
  };
}
