/**
 * A model on disk: a folder that transformers and its relatives load as it is (`config.json`, `model.safetensors`,
 * `tokenizer.json`), beside which `heads.safetensors` has the heads that only Journeyman knows.
 *
 * Invariant: a folder is one save, whole; whoever is killed during a save leaves the one before or the one after (see
 * `replace-folder.ts`). What is loaded fits: weights to configuration, tokenizer to vocabulary. It is not a run: state
 * of a trainer comes along as extra files, and what is in them is the trainer's business.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CheckpointError, hashBytes, saveAtomically } from '../../base/index.ts';
import { checkConfig, type ModelConfig, type Weights } from '../config.ts';
import { formatLlamaConfig, parseLlamaConfig, tokenizerHashIn } from './llama-config.ts';
import { readWeights, storeWeights } from './llama-weights.ts';
import { readFolder, replaceFolder } from './replace-folder.ts';
import { loadSafetensors, type StoredTensor, saveSafetensors } from './safetensors.ts';
import { show } from './safetensors-header.ts';
import { loadTensors, loadTextIfPresent, MODEL_FILE } from './shards.ts';
import { checkTokenizerFits, checkTokenizerHash } from './tokenizer-fit.ts';

export const CONFIG_FILE = 'config.json';
export const HEADS_FILE = 'heads.safetensors';
export const TOKENIZER_FILE = 'tokenizer.json';
/** Names of extra files begin with this, which keeps them apart from other libraries' files. */
export const EXTRA_PREFIX = 'journeyman-';
/** What makes an agent of a model has names of its own. */
const AGENT_FILES: ReadonlySet<string> = new Set([
  'agent.json',
  'wide.bin',
  'lineage.json',
  'model.onnx',
  'certificate.json',
  'scores.jsonl',
]);

export interface ModelToSave {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizerJson?: string;
  /** Further files of the same save, by name (`journeyman-…`), as the parts that they consist of. */
  readonly extraFiles?: ReadonlyMap<string, readonly (Uint8Array | string)[]>;
}

export interface LoadedModel {
  readonly config: ModelConfig;
  /** In the order of `parameterSpecs(config)`, without the missing ones. */
  readonly weights: Map<string, Float32Array>;
  /** Head parameters that the folder lacks, for the caller to initialise. */
  readonly missing: readonly string[];
  readonly tokenizerJson?: string;
}

export interface LoadOptions {
  /** Heads to have instead of those that `config.json` names, e.g. on a Llama checkpoint from elsewhere. */
  readonly heads?: Partial<Pick<ModelConfig, 'pointerWidth' | 'valueHead' | 'rewardHead'>>;
}

/** Puts the model in `folder`, which is absent, empty, or an earlier save that it replaces. Throws `CheckpointError`, leaving what was there. */
export function saveModel(folder: string, { config, weights, tokenizerJson, extraFiles = new Map() }: ModelToSave): void {
  const { llama, heads } = storeWeights(weights, checkConfig(config));
  if (tokenizerJson !== undefined) checkTokenizerFits(tokenizerJson, { config, source: `the tokenizer to save in ${folder}` });
  for (const name of extraFiles.keys())
    if (!isExtra(name))
      throw new CheckpointError({
        operation: `save model ${folder}`,
        got: `an extra file ${show(name)}`,
        expected: `a plain name that begins with ${EXTRA_PREFIX}`,
      });
  checkReplaceable(folder);
  replaceFolder(folder, (temporary) => {
    // Other libraries refuse a file that doesn't say whose tensor layout it has.
    saveSafetensors(join(temporary, MODEL_FILE), llama, { format: 'pt' });
    if (heads.size > 0) saveSafetensors(join(temporary, HEADS_FILE), heads, { format: 'pt' });
    if (tokenizerJson !== undefined) saveAtomically(join(temporary, TOKENIZER_FILE), tokenizerJson);
    for (const [name, parts] of extraFiles) saveAtomically(join(temporary, name), parts);
    saveAtomically(
      join(temporary, CONFIG_FILE),
      formatLlamaConfig(config, tokenizerJson === undefined ? undefined : hashBytes(tokenizerJson)),
    );
  });
}

/** Loads a folder that `saveModel` or another library wrote. Throws `CheckpointError` where its parts are damaged or don't fit together. */
export function loadModel(folder: string, { heads = {} }: LoadOptions = {}): LoadedModel {
  return readFolder(folder, (path) => {
    const configPath = join(path, CONFIG_FILE);
    const configText = loadTextIfPresent(configPath);
    if (configText === undefined)
      throw new CheckpointError({
        operation: `load model ${folder}`,
        got: `no ${CONFIG_FILE} there`,
        expected: 'a folder with a Llama-family checkpoint',
        fix: 'check the path; train or download a model first',
      });
    const config = checkConfig({ ...parseLlamaConfig(configText, configPath), ...heads });
    const tokenizerJson = loadTextIfPresent(join(path, TOKENIZER_FILE));
    if (tokenizerJson !== undefined) {
      const source = join(path, TOKENIZER_FILE);
      checkTokenizerFits(tokenizerJson, { config, source });
      checkTokenizerHash(tokenizerJson, { expected: tokenizerHashIn(configText), source });
    }
    const headsPath = join(path, HEADS_FILE);
    const headTensors = isPresent(headsPath) ? loadSafetensors(headsPath).tensors : new Map<string, StoredTensor>();
    const { weights, missing } = readWeights(loadTensors(path), headTensors, { config, source: path });
    return { config, weights, missing, ...(tokenizerJson === undefined ? {} : { tokenizerJson }) };
  });
}

/** Bytes of an extra file of the save in `folder`, or undefined where it has none; `read` gets its path. */
export function loadExtraFile<T>(
  folder: string,
  { name, read }: { readonly name: string; readonly read: (path: string) => T },
): T | undefined {
  return readFolder(folder, (path) => (isPresent(join(path, name)) ? read(join(path, name)) : undefined));
}

/** A save replaces the whole folder, so there must be nothing in it that no save has written. */
function checkReplaceable(folder: string): void {
  if (!isPresent(folder)) return;
  if (!statSync(folder).isDirectory()) throw notReplaceable(folder, 'a file of that name');
  const ours = new Set([CONFIG_FILE, MODEL_FILE, HEADS_FILE, TOKENIZER_FILE]);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory() || !(ours.has(entry.name) || isExtra(entry.name))) throw notReplaceable(folder, `${show(entry.name)} in it`);
}

function notReplaceable(folder: string, got: string): CheckpointError {
  return new CheckpointError({
    operation: `save model ${folder}`,
    got,
    expected: 'a folder that is absent, empty, or has nothing but an earlier save',
    fix: 'save to another folder, or move that away: a save replaces the whole folder',
  });
}

const isPresent = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
const isExtra = (name: string): boolean =>
  AGENT_FILES.has(name) || (name.startsWith(EXTRA_PREFIX) && basename(name) === name && !name.includes('\\'));
