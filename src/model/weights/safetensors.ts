/**
 * Reads and writes safetensors files. F16 and BF16 are widened to float32 on reading, exactly; other types stay.
 * Reading gives every tensor a buffer of its own; writing takes the buffers as they are, without a copy, in an order
 * that depends on names and types alone: same tensors, same bytes.
 *
 * The host is taken to be little-endian, as the format is. It knows nothing about models.
 * Format: https://huggingface.co/docs/safetensors
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CheckpointError, saveAtomically } from '../../base/index.ts';
import {
  type Dtype,
  damaged,
  type Header,
  ITEM_BYTES,
  LENGTH_BYTES,
  METADATA_KEY,
  parseHeader,
  parseHeaderLength,
  show,
} from './safetensors-header.ts';

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

export interface StoredTensor {
  /** The type in the file. */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Row-major. float32 where the file has F32, F16 or BF16. */
  readonly data: TensorData;
}

export interface Safetensors {
  /** In the order of the file. */
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is written: the type in the file follows from the array's class. */
export interface TensorToStore {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Reads a whole file from memory. Throws `CheckpointError` that names `source` unless every byte of it makes sense. */
export function parseSafetensors(bytes: Uint8Array, source: string): Safetensors {
  const headerBytes = parseHeaderLength(bytes, bytes.byteLength, source);
  const dataStart = LENGTH_BYTES + headerBytes;
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), bytes.byteLength - dataStart, source);
  return readTensors(header, (begin, end) => {
    const copy = new Uint8Array(end - begin);
    copy.set(bytes.subarray(dataStart + begin, dataStart + end));
    return copy;
  });
}

/** As `parseSafetensors`, from disk: each tensor is read straight into its own buffer. */
export function loadSafetensors(path: string): Safetensors {
  const file = openToRead(path);
  try {
    const fileBytes = fstatSync(file).size;
    const headerBytes = parseHeaderLength(readRange(file, 0, Math.min(LENGTH_BYTES, fileBytes), path), fileBytes, path);
    const dataStart = LENGTH_BYTES + headerBytes;
    const header = parseHeader(readRange(file, LENGTH_BYTES, dataStart, path), fileBytes - dataStart, path);
    return readTensors(header, (begin, end) => readRange(file, dataStart + begin, dataStart + end, path));
  } finally {
    closeSync(file);
  }
}

/** The file as parts to be written one after the other; the data parts are views of the tensors' own buffers. */
export function formatSafetensors(
  tensors: ReadonlyMap<string, TensorToStore>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const ordered = [...tensors]
    .map(([name, { shape, data }]) => ({ name, shape, data, dtype: dtypeOf(data) }))
    // Widest type first keeps every tensor aligned to its elements.
    .sort((a, b) => ITEM_BYTES[b.dtype] - ITEM_BYTES[a.dtype] || (a.name < b.name ? -1 : 1));
  const members: string[] = [];
  if (Object.keys(metadata).length > 0)
    members.push(`"${METADATA_KEY}":${JSON.stringify(Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))))}`);
  let at = 0;
  for (const { name, shape, data, dtype } of ordered) {
    if (name === METADATA_KEY) throw unwritable(name, 'that name', 'another one, the format keeps it for itself');
    if (shape.reduce((a, b) => a * b, 1) !== data.length)
      throw unwritable(name, `${data.length} elements`, `as many as the shape ${show(shape)} has`);
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [at, at + data.byteLength] })}`);
    at += data.byteLength;
  }
  const json = Buffer.from(`{${members.join(',')}}`, 'utf8');
  const head = new Uint8Array(LENGTH_BYTES + Math.ceil(json.byteLength / 8) * 8).fill(' '.charCodeAt(0));
  new DataView(head.buffer).setBigUint64(0, BigInt(head.byteLength - LENGTH_BYTES), true);
  head.set(json, LENGTH_BYTES);
  return [head, ...ordered.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

export function saveSafetensors(
  path: string,
  tensors: ReadonlyMap<string, TensorToStore>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  saveAtomically(path, formatSafetensors(tensors, metadata));
}

function unwritable(name: string, got: string, expected: string): CheckpointError {
  return new CheckpointError({ operation: `write safetensors, tensor ${show(name)}`, got, expected });
}

function dtypeOf(data: TensorData): Dtype {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof BigInt64Array) return 'I64';
  return 'U8';
}

/** `read` gives a fresh buffer with the bytes of a range of the data. */
function readTensors(header: Header, read: (begin: number, end: number) => Uint8Array<ArrayBuffer>): Safetensors {
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of header.entries)
    tensors.set(name, { dtype, shape, data: decode(dtype, read(begin, end)) });
  return { tensors, metadata: header.metadata };
}

function decode(dtype: Dtype, bytes: Uint8Array<ArrayBuffer>): TensorData {
  switch (dtype) {
    case 'F64':
      return new Float64Array(bytes.buffer);
    case 'I64':
      return new BigInt64Array(bytes.buffer);
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'I32':
      return new Int32Array(bytes.buffer);
    case 'F16':
      return widenHalf(new Uint16Array(bytes.buffer));
    case 'BF16':
      return widenBrainFloat(new Uint16Array(bytes.buffer));
    case 'U8':
      return bytes;
  }
}

/** bfloat16 is the upper half of a float32. */
function widenBrainFloat(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = (halves[i] as number) << 16;
  return new Float32Array(words.buffer);
}

let halfTable: Float32Array | undefined;

/** IEEE 754 binary16, by a table of all 65,536 values. */
function widenHalf(halves: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => halfValue(bits));
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = halfTable[halves[i] as number] as number;
  return out;
}

/** Value of a binary16: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function halfValue(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function openToRead(path: string): number {
  const wrong = (got: string, cause?: unknown): CheckpointError =>
    new CheckpointError({ operation: `read ${path}`, got, expected: 'a safetensors file', details: { file: path }, cause });
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw wrong((cause as Error).message, cause);
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw wrong('what is not a file');
}

/** Bytes [begin, end) of the file, a range already checked against its size. */
function readRange(file: number, begin: number, end: number, source: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - begin);
  // One read call takes at most 2 GiB.
  for (let at = 0; at < bytes.byteLength; ) {
    const count = readSync(file, bytes, at, Math.min(bytes.byteLength - at, 1 << 30), begin + at);
    if (count === 0)
      throw damaged(source, `the end of the file at byte ${begin + at}`, `${end} bytes or more, as it had when it was opened`);
    at += count;
  }
  return bytes;
}
