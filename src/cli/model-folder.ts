/** Models for commands: out of a folder (a checkpoint, or a run that has one), or fresh from a preset. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ArgsDef } from 'citty';
import { DataError, hashBytes, Random } from '../base/index.ts';
import { SPECIAL_TOKENS } from '../grammar/index.ts';
import {
  initializeParameter,
  loadModel,
  type ModelConfig,
  PRESET_NAMES,
  parameterSpecs,
  parseTokenizerJson,
  presetConfig,
  type Tokenizer,
} from '../model/index.ts';
import { CHECKPOINT_FOLDER } from '../train/index.ts';
import type { Options } from './options.ts';

export interface FolderModel {
  readonly config: ModelConfig;
  readonly weights: Map<string, Float32Array>;
  readonly tokenizer: Tokenizer;
  readonly tokenizerJson: string;
  /** Hash of the weights. */
  readonly identity: string;
}

/** Heads that a model from elsewhere lacks start fresh. Throws `CheckpointError` or `DataError` for what can't be used. */
export function loadFolderModel(folder: string): FolderModel {
  const checkpoint = checkpointIn(folder);
  const { config, weights: loaded, missing, tokenizerJson } = loadModel(checkpoint);
  if (tokenizerJson === undefined)
    throw new DataError({
      operation: `load model ${checkpoint}`,
      got: 'no tokenizer.json there',
      expected: 'the tokenizer of the model beside it',
    });
  const tokenizer = parseTokenizerJson(tokenizerJson, join(checkpoint, 'tokenizer.json'));
  // A transcript's structure has these ids, whatever the tokenizer.
  const wrong = SPECIAL_TOKENS.findIndex((token, id) => tokenizer.specialTokens[id] !== token || tokenizer.idOf(token) !== id);
  if (wrong >= 0)
    throw new DataError({
      operation: `read ${join(checkpoint, 'tokenizer.json')}`,
      got: `${JSON.stringify(tokenizer.tokenOf(wrong))} as token ${wrong}`,
      expected: `${JSON.stringify(SPECIAL_TOKENS[wrong])}, the special tokens of transcripts first`,
      fix: 'use a model that Journeyman has pretrained',
    });
  const random = new Random('missing heads');
  const absent = new Set(missing);
  const fresh = parameterSpecs(config).filter(({ name }) => absent.has(name));
  const weights = new Map([...loaded, ...fresh.map((spec) => [spec.name, initializeParameter(spec, random)] as const)]);
  return { config, weights, tokenizer, tokenizerJson, identity: hashWeights(weights) };
}

/** The preset's shape for this tokenizer. */
export function presetFor(options: Options, { vocabularySize }: { readonly vocabularySize: number }): ModelConfig {
  return presetConfig(presetOf(options), { vocabularySize });
}

/** How many tokens the tokenizer of a new model may have: what was asked for, else what the preset says. */
export function vocabularyFor(options: Options): number {
  return options.count('vocabulary', SPECIAL_TOKENS.length + 256) ?? presetConfig(presetOf(options)).vocabularySize;
}

export const PRESET_ARGS: ArgsDef = {
  preset: {
    type: 'string',
    valueHint: PRESET_NAMES.join('|'),
    description: 'Size of a new model (0.2, 0.6, 2.9, 15 million parameters); default micro',
  },
  vocabulary: { type: 'string', valueHint: 'N', description: 'Most tokens of a new tokenizer; default: as the preset has' },
};

const presetOf = (options: Options) => options.oneOf('preset', PRESET_NAMES) ?? 'micro';

function checkpointIn(folder: string): string {
  const checkpoint = join(folder, CHECKPOINT_FOLDER);
  return existsSync(join(folder, 'config.json')) ||
    !existsSync(folder) ||
    !(existsSync(checkpoint) || existsSync(join(folder, `.${CHECKPOINT_FOLDER}.previous`)))
    ? folder
    : checkpoint;
}

const hashWeights = (weights: ReadonlyMap<string, Float32Array>): string =>
  hashBytes(
    ...[...weights].flatMap(([name, { buffer, byteOffset, byteLength }]) => [name, new Uint8Array(buffer, byteOffset, byteLength)]),
  );
