import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CheckpointError, hashBytes } from '../../base/index.ts';
import { formatSafetensors, loadSafetensors, parseSafetensors, saveSafetensors, type TensorToStore } from './safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file with this header, as JSON text or a value, and this many bytes of data. */
function file(header: unknown, dataBytes = 0, claimedLength?: bigint): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = Buffer.alloc(8 + json.length + dataBytes);
  bytes.writeBigUInt64LE(claimedLength ?? BigInt(json.length));
  json.copy(bytes, 8);
  return bytes;
}

const f32 = (shape: unknown, begin: unknown, end: unknown): unknown => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

const tensors = new Map<string, TensorToStore>([
  ['bytes', { shape: [3], data: Uint8Array.of(1, 2, 3) }],
  ['b', { shape: [2, 1], data: Float32Array.of(1.5, -2) }],
  ['a', { shape: [], data: Float32Array.of(Number.NaN) }],
  ['steps', { shape: [1], data: BigInt64Array.of(-5n) }],
  ['ids', { shape: [2, 0], data: new Int32Array(0) }],
  ['__proto__', { shape: [1], data: Float64Array.of(0.1) }],
]);

describe('safetensors files', () => {
  it('come back as they were written, from memory and from disk', () => {
    const bytes = Buffer.concat(formatSafetensors(tensors, { b: '2', a: '"' }));
    saveSafetensors(join(folder, 'x.safetensors'), tensors, { b: '2', a: '"' });
    for (const read of [parseSafetensors(bytes, 'x'), loadSafetensors(join(folder, 'x.safetensors'))]) {
      expect(read.metadata).toEqual({ a: '"', b: '2' });
      expect([...read.tensors.keys()]).toEqual(['__proto__', 'steps', 'a', 'b', 'ids', 'bytes']);
      for (const [name, { shape, data }] of tensors) expect(read.tensors.get(name)).toMatchObject({ shape, data });
    }
  });

  it('have the same bytes whatever the order of the map, and a header of whole 8-byte words', () => {
    const bytes = Buffer.concat(formatSafetensors(tensors));
    expect(Buffer.concat(formatSafetensors(new Map([...tensors].reverse()))).equals(bytes)).toBe(true);
    expect(bytes.readBigUInt64LE() % 8n).toBe(0n);
  });

  it('are the bytes that the reference implementation writes', () => {
    // python -c "import hashlib, numpy as np; from safetensors.numpy import save; print(hashlib.sha256(save({
    //   'w': np.arange(6, dtype=np.float32).reshape(2, 3), 'b': np.array([7], np.int64)}, {'format': 'pt'})).hexdigest())"
    const parts = formatSafetensors(
      new Map<string, TensorToStore>([
        ['w', { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) }],
        ['b', { shape: [1], data: BigInt64Array.of(7n) }],
      ]),
      { format: 'pt' },
    );
    expect(hashBytes(...parts)).toBe('4369c2b89e946d1c3286ddf1b001720c36833ef49d5238008c09f08ef21b1766');
  });

  it('take the tensors without a copy', () => {
    const data = new Float32Array(4);
    expect(formatSafetensors(new Map([['w', { shape: [4], data }]]))[1]?.buffer).toBe(data.buffer);
  });

  it('widen F16 and BF16 exactly', () => {
    // Values of IEEE 754 binary16: 1, -2, 65504 (largest), 2^-24 (smallest), infinity, NaN, -0.
    const half = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00, 0x8000);
    const brain = Uint16Array.of(0x3f80, 0xc040, 0x7f80);
    const bytes = Buffer.concat([
      file({ h: { dtype: 'F16', shape: [7], data_offsets: [0, 14] }, b: { dtype: 'BF16', shape: [3], data_offsets: [14, 20] } }),
      new Uint8Array(half.buffer),
      new Uint8Array(brain.buffer),
    ]);
    const read = parseSafetensors(bytes, 'x').tensors;
    expect(read.get('h')?.data).toEqual(Float32Array.of(1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY, Number.NaN, -0));
    expect(read.get('b')?.data).toEqual(Float32Array.of(1, -3, Number.POSITIVE_INFINITY));
  });

  it('can begin anywhere in a larger buffer', () => {
    const bytes = Buffer.concat([Uint8Array.of(9), ...formatSafetensors(tensors)]).subarray(1);
    expect(parseSafetensors(bytes, 'x').tensors.get('b')?.data).toEqual(Float32Array.of(1.5, -2));
  });
});

