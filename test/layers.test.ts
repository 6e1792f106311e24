import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkLayers, findImports, LAYERS } from './layers.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['src', 'recipes', 'bench', 'test', 'examples', 'gyms', 'bin'];

function readTree(): Map<string, string> {
  const files = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules') visit(path);
      else if (entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name)) files.set(path, readFileSync(join(ROOT, path), 'utf8'));
    }
  };
  const present = new Set(readdirSync(ROOT));
  for (const folder of FOLDERS) if (present.has(folder)) visit(folder);
  return files;
}

/** The rules that made-up files break. */
function broken(files: Record<string, string>): string[] {
  return checkLayers(new Map(Object.entries(files))).map((violation) => violation.rule);
}

describe('this repository', () => {
  const files = readTree();

  it('is read', () => {
    expect(files.size).toBeGreaterThan(10);
    expect(findImports(files.get('src/base/index.ts') ?? '').imports.length).toBeGreaterThan(3);
  });

  it('keeps the rules', () => {
    expect(checkLayers(files)).toEqual([]);
  });
});

describe('the table', () => {
  it('lets a folder import only what stands above it', () => {
    const names = Object.keys(LAYERS);
    for (const [i, name] of names.entries())
      for (const other of LAYERS[name]?.mayImport ?? []) expect(names.slice(0, i), `${name} imports ${other}`).toContain(other);
  });
});

describe('checkLayers', () => {
  it('accepts what the table allows', () => {
    expect(
      broken({
        'src/model/a.ts': "import type { X } from '../tensor/index.ts';\nimport { y } from './b.ts';\nimport fs from 'node:fs';",
        'src/model/b.ts': "export * from '../base/index.ts';\nconst data = new URL('./data.json', import.meta.url);",
        'src/model/index.ts': "export { a } from './a.ts';",
        'src/tensor/session.ts': "import * as ort from 'onnxruntime-node';\nimport pb from 'protobufjs/minimal.js';",
        'src/console/page.ts': "import type { Served } from '../serve/index.ts';\nimport { hash } from '../base/index.ts';",
        'src/model/a.test.ts': "import { peer } from '../../test/peer.ts';",
        'recipes/start.ts': "import { train } from '../src/train/index.ts';\nimport { a } from './other.ts';",
      }),
    ).toEqual([]);
  });

  it.each([
    ['static', "import { a } from '../train/index.ts';"],
    ['type', "import type { A } from '../train/index.ts';"],
    ['inline type', "import { type A } from '../train/index.ts';"],
    ['default and named', "import a, { b } from '../train/index.ts';"],
    ['over several lines', "import {\n  a, // why\n  b,\n} from '../train/index.ts';"],
    ['side effect', "import '../train/index.ts';"],
    ['re-export', "export { a } from '../train/index.ts';"],
    ['re-export of all', "export * as a from '../train/index.ts';"],
    ['dynamic', "const a = await import('../train/index.ts');"],
    ['type query', "type A = import('../train/index.ts').A;"],
    ['required', "const a = require('../train/index.ts');"],
    ['by URL', "new Worker(new URL('../train/index.ts', import.meta.url));"],
    ['resolved', "const a = import.meta.resolve('../train/index.ts');"],
  ])('sees an import that is %s', (_, text) => {
    expect(broken({ 'src/model/a.ts': `const before = 1;\n${text}\n` })).toEqual(['layer']);
  });

  it('takes no comment and no plain text for an import', () => {
    const text =
      "/**\n * @example\n * import { a } from '../train/index.ts';\n */\n// import '../train/index.ts';\nconst from = \"import 'x'\";\nimport json, sys\n";
    expect(findImports(text)).toEqual({ imports: [], unreadable: [] });
  });

  it.each([
    'IMPORT x = require(name);',
    'const a = await IMPORT(name);',
    "IMPORT { /* } */ a } from './x.ts';",
    "EXPORT { /* } */ a } from './x.ts';",
    "IMPORT {\n  a, // }\n} from './x.ts';",
  ])('refuses what it can not read: %s', (text) => {
    // In capitals above, so that the check of this very file does not stumble.
    const source = text.replace('IMPORT', 'import').replace('EXPORT', 'export');
    expect(broken({ 'src/model/a.ts': source })).toContain('unreadable');
  });

  it.each([
    ['layer', 'src/base/a.ts', "import { a } from '../records/index.ts';"],
    ['layer', 'src/records/a.ts', "import { a } from '../grammar/index.ts';"],
    ['layer', 'src/train/a.ts', "import { a } from '../rollout/index.ts';"],
    ['layer', 'src/model/deep/a.ts', "import { a } from '../../engine/index.ts';"],
    ['index-only', 'src/model/a.ts', "import { a } from '../tensor/session.ts';"],
    ['index-only', 'src/model/a.ts', "import { a } from '../tensor';"],
    ['index-only', 'src/model/a.ts', "import { a } from '../tensor/deep/index.ts';"],
    ['index-only', 'recipes/start.ts', "import { a } from '../src/model/config.ts';"],
    ['index-only', 'bench/main.ts', "import { a } from '../src/model/config.ts';"],
    ['index-only', 'test/a.test.ts', "import { a } from '../src/model/config.ts';"],
    ['index-only', 'examples/01.ts', "import { a } from '../src/model/config.ts';"],
    ['index-only', 'gyms/forms/gym.ts', "import { a } from '../../src/model/config.ts';"],
    ['index-only', 'bin/tool.mjs', "import { a } from '../src/cli/main.ts';"],
    ['own-index', 'src/model/a.ts', "import { a } from './index.ts';"],
    ['own-index', 'src/model/deep/a.ts', "import { a } from '../index.ts';"],
    ['types-only', 'src/console/page.ts', "import { serve } from '../serve/index.ts';"],
    ['outside', 'src/model/a.ts', "import { a } from '../../recipes/start.ts';"],
    ['package', 'src/model/a.ts', "import ort from 'onnxruntime-node';"],
    ['package', 'bench/main.ts', "import pb from 'protobufjs/minimal.js';"],
    ['unknown-folder', 'src/utils/a.ts', 'export const a = 1;'],
    ['unknown-folder', 'src/main.ts', 'export const a = 1;'],
    ['unknown-folder', 'src/toString/a.ts', 'export const a = 1;'],
  ])('breaks the rule %s in %s by %s', (rule, file, text) => {
    expect(broken({ [file]: text })).toEqual([rule]);
  });

  it('finds cycles, among types too, once each, as a path', () => {
    const cycles = checkLayers(
      new Map([
        ['src/base/a.ts', "import type { B } from './b.ts';"],
        ['src/base/b.ts', "import { c } from './c.ts';\nimport { d } from './d.ts';"],
        ['src/base/c.ts', "export type { A } from './a.ts';"],
        ['src/base/d.ts', "import { e } from './e.ts';"],
        ['src/base/e.ts', ''],
        ['recipes/self.ts', "await import('./self.ts');"],
      ]),
    );
    expect(cycles.map(({ rule, message }) => [rule, message])).toEqual([
      ['cycle', 'recipes/self.ts -> recipes/self.ts'],
      ['cycle', 'src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts'],
    ]);
  });
});
