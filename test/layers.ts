/**
 * The rules of the layers, checked on the import statements of a set of files. The table below is the one of ARCHITECTURE.md.
 *
 * Reads text, not syntax trees: it leans on the formatter, which puts every import at the start of a line. What looks like an
 * import and can't be read is itself a violation. Counts type imports like others. Not a linter for packages in general.
 */

export interface Violation {
  readonly rule: 'unknown-folder' | 'layer' | 'index-only' | 'own-index' | 'types-only' | 'outside' | 'package' | 'cycle' | 'unreadable';
  readonly file: string;
  readonly message: string;
}

interface Layer {
  readonly mayImport: readonly string[];
  /** Only types may come from `mayImport`. */
  readonly onlyTypes?: boolean;
}

const GROUND = ['base', 'records', 'grammar'];

/** Folders of src/ and what each may import besides base, records and grammar (which import one another in that order). */
export const LAYERS: Readonly<Record<string, Layer>> = {
  base: { mayImport: [] },
  records: { mayImport: ['base'] },
  grammar: { mayImport: ['base', 'records'] },
  stats: { mayImport: GROUND },
  tensor: { mayImport: GROUND },
  model: { mayImport: [...GROUND, 'tensor'] },
  wide: { mayImport: GROUND },
  engine: { mayImport: [...GROUND, 'model', 'tensor', 'wide'] },
  gym: { mayImport: GROUND },
  rollout: { mayImport: GROUND },
  search: { mayImport: GROUND },
  train: { mayImport: [...GROUND, 'model', 'tensor', 'stats'] },
  evals: { mayImport: [...GROUND, 'rollout', 'stats'] },
  'red-team': { mayImport: [...GROUND, 'gym', 'rollout', 'stats'] },
  release: { mayImport: [...GROUND, 'stats', 'evals', 'red-team'] },
  serve: { mayImport: [...GROUND, 'engine', 'search', 'release', 'gym', 'stats', 'evals'] },
  console: { mayImport: [...GROUND, 'release', 'serve'], onlyTypes: true },
  cli: {
    mayImport: [
      ...GROUND,
      ...['stats', 'tensor', 'model', 'engine', 'gym', 'rollout', 'search', 'train', 'evals', 'red-team', 'release', 'serve', 'console'],
    ],
  },
};

/** Packages that only one folder may know. */
const PRIVATE_PACKAGES: Readonly<Record<string, string>> = {
  'onnxruntime-node': 'src/tensor',
  'onnxruntime-common': 'src/tensor',
  protobufjs: 'src/tensor',
};

/** Files that import what is known only at run time, and why. */
const RUN_TIME_IMPORTS: Readonly<Record<string, string>> = {
  'src/gym/load-gym.ts': 'finds a gym by the name that a person gave',
};

interface Import {
  readonly specifier: string;
  readonly isType: boolean;
  readonly start: number;
  readonly end: number;
}