describe('damaged and hostile safetensors files', () => {
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['an empty file', new Uint8Array(0), /file of 0 bytes/],
    ['a file of seven bytes', new Uint8Array(7), /file of 7 bytes/],
    ['a header longer than the file', file({}, 0, 3n), /header of 3 bytes in a file of 10.*at most 2/],
    ['a header longer than allowed', file({}, 0, 100_000_001n), /at most 100000000/],
    ['a header of 2^64 − 1 bytes', file({}, 0, 2n ** 64n - 1n), /header of 18446744073709551615 bytes/],
    ['no JSON', file('{"a":'), /not JSON/],
    ['an array', file('[]'), /does not begin with \{/],
    ['text that is not UTF-8', Buffer.concat([file('{"a', 0, 5n), Uint8Array.of(0xff, 0x22)]), /not JSON in UTF-8/],
    ['metadata that are not strings', file({ __metadata__: { a: 1 } }), /__metadata__.*object of strings/],
    [
      'a name twice',
      file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      /"a" twice/,
    ],
    ['a field twice', file('{"a":{"dtype":"F32","shape":[0],"shape":[0],"data_offsets":[0,0]}}'), /"shape" twice/],
    ['a tensor that is no object', file({ a: 1 }), /tensor "a": got 1/],
    ['an unknown dtype', file({ a: { dtype: 'F8_E4M3', shape: [0], data_offsets: [0, 0] } }), /dtype "F8_E4M3"/],
    ['a dtype out of the prototype', file({ a: { dtype: 'toString', shape: [0], data_offsets: [0, 0] } }), /dtype "toString"/],
    ['a negative size', file({ a: f32([-1], 0, 4) }, 4), /shape \[-1\]/],
    ['a fraction as a size', file({ a: f32([0.5], 0, 2) }, 2), /shape \[0.5\]/],
    ['a size beyond exact integers', file({ a: f32([2 ** 60], 0, 4) }, 4), /shape/],
    ['sizes whose product overflows', file({ a: f32([2 ** 52, 2 ** 52, 2 ** 52], 0, 4) }, 4), /4 bytes of data, expected/],
    ['another shape than data', file({ a: f32([2, 3], 0, 20) }, 20), /20 bytes of data, expected 24 .*\[2,3\]/],
    ['a negative offset', file({ a: f32([2], -4, 4) }, 8), /data_offsets \[-4,4\]/],
    ['three offsets', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 4] } }, 4), /data_offsets/],
    ['an end before the begin', file({ a: f32([1], 4, 0) }, 4), /begin ≤ end/],
    ['an end beyond the file', file({ a: f32([1_000_000], 0, 4_000_000) }, 4), /≤ 4, the bytes of data/],
    [
      'an unaligned begin',
      file({ u: { dtype: 'U8', shape: [1], data_offsets: [0, 1] }, a: f32([1], 1, 5) }, 5),
      /tensor "a".*begins at 1.*multiple of 4/,
    ],
    ['an overlap', file({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), /tensor "b".*begin of 8, without overlap/],
    ['a hole', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /tensor "b".*begin of 4, without a hole/],
    ['data after the last tensor', file({ a: f32([1], 0, 4) }, 8), /8 bytes of data, expected 4/],
  ];

  it.each(cases)('%s: an error that names file and reason', (_, bytes, reason) => {
    const path = join(folder, 'hostile.safetensors');
    writeFileSync(path, bytes);
    for (const read of [() => parseSafetensors(bytes, path), () => loadSafetensors(path)]) {
      expect(read).toThrow(CheckpointError);
      expect(read).toThrow(reason);
      expect(read).toThrow('hostile.safetensors');
    }
  });

  it('any change of a byte gives a CheckpointError or a valid file, never another error', () => {
    const good = Buffer.concat(formatSafetensors(tensors, { format: 'pt' }));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const bytes = Buffer.from(good.subarray(0, length));
        if (at < length) bytes[at] = byte;
        try {
          parseSafetensors(bytes, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('a missing file is a CheckpointError', () => {
    expect(() => loadSafetensors(join(folder, 'none'))).toThrow(CheckpointError);
  });
});

describe('writing safetensors', () => {
  it('refuses a shape that is not that of the data, and the reserved name', () => {
    expect(() => formatSafetensors(new Map([['w', { shape: [2, 2], data: new Float32Array(3) }]]))).toThrow(/tensor "w": got 3 elements/);
    expect(() => formatSafetensors(new Map([['__metadata__', { shape: [0], data: new Float32Array(0) }]]))).toThrow(CheckpointError);
  });
});
