/**
 * Where the books lie: `FOLDER/COMPARTMENT/triage.jsonl`. A compartment's name can't lead out of the folder, and links are refused, so that the data of one
 * customer is never found under the name of another.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../base/index.ts';
import { requirePlain } from '../release/index.ts';
import { compartmentSchema } from './triage-entry.ts';

export interface CompartmentPlace {
  /** Of all compartments. */
  readonly root: string;
  readonly compartment: string;
  readonly folder: string;
  readonly book: string;
  /** Which exam tasks were passed, by which version. */
  readonly passes: string;
}

/** Throws `ConfigError` for what is no name of a compartment, `DataError` where a link or something else stands in the place of folder or file. */
export function compartmentPlace(root: string, compartment: string): CompartmentPlace {
  if (!compartmentSchema.safeParse(compartment).success)
    throw new ConfigError({
      operation: `look into ${root}`,
      got: `the compartment ${JSON.stringify(String(compartment).slice(0, 80))}`,
      expected: 'at most 63 of a–z, 0–9 and dash, with a letter or digit first',
      fix: 'call it as the customer is called, e.g. acme',
    });
  const folder = join(root, compartment);
  const place = { root, compartment, folder, book: join(folder, 'triage.jsonl'), passes: join(folder, 'passed.jsonl') };
  requirePlainIfThere(folder, 'folder');
  requirePlainIfThere(place.book, 'file');
  requirePlainIfThere(place.passes, 'file');
  return place;
}

function requirePlainIfThere(path: string, kind: 'folder' | 'file'): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) requirePlain(path, kind, `look into ${path}`);
}
