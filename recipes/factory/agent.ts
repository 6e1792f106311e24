/**
 * The agent folder, which is the product: a model that the common libraries know how to read, and beside it what makes it an agent.
 *
 *   config.json, model.safetensors, heads.safetensors, tokenizer.json     the model
 *   wide.bin          what was counted (src/wide)
 *   model.onnx        one step of it, for other runtimes
 *   agent.json        the gym it works in, how it decides, its thresholds and limits
 *   lineage.json      what it was made of
 *   certificate.json, scores.jsonl     once it was examined
 */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { CheckpointError, hashBytes } from '../../src/base/index.ts';
import { type FolderModel, loadFolderModel } from '../../src/cli/index.ts';
import { stepOnnx } from '../../src/engine/index.ts';
import { type ModelConfig, saveModel, type Weights } from '../../src/model/index.ts';
import type { Lineage } from '../../src/records/index.ts';
import { formatWide, parseWide, type WideModel } from '../../src/wide/index.ts';

const agentSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string(),
  gym: z.string(),
  gymVersion: z.string(),
  /** SHA-256 of the weights. */
  weights: z.string(),
  /** SHA-256 of `wide.bin`; null for none. */
  wide: z.string().nullable().default(null),
  /** Temperature of its decisions at work; 0 takes the most probable action. */
  temperature: z.number().min(0),
  /** The critic's expectation below which it hands over; null: as its exam has shown. */
  abstainBelow: z.number().min(0).max(1).nullable(),
  /** Nats a token of an observation above which the world counts as another one; null: as its exam has shown. */
  surpriseAbove: z.number().positive().nullable(),
  limits: z.strictObject({ steps: z.number().positive(), seconds: z.number().positive() }),
});
export type AgentSettings = Readonly<z.infer<typeof agentSchema>>;

export interface Agent {
  readonly folder: string;
  readonly settings: AgentSettings;
  readonly model: FolderModel;
  readonly wide: WideModel | undefined;
  readonly lineage: Lineage;
}

export interface AgentToSave {
  readonly settings: Omit<AgentSettings, 'schemaVersion' | 'weights' | 'wide'>;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizerJson: string;
  readonly wide?: WideModel | undefined;
  readonly lineage: Omit<Lineage, 'weights'>;
}

/** Writes the folder as a whole; returns the hash of the weights. */
export function saveAgent(folder: string, { settings, config, weights, tokenizerJson, wide, lineage }: AgentToSave): string {
  const hash = hashWeights(weights);
  const counted = wide && formatWide(wide);
  const json = (value: object): string[] => [`${JSON.stringify(value, null, 2)}\n`];
  saveModel(folder, {
    config,
    weights,
    tokenizerJson,
    extraFiles: new Map<string, readonly (Uint8Array | string)[]>([
      [
        'agent.json',
        json({ schemaVersion: 1, ...settings, weights: hash, wide: counted ? hashBytes(counted) : null } satisfies AgentSettings),
      ],
      ['lineage.json', json({ ...lineage, weights: hash } satisfies Lineage)],
      ['model.onnx', [stepOnnx(config, weights)]],
      ...(counted ? ([['wide.bin', [counted]]] as const) : []),
    ]),
  });
  return hash;
}

/** Puts files of its examination into the folder: `certificate.json`, `scores.jsonl`. */
export function addToAgent(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, from] of Object.entries(files)) copyFileSync(from, join(folder, name));
}

/** Throws `CheckpointError` for what is no agent or was altered since it was saved. */
export function loadAgent(folder: string): Agent {
  const operation = `load the agent ${folder}`;
  const settings = readWith(join(folder, 'agent.json'), agentSchema, operation);
  const lineage = readWith(join(folder, 'lineage.json'), z.looseObject({ schemaVersion: z.literal(1) }), operation) as unknown as Lineage;
  const model = loadFolderModel(folder);
  if (hashWeights(model.weights) !== settings.weights)
    throw new CheckpointError({
      operation,
      got: 'weights that are not those that agent.json names',
      expected: 'a folder as it was saved',
      fix: 'take the agent from its run again',
    });
  return { folder, settings, model, wide: loadWide(join(folder, 'wide.bin'), settings.wide, operation), lineage };
}

function loadWide(path: string, hash: string | null, operation: string): WideModel | undefined {
  const bytes = existsSync(path) ? readFileSync(path) : undefined;
  if ((bytes ? hashBytes(bytes) : null) !== hash)
    throw new CheckpointError({
      operation,
      got: bytes ? 'a wide.bin that is not the one that agent.json names' : 'no wide.bin',
      expected: 'a folder as it was saved',
      fix: 'take the agent from its run again',
    });
  return bytes && parseWide(bytes, path);
}

/** Sum of the sizes of what was saved; what its examination added does not count. */
export const agentBytes = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => !EXAMINATION.includes(name))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

const EXAMINATION: readonly string[] = ['certificate.json', 'scores.jsonl'];

/** In the order of the names, so that it doesn't matter where they were loaded from. */
export function hashWeights(weights: Weights): string {
  return hashBytes(
    ...[...weights]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, { buffer, byteOffset, byteLength }]) => [name, new Uint8Array(buffer, byteOffset, byteLength)]),
  );
}

function readWith<T>(path: string, schema: z.ZodType<T>, operation: string): T {
  if (!existsSync(path))
    throw new CheckpointError({
      operation,
      got: `no ${basename(path)} there`,
      expected: 'the folder of an agent',
      fix: 'npx journeyman make GYM makes one: it lies in runs/GYM/…/agent',
    });
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new CheckpointError({
      operation,
      got: `a ${basename(path)} that can't be read (${String(cause).slice(0, 200)})`,
      expected: 'as it was saved',
      cause,
    });
  }
}
