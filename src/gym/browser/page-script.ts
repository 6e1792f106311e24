/**
 * The page program as text: the TypeScript of `page/`, types stripped, joined into one function each for the isolated world and for the page's own.
 */
import { readFileSync } from 'node:fs';
import { stripTypes } from '../../base/index.ts';

/** In order of their dependence. */
const OBSERVER_FILES = ['text', 'cells', 'bridge', 'items', 'names', 'shapes', 'layers', 'walk', 'keys', 'act', 'settle', 'saved', 'main'];

const sources = new Map<string, string>();

function sourceOf(name: string): string {
  let source = sources.get(name);
  if (source === undefined) {
    const typed = readFileSync(new URL(`./page/${name}.ts`, import.meta.url), 'utf8');
    source = stripTypes(typed)
      .replace(/^import\s[^;]*;\s*$/gm, '')
      .replace(/^export (?=async function|function|const|class)/gm, '');
    sources.set(name, source);
  }
  return source;
}

/** For the isolated world: makes `journeymanPage`. */
export function observerScript(secret: string): string {
  const body = OBSERVER_FILES.map(sourceOf).join('\n');
  return `(() => { 'use strict'; if (globalThis.journeymanPage) return;\n${body}\nglobalThis.journeymanPage = makePage(${JSON.stringify(secret)}); })();`;
}

/** For the page's own world, before any script of the page. */
export function hookScript(options: { readonly secret: string; readonly epochMs: number | null }): string {
  return `(() => { 'use strict';\n${sourceOf('hooks')}\ninstallHooks(${JSON.stringify(options)}); })();`;
}
