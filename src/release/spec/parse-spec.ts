/**
 * A spec from YAML 1.2, parsed where it comes in. Every complaint names its line. Anchors, aliases, tags, directives and further documents are
 * refused: a file of rules says what it means where it stands.
 */
import { readFileSync, statSync } from 'node:fs';
import { type Document, isCollection, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { ConfigError } from '../../base/index.ts';
import { AUTHORITIES, type Authority, type Spec } from './spec-rule.ts';
import { specSchema } from './spec-schema.ts';

/** Characters of a spec file. */
export const LONGEST_SPEC = 100_000;
/** Complaints that an error shows. */
const SHOWN_PROBLEMS = 8;
/** YAML nodes from the root to the deepest; a condition within a condition is three. */
const DEEPEST = 40;

export interface ParseSpecOptions {
  /** What errors call it. */
  readonly file?: string;
  /** Rules of a higher authority are refused: what a user wrote is parsed with `user`. By default, none are. */
  readonly highest?: Authority;
}

interface Problem {
  readonly line: number;
  readonly text: string;
}

/** Throws `ConfigError` that names every line that is wrong; `details.problems` has them as data. */
export function parseSpec(text: string, { file = 'a spec', highest = 'platform' }: ParseSpecOptions = {}): Spec {
  if (text.length > LONGEST_SPEC) throw refuse(file, [{ line: 1, text: `${text.length} characters, more than ${LONGEST_SPEC}` }]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const lineOf = (offset: number | undefined): number => Math.max(1, lines.linePos(offset ?? 0).line);
  const spelling = [...document.errors, ...document.warnings].map(({ message, pos }) => ({ line: lineOf(pos[0]), text: message }));
  if (spelling.length > 0) throw refuse(file, spelling);
  const strange = findStrange(document, lineOf);
  if (strange.length > 0) throw refuse(file, strange);
  const parsed = specSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue): Problem[] => {
      const path = issue.path.filter((key) => typeof key !== 'symbol');
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({
          line: lineOf(keyOffset(deepest(document, path).node, key)),
          text: `${spell([...path, key])} is no key that is known here`,
        }));
      const { node, isWhole } = deepest(document, path);
      const value = isScalar(node) ? ` ${JSON.stringify(node.value)?.slice(0, 60)}` : '';
      const what = isWhole ? `${value}: ${issue.message}` : `: it is missing (${issue.message})`;
      return [{ line: lineOf(node?.range?.[0]), text: spell(path) + what }];
    });
    throw refuse(file, problems);
  }
  const above = parsed.data.rules.flatMap(({ id, authority }, i): Problem[] =>
    AUTHORITIES.indexOf(authority) >= AUTHORITIES.indexOf(highest)
      ? []
      : [
          {
            line: lineOf(deepest(document, ['rules', i, 'authority']).node?.range?.[0]),
            text: `the rule ${id} claims the authority ${authority}; this file may go up to ${highest}`,
          },
        ],
  );
  if (above.length > 0) throw refuse(file, above);
  return parsed.data;
}

/** As `parseSpec`, from the disk. */
export function loadSpec(path: string, options: Omit<ParseSpecOptions, 'file'> = {}): Spec {
  let text: string;
  try {
    const { size } = statSync(path);
    // UTF-8 takes at most three bytes a character.
    if (size > 3 * LONGEST_SPEC) throw refuse(path, [{ line: 1, text: `${size} bytes, more than ${3 * LONGEST_SPEC}` }]);
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError({ operation: `read the spec ${path}`, got: String(cause), expected: 'a file that can be read', cause });
  }
  return parseSpec(text, { ...options, file: path });
}

function findStrange(document: Document, lineOf: (offset: number | undefined) => number): Problem[] {
  const problems: Problem[] = [];
  if (document.directives?.yaml.explicit) problems.push({ line: 1, text: 'a %YAML directive' });
  visit(document, {
    Alias: (_, { source, range }) =>
      void problems.push({ line: lineOf(range?.[0]), text: `the alias *${source}; a pattern that begins with * stands in quotes` }),
    Node: (_, node, path) => {
      const strange =
        node.tag !== undefined
          ? `the tag ${node.tag}`
          : 'anchor' in node && node.anchor
            ? `the anchor &${node.anchor}`
            : path.length > DEEPEST
              ? 'conditions within conditions too deep to read'
              : undefined;
      if (strange !== undefined) problems.push({ line: lineOf(node.range?.[0]), text: strange });
      return path.length > DEEPEST ? visit.SKIP : undefined;
    },
  });
  return problems;
}

/** The node at `path`, or the last one on the way there. */
function deepest(document: Document, path: readonly (string | number)[]): { node: Node | undefined; isWhole: boolean } {
  let node: unknown = document.contents;
  for (const key of path) {
    const next: unknown = isCollection(node) ? node.get(key, true) : undefined;
    // One in place of a list of one.
    if (next === undefined && key === 0 && isScalar(node)) continue;
    if (!isNode(next)) return { node: isNode(node) ? node : undefined, isWhole: false };
    node = next;
  }
  return { node: isNode(node) ? node : undefined, isWhole: true };
}

function keyOffset(node: Node | undefined, key: string): number | undefined {
  const pair = isMap(node) ? node.items.find((item) => String(item.key) === key) : undefined;
  return (isNode(pair?.key) ? pair.key : node)?.range?.[0];
}

const spell = (path: readonly (string | number)[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('') || 'the whole';

function refuse(file: string, problems: readonly Problem[]): ConfigError {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  const shown = sorted.slice(0, SHOWN_PROBLEMS).map(({ line, text }) => `line ${line}: ${text}`);
  const more = sorted.length > shown.length ? `; and ${sorted.length - shown.length} more` : '';
  return new ConfigError({
    operation: `read the spec ${file}`,
    got: shown.join('; ') + more,
    expected: 'schemaVersion 1, name, otherwise (an effect for every risk) and rules (id, authority, effect, because, when), in plain YAML',
    fix: `change ${sorted.length === 1 ? 'that line' : 'those lines'}; the head of src/release/spec/index.ts shows a whole spec`,
    details: { file, problems: sorted },
  });
}
