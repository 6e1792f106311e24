/**
 * The wide part as bytes: a line that says what it is, a line of JSON (repertoire, and of each model its bits and step), then the weights of each as
 * 16-bit whole numbers of steps, little-endian. Whatever is read may come from anywhere.
 */
import * as z from 'zod';
import { CheckpointError } from '../base/index.ts';
import { HashedLinear } from './hashed-linear.ts';
import { BITS, PARTS, type Part, type WideModel } from './wide-model.ts';

const MAGIC = 'journeyman wide 1';
/** Of the line of JSON. */
const LONGEST_HEADER = 2_000_000;
const MOST_WORDS = 100_000;
const LEAST_STEP = 1e-30;

const hashes = z.array(z.int().min(0).max(0xffff_ffff)).max(MOST_WORDS);

const header = z.strictObject({
  repertoire: z.strictObject({
    actions: z.array(z.tuple([z.string(), z.string().nullable()])),
    sources: z.array(z.tuple([z.string(), z.string()])),
  }),
  words: hashes,
  names: hashes,
  steps: z.strictObject(Object.fromEntries(PARTS.map((part) => [part, z.number().min(LEAST_STEP)])) as Record<Part, z.ZodNumber>),
});

export function formatWide({ repertoire, words, names, parts }: WideModel): Uint8Array {
  const steps = Object.fromEntries(PARTS.map((part) => [part, parts[part].step]));
  const head = Buffer.from(`${MAGIC}\n${JSON.stringify({ repertoire, words, names, steps })}\n`, 'utf8');
  const bodies = PARTS.map((part) => {
    const { weights, step } = parts[part];
    const body = Buffer.alloc(2 * weights.length);
    for (const [i, weight] of weights.entries()) body.writeInt16LE(Math.round(weight / step), 2 * i);
    return body;
  });
  return Buffer.concat([head, ...bodies]);
}

/** Throws `CheckpointError` for what `formatWide` can't have written. */
export function parseWide(bytes: Uint8Array, path = 'wide.bin'): WideModel {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wrong = (got: string, cause?: unknown): CheckpointError =>
    new CheckpointError({ operation: `read ${path}`, got, expected: 'the wide part of an agent, as it was saved', cause });
  const begin = `${MAGIC}\n`;
  if (buffer.toString('latin1', 0, begin.length) !== begin) throw wrong('another kind of file');
  const end = buffer.indexOf('\n', begin.length);
  if (end < 0 || end - begin.length > LONGEST_HEADER) throw wrong('no line that says what is in it');
  const parsed = header.safeParse(jsonOrNull(buffer.toString('utf8', begin.length, end)));
  if (!parsed.success) throw wrong(`a header that is not understood: ${z.prettifyError(parsed.error)}`, parsed.error);
  const { repertoire, words, names, steps } = parsed.data;
  const size = PARTS.reduce((sum, part) => sum + 2 * 2 ** BITS[part], end + 1);
  if (buffer.length !== size) throw wrong(`${buffer.length} bytes instead of ${size}`);
  let at = end + 1;
  const readPart = (part: Part): HashedLinear => {
    const weights = new Float32Array(2 ** BITS[part]);
    for (let i = 0; i < weights.length; i++) weights[i] = buffer.readInt16LE(at + 2 * i) * steps[part];
    at += 2 * weights.length;
    return new HashedLinear(BITS[part], weights);
  };
  return {
    repertoire,
    words,
    names,
    parts: { source: readPart('source'), action: readPart('action'), normaliser: readPart('normaliser') },
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
