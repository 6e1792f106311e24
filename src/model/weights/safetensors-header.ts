/**
 * The header of a safetensors file: an 8-byte little-endian length, then that much JSON which gives each tensor's type,
 * shape and byte range in the data that follows.
 *
 * Invariant of a parsed header: the tensors cover the data exactly, in order, without overlap or hole, and no number in
 * it reaches beyond the file. So whoever reads by it allocates no more than the file holds. It reads no tensors.
 * Format: https://huggingface.co/docs/safetensors
 */
import { CheckpointError } from '../../base/index.ts';

/** Bytes of an element, for the types that are read. */
export const ITEM_BYTES = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, U8: 1 } as const;
export type Dtype = keyof typeof ITEM_BYTES;

/** The longest header that the format allows. */
export const HEADER_LIMIT_BYTES = 100_000_000;
export const LENGTH_BYTES = 8;
export const METADATA_KEY = '__metadata__';

export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Byte range in the data, which starts after the header. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the data. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Length of the JSON, out of the file's first 8 bytes; checked against the file's size. */
export function parseHeaderLength(prefix: Uint8Array, fileBytes: number, source: string): number {
  if (prefix.byteLength < LENGTH_BYTES || fileBytes < LENGTH_BYTES)
    throw damaged(source, `a file of ${fileBytes} bytes`, `at least ${LENGTH_BYTES}, the length of a header`);
  const length = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(HEADER_LIMIT_BYTES)) throw damaged(source, `a header of ${length} bytes`, `at most ${HEADER_LIMIT_BYTES}`);
  if (length > BigInt(fileBytes - LENGTH_BYTES))
    throw damaged(source, `a header of ${length} bytes in a file of ${fileBytes}`, `at most ${fileBytes - LENGTH_BYTES}`);
  return Number(length);
}

/** Parses the JSON and checks every tensor against `dataBytes`, the number of bytes after the header. */
export function parseHeader(json: Uint8Array, dataBytes: number, source: string): Header {
  const { text, header } = parseObject(json, source);
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw damaged(source, `the name ${show(duplicate)} twice in one object`, 'each name once');
  const entries: TensorEntry[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(header))
    if (name === METADATA_KEY) metadata = parseMetadata(value, source);
    else entries.push(parseEntry(name, value, dataBytes, source));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered)
      throw damaged(
        source,
        `data_offsets [${begin}, ${end}]`,
        `a begin of ${covered}, without ${begin < covered ? 'overlap' : 'a hole'}`,
        name,
      );
    covered = end;
  }
  if (covered !== dataBytes) throw damaged(source, `${dataBytes} bytes of data`, `${covered}, as much as the tensors of the header have`);
  return { entries, metadata };
}

/** The error of a damaged file. Everything out of the file goes through `show` first. */
export function damaged(source: string, got: string, expected: string, tensor?: string, cause?: unknown): CheckpointError {
  return new CheckpointError({
    operation: `read ${source}${tensor === undefined ? '' : `, tensor ${show(tensor)}`}`,
    got,
    expected,
    fix: 'get the file again from where it came, it is damaged or not a safetensors file',
    details: { file: source, ...(tensor === undefined ? {} : { tensor }) },
    cause,
  });
}

/** A value out of a file as text for an error message: escaped, and of bounded length. */
export function show(value: unknown): string {
  const text = typeof value === 'string' && value.length > 200 ? JSON.stringify(value.slice(0, 200)) : (JSON.stringify(value) ?? 'nothing');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(json: Uint8Array, source: string): { readonly text: string; readonly header: Readonly<Record<string, unknown>> } {
  if (json[0] !== '{'.charCodeAt(0)) throw damaged(source, 'a header that does not begin with {', 'a JSON object');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
    return { text, header: JSON.parse(text) as Readonly<Record<string, unknown>> };
  } catch (cause) {
    throw damaged(source, 'a header that is not JSON in UTF-8', 'a JSON object', undefined, cause);
  }
}

function parseMetadata(value: unknown, source: string): Readonly<Record<string, string>> {
  if (!(isObject(value) && Object.values(value).every((item) => typeof item === 'string')))
    throw damaged(source, `${METADATA_KEY} ${show(value)}`, 'an object of strings');
  return value as Readonly<Record<string, string>>;
}

function parseEntry(name: string, value: unknown, dataBytes: number, source: string): TensorEntry {
  if (!isObject(value)) throw damaged(source, show(value), 'an object with dtype, shape and data_offsets', name);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) throw damaged(source, `dtype ${show(dtype)}`, `one of ${Object.keys(ITEM_BYTES).join(', ')}`, name);
  if (!isWholeNumbers(shape)) throw damaged(source, `shape ${show(shape)}`, 'an array of whole numbers', name);
  if (!(isWholeNumbers(offsets) && offsets.length === 2))
    throw damaged(source, `data_offsets ${show(offsets)}`, 'two whole numbers, begin and end', name);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataBytes)
    throw damaged(source, `data_offsets [${begin}, ${end}]`, `0 ≤ begin ≤ end ≤ ${dataBytes}, the bytes of data in the file`, name);
  const item = ITEM_BYTES[dtype];
  if (begin % item !== 0) throw damaged(source, `${dtype} data that begins at ${begin}`, `a multiple of ${item} bytes`, name);
  const bytes = shape.reduce((a, b) => a * b, 1) * item;
  if (bytes !== end - begin)
    throw damaged(source, `${end - begin} bytes of data`, `${bytes} for the shape ${show(shape)} of ${dtype}`, name);
  return { name, dtype, shape, begin, end };
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(ITEM_BYTES, value);
}

function isWholeNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** A key that stands twice in one object of `text`, which is valid JSON; `JSON.parse` would keep the last one in silence. */
function findDuplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') open.push(new Set());
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const start = at;
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
      let after = at + 1;
      while (/\s/.test(text[after] ?? '')) after++;
      if (text[after] !== ':') continue;
      const key = JSON.parse(text.slice(start, at + 1)) as string;
      const keys = open.at(-1) as Set<string>;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
