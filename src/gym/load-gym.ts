/**
 * Finds a gym by its name: `gyms/NAME/gym.ts` of the working folder, then of this package. A name with a slash is a task of a collection that
 * was added with its settings (`.journeyman/gyms.json`).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as z from 'zod';
import { JourneymanError, type Json, saveAtomically } from '../base/index.ts';
import { GymError } from './errors.ts';
import type { GymModule } from './expert.ts';
import type { ProofPlace } from './proof.ts';

/** Many gyms from one place, such as a checkout of a benchmark; `gyms/NAME/gym.ts` exports it as `gymCollection`. */
export interface GymCollection {
  /** Checks what `gym add` was told. Throws `GymError`. */
  parseSettings(settings: unknown): Json;
  names(settings: Json): readonly string[];
  open(name: string, settings: Json): GymModule;
}

export interface LoadedGym extends ProofPlace {
  readonly module: GymModule;
}

const PACKAGE_GYMS = fileURLToPath(new URL('../../gyms/', import.meta.url));
const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Throws `GymError` for a name that is unknown or no name, and for a module that is no gym. */
export async function loadGym(name: string, root: string = process.cwd()): Promise<LoadedGym> {
  const [head = '', ...rest] = name.split('/');
  if (![head, ...rest].every((part) => NAME.test(part)) || rest.length > 1) throw unknown(name, root);
  const folder = findFolder(head, root);
  if (folder === undefined) throw unknown(name, root);
  const exports = await importModule(join(folder, 'gym.ts'));
  const [task] = rest;
  if (task === undefined) {
    const module = exports.gymModule;
    if (!isModule(module)) throw malformed(folder, 'no gymModule with gym, expert and proof');
    return { module, manifest: module.gym.manifest, folder, proofPath: join(folder, 'proof.json') };
  }
  const collection = exports.gymCollection as GymCollection | undefined;
  if (typeof collection?.open !== 'function') throw malformed(folder, 'no gymCollection');
  const settings = readSettings(root)[head];
  if (settings === undefined)
    throw new GymError({
      operation: `load the gym ${name}`,
      got: `no settings for ${head}`,
      expected: 'a collection that was added',
      fix: `npx journeyman gym add ${head} --path DIR`,
    });
  const module = collection.open(task, collection.parseSettings(settings));
  return { module, manifest: module.gym.manifest, folder, proofPath: join(root, '.journeyman', 'proofs', head, `${task}.json`) };
}

/** Keeps the settings of a collection in the working folder; returns the names of its gyms. */
export async function addCollection(name: string, settings: unknown, root: string = process.cwd()): Promise<readonly string[]> {
  const folder = NAME.test(name) ? findFolder(name, root) : undefined;
  const collection =
    folder === undefined ? undefined : ((await importModule(join(folder, 'gym.ts'))).gymCollection as GymCollection | undefined);
  if (!collection) throw new GymError({ operation: 'gym add', got: `'${name}'`, expected: 'a collection, such as miniwob' });
  const parsed = collection.parseSettings(settings);
  const names = collection.names(parsed);
  saveAtomically(settingsPath(root), `${JSON.stringify({ ...readSettings(root), [name]: parsed }, null, 2)}\n`);
  return names;
}

/** Names of the gyms that `loadGym` finds, those of the working folder first; collections end in `/…`. */
export function listGyms(root: string = process.cwd()): readonly string[] {
  const folders = [...new Set([resolve(root, 'gyms'), PACKAGE_GYMS])].filter((folder) => existsSync(folder));
  const names = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => NAME.test(name) && existsSync(join(folder, name, 'gym.ts')))
      .map((name) => (/\bgymCollection\b/.test(readFileSync(join(folder, name, 'gym.ts'), 'utf8')) ? `${name}/…` : name)),
  );
  return [...new Set(names)];
}

function findFolder(name: string, root: string): string | undefined {
  return [resolve(root, 'gyms', name), join(PACKAGE_GYMS, name)].find((folder) => existsSync(join(folder, 'gym.ts')));
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if (cause instanceof JourneymanError) throw cause;
    throw new GymError({ operation: `load ${path}`, got: String(cause), expected: 'a module that loads', cause });
  }
}

function isModule(module: unknown): module is GymModule {
  if (typeof module !== 'object' || module === null) return false;
  const { gym, expert, proof } = module as Partial<GymModule>;
  return typeof gym?.task === 'function' && typeof gym.open === 'function' && typeof expert === 'function' && typeof proof === 'object';
}

const settingsPath = (root: string): string => join(root, '.journeyman', 'gyms.json');

function readSettings(root: string): Record<string, Json> {
  const path = settingsPath(root);
  if (!existsSync(path)) return {};
  try {
    return z.record(z.string(), z.json()).parse(JSON.parse(readFileSync(path, 'utf8'))) as Record<string, Json>;
  } catch (cause) {
    throw new GymError({
      operation: `read ${path}`,
      got: 'something else',
      expected: 'an object: settings by name of collection',
      fix: 'mend or remove it',
      cause,
    });
  }
}

function unknown(name: string, root: string): GymError {
  return new GymError({
    operation: 'load a gym',
    got: `'${name.slice(0, 80)}'`,
    expected: `one of ${listGyms(root).join(', ')}`,
    fix: 'npx journeyman gym new NAME makes a new one',
  });
}

function malformed(folder: string, got: string): GymError {
  return new GymError({ operation: `load ${join(folder, 'gym.ts')}`, got, expected: 'an export gymModule: GymModule' });
}
