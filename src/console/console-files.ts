/**
 * The console's files by their path on the server. Its programs are the modules of `client/`, each served by itself with its types stripped: there is no
 * build step, and nothing comes from elsewhere. Made for a Content-Security-Policy that allows no inline script or style.
 */
import { readFileSync } from 'node:fs';
import { stripTypes } from '../base/index.ts';

export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const MODULES = [
  ...['console', 'api', 'desk', 'dom', 'timing', 'words', 'chart', 'log-in', 'reason-dialog'],
  ...[
    'overview',
    'waiting-view',
    'plan-page',
    'jobs-view',
    'job-page',
    'screenplay',
    'stops-view',
    'alarms-view',
    'send-form',
    'releases-page',
    'runs-page',
    'run-page',
    'preferences-page',
    'triage-page',
  ],
] as const;

/** Reads them all. */
export function consoleFiles(): ReadonlyMap<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>();
  const add = (path: string, type: string, text: string): void => void files.set(path, { type, bytes: new TextEncoder().encode(text) });
  add('/', 'text/html; charset=utf-8', read('console.html'));
  add('/console.css', 'text/css; charset=utf-8', read('console.css'));
  add('/icon.svg', 'image/svg+xml', read('icon.svg'));
  for (const name of MODULES) add(`/${name}.js`, 'text/javascript; charset=utf-8', programOf(read(`${name}.ts`)));
  return files;
}

const read = (name: string): string => readFileSync(new URL(`./client/${name}`, import.meta.url), 'utf8');

const programOf = (typed: string): string => stripTypes(typed).replace(/ from '\.\/([\w-]+)\.ts';$/gm, " from './$1.js';");
