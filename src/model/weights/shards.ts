/**
 * The tensors of a checkpoint folder: of `model.safetensors`, or of the several files that `model.safetensors.index.json`
 * names. The index may only name files in the folder itself.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError } from '../../base/index.ts';
import { loadSafetensors, type StoredTensor } from './safetensors.ts';
import { show } from './safetensors-header.ts';

export const MODEL_FILE = 'model.safetensors';
export const INDEX_FILE = 'model.safetensors.index.json';

const TEXT_LIMIT_BYTES = 256 * 2 ** 20;

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/** All tensors by name. Where both forms exist the single file counts, as in transformers. */
export function loadTensors(folder: string): Map<string, StoredTensor> {
  const single = join(folder, MODEL_FILE);
  if (reading(single, () => statSync(single, { throwIfNoEntry: false })) !== undefined) return loadSafetensors(single).tensors;
  const indexPath = join(folder, INDEX_FILE);
  const text = loadTextIfPresent(indexPath);
  if (text === undefined)
    throw new CheckpointError({
      operation: `load model ${folder}`,
      got: `neither ${MODEL_FILE} nor ${INDEX_FILE} in it`,
      expected: 'one of them',
      fix: 'save the model as safetensors (other formats are not read)',
    });
  return loadShards(folder, parseIndex(text, indexPath));
}

/** A text file of sane size, or undefined where there is none. */
export function loadTextIfPresent(path: string): string | undefined {
  const bytes = reading(path, () => statSync(path, { throwIfNoEntry: false })?.size);
  if (bytes === undefined) return undefined;
  if (bytes > TEXT_LIMIT_BYTES)
    throw new CheckpointError({ operation: `read ${path}`, got: `${bytes} bytes`, expected: `at most ${TEXT_LIMIT_BYTES}` });
  return reading(path, () => readFileSync(path, 'utf8'));
}

/** A folder of that name, or a file that may not be read, is the checkpoint's fault like any other. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new CheckpointError({
      operation: `read ${path}`,
      got: (cause as Error).message,
      expected: 'a file that can be read',
      fix: 'check what lies at that path, and its permissions',
      details: { file: path },
      cause,
    });
  }
}

function parseIndex(text: string, source: string): ReadonlyMap<string, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrongIndex(source, 'text that is not JSON', 'an object with weight_map', cause);
  }
  const parsed = indexSchema.safeParse(json);
  if (!parsed.success) throw wrongIndex(source, show(json), 'an object with weight_map, from tensor names to file names');
  const files = new Map(Object.entries(parsed.data.weight_map));
  for (const [tensor, file] of files)
    if (!/^[\w.-]+\.safetensors$/.test(file) || file.startsWith('.'))
      throw wrongIndex(source, `tensor ${show(tensor)} in file ${show(file)}`, 'the plain name of a .safetensors file in the same folder');
  return files;
}

function loadShards(folder: string, fileOf: ReadonlyMap<string, string>): Map<string, StoredTensor> {
  const source = join(folder, INDEX_FILE);
  const tensors = new Map<string, StoredTensor>();
  for (const file of new Set(fileOf.values()))
    for (const [name, tensor] of loadSafetensors(join(folder, file)).tensors) {
      if (fileOf.get(name) !== file) throw wrongIndex(source, `tensor ${show(name)} in ${file}`, `it in ${show(fileOf.get(name))}`);
      tensors.set(name, tensor);
    }
  for (const [name, file] of fileOf)
    if (!tensors.has(name)) throw wrongIndex(source, `no tensor ${show(name)} in ${file}`, 'what the index says');
  return tensors;
}

function wrongIndex(source: string, got: string, expected: string, cause?: unknown): CheckpointError {
  return new CheckpointError({
    operation: `read ${source}`,
    got,
    expected,
    fix: 'get index and weights from the same place again',
    details: { file: source },
    cause,
  });
}
