/**
 * A local checkout of the benchmark, or of any folder of pages with its interface: where its pages are and what they are made of.
 *
 * Invariant: a parsed checkout has `core/core.js` and at least one page. Nothing of it is part of this project.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import * as z from 'zod';
import { hashJson } from '../../src/base/index.ts';
import { GymError } from '../../src/gym/index.ts';

export interface Checkout {
  /** Absolute; holds `miniwob/` and `core/`. */
  readonly root: string;
}

const settingsSchema = z.strictObject({ path: z.string().min(1).max(4096) });
const PAGE = /^[a-z0-9]+(?:-[a-z0-9]+)*\.html$/;

/** Reads `{path}`: a folder that is or holds `html/`. Throws `GymError` that says what is missing. */
export function parseCheckout(settings: unknown): Checkout {
  const parsed = settingsSchema.safeParse(settings);
  if (!parsed.success)
    throw wrong(JSON.stringify(settings)?.slice(0, 200) ?? 'nothing', '{path: the folder of a local checkout}', 'pass --path DIR');
  const path = resolve(parsed.data.path);
  if (!existsSync(path) || !statSync(path).isDirectory()) throw wrong(path, 'a folder that exists', 'pass --path the folder of a checkout');
  const places = [join(path, 'miniwob', 'html'), join(path, 'html'), path];
  const root = places.find((place) => existsSync(join(place, 'core', 'core.js')));
  if (root === undefined)
    throw wrong(`${path} without core/core.js`, 'core/core.js in it or in its html/', 'pass the top of a whole checkout');
  if (listTasks({ root }).length === 0) throw wrong(`${root} without pages`, 'miniwob/NAME.html in it', 'pass the top of a whole checkout');
  return { root };
}

/** The tasks by file name, in order. */
export function listTasks({ root }: Checkout): readonly string[] {
  const folder = join(root, 'miniwob');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => PAGE.test(file))
    .map((file) => file.slice(0, -'.html'.length))
    .sort();
}

/** Hash over a page and the scripts and styles that pages share; what the same seed gives depends on them. Eight hex digits. */
export function computePageVersion({ root }: Checkout, task: string): string {
  const shared = ['core', 'common'].flatMap((name) =>
    existsSync(join(root, name))
      ? readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.(?:js|css|json)$/.test(file))
          .map((file) => join(name, file))
      : [],
  );
  const files = [...shared.sort(), join('miniwob', `${task}.html`)];
  return hashJson(files.map((file) => [file.split(sep).join('/'), readFileSync(join(root, file), 'base64')])).slice(0, 8);
}

function wrong(got: string, expected: string, fix: string): GymError {
  return new GymError({ operation: 'gym add miniwob', got, expected, fix });
}