/** Checks `files`: paths from the repository's root (with /) to their text. Returns what breaks a rule, in order of file. */
export function checkLayers(files: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  const edges = new Map<string, string[]>();
  for (const [file, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = findImports(text);
    if (!Object.hasOwn(RUN_TIME_IMPORTS, file))
      for (const line of found.unreadable) violations.push({ rule: 'unreadable', file, message: `can't read the import '${line}'` });
    const folder = sourceFolder(file);
    if (folder !== undefined && !Object.hasOwn(LAYERS, folder))
      violations.push({ rule: 'unknown-folder', file, message: `the table knows no src/${folder}` });
    for (const { specifier, isType } of found.imports) {
      const violation = checkPackage(file, specifier) ?? checkPath(file, specifier, isType);
      if (violation !== undefined) violations.push(violation);
      if (isCode(specifier)) edges.set(file, [...(edges.get(file) ?? []), resolve(file, specifier)]);
    }
  }
  for (const cycle of findCycles(edges))
    violations.push({ rule: 'cycle', file: cycle[0] as string, message: [...cycle, cycle[0]].join(' -> ') });
  return violations;
}

/** The imports of a TypeScript file: static, type, re-export, dynamic, required, and `new URL('./x.ts', import.meta.url)`. */
export function findImports(source: string): { imports: Import[]; unreadable: string[] } {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  const text = source.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, blank).replace(/^[ \t]*\/\/.*$/gm, blank);
  const patterns = [
    /^[ \t]*(?:import|export)\s+(?<type>type\s+)?(?:[\w$*][\w$\s,*]*)?(?:\{[^}]*\})?\s*from\s*(['"])(?<specifier>[^'"\n]+)\2/gm,
    /^[ \t]*import\s*(['"])(?<specifier>[^'"\n]+)\1/gm,
    /\bimport\s*\(\s*(['"])(?<specifier>[^'"\n]+)\1/g,
    /\brequire(?:\.resolve)?\s*\(\s*(['"])(?<specifier>[^'"\n]+)\1/g,
    /\bimport\.meta\.resolve\s*\(\s*(['"])(?<specifier>[^'"\n]+)\1/g,
    /\bnew URL\(\s*(['"])(?<specifier>[^'"\n]+)\1\s*,\s*import\.meta\.url/g,
  ];
  const imports = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      specifier: match.groups?.specifier as string,
      isType: match.groups?.type !== undefined,
      start: match.index,
      end: match.index + match[0].length,
    })),
  );
  // `import {`, `} from '` and `import(` that no pattern above took; a Python program's `import json` in a string is none of them.
  const suspects =
    /^import\b(?!\s*\.)[^\n]*['"{=(*][^\n]*|^(?:\}|export [^\n=('"`]*)\s*from\s*['"][^\n]*|(?<![\w.'"`{*])import\s*\([^\n]*/gm;
  const unreadable = [...text.matchAll(suspects)]
    .filter((suspect) => !imports.some((found) => found.start < suspect.index + suspect[0].length && suspect.index < found.end))
    .map((suspect) => suspect[0]);
  return { imports, unreadable };
}

function checkPackage(file: string, specifier: string): Violation | undefined {
  if (specifier.startsWith('.')) return undefined;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const home = Object.hasOwn(PRIVATE_PACKAGES, name) ? PRIVATE_PACKAGES[name] : undefined;
  if (home === undefined || file.startsWith(`${home}/`)) return undefined;
  return { rule: 'package', file, message: `imports ${specifier}, which only ${home} may` };
}

function checkPath(file: string, specifier: string, isType: boolean): Violation | undefined {
  if (!isCode(specifier)) return undefined;
  const target = resolve(file, specifier);
  const [from, to] = [sourceFolder(file), sourceFolder(target)];
  const violation = (rule: Violation['rule'], what: string): Violation => ({ rule, file, message: `imports ${target}: ${what}` });
  if (file.endsWith('.test.ts') && target.startsWith('test/')) return undefined; // What tests share.
  if (from !== undefined && to === undefined) return violation('outside', 'src/ imports nothing from outside src/');
  if (to === undefined) return undefined;
  const isIndex = target === `src/${to}/index.ts`;
  if (from === to) return isIndex ? violation('own-index', "a folder's own files don't go through its index.ts") : undefined;
  if (!isIndex) return violation('index-only', `other folders go through src/${to}/index.ts`);
  if (from === undefined) return undefined;
  const layer = Object.hasOwn(LAYERS, from) ? LAYERS[from] : undefined;
  if (layer === undefined) return undefined; // Told as unknown-folder.
  if (!layer.mayImport.includes(to)) return violation('layer', `src/${from} may import only ${layer.mayImport.join(', ') || 'nothing'}`);
  if (layer.onlyTypes && !isType && !GROUND.includes(to)) return violation('types-only', `src/${from} may import only its types`);
  return undefined;
}

/** The folder below src/ that holds `path`; the file's own name where it lies directly in src/; undefined outside. */
function sourceFolder(path: string): string | undefined {
  return path.startsWith('src/') ? path.split('/')[1] : undefined;
}

/** A path to code, not to a folder or to data. A relative path without an ending counts, so that it can't hide. */
function isCode(specifier: string): boolean {
  if (!specifier.startsWith('.')) return false;
  const name = specifier.split('/').at(-1) as string;
  return /\.[cm]?[jt]sx?$/.test(name) || (name !== '' && !name.includes('.'));
}

function resolve(file: string, specifier: string): string {
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}

/** One cycle for every strongly connected set of files (Tarjan 1972), as a path that can be walked. */
function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node) as number);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) as number, low.get(next) as number));
    }
    if (low.get(node) !== order.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1 || edges.get(node)?.includes(node)) cycles.push(walk(edges, new Set(members), node));
  };
  for (const node of [...edges.keys()].sort()) if (!order.has(node)) visit(node);
  return cycles;
}

/** A shortest way from `start` back to it inside `members`. */
function walk(edges: ReadonlyMap<string, readonly string[]>, members: ReadonlySet<string>, start: string): string[] {
  const paths: string[][] = [[start]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const next of edges.get(path.at(-1) as string) ?? []) {
      if (next === start) return path;
      if (!members.has(next) || seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [start];
}
