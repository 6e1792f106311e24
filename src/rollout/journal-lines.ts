/**
 * A large file of lines, read in pieces: each line with its number and where it begins. What stands behind the last line feed is told apart,
 * for a crash may have torn it.
 */
import { readSync } from 'node:fs';

const PIECE_BYTES = 1 << 20;

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly offset: number;
  /** Without its line feed; valid until the next line is asked for. */
  readonly bytes: Buffer;
  /** Whether a line feed follows. */
  readonly isEnded: boolean;
}

/** The lines of the first `size` bytes of an open file. */
export function* readLines(file: number, size: number): Generator<Line> {
  let buffer: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let bufferOffset = 0;
  let number = 1;
  for (let at = 0; at < size; ) {
    const more = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size - at));
    const got = readSync(file, more, 0, more.byteLength, at);
    // The file is shorter than it was said to be.
    if (got === 0) break;
    at += got;
    buffer = buffer.byteLength === 0 ? more.subarray(0, got) : Buffer.concat([buffer, more.subarray(0, got)]);
    let start = 0;
    for (let feed = buffer.indexOf(0x0a); feed >= 0; feed = buffer.indexOf(0x0a, start)) {
      yield { number: number++, offset: bufferOffset + start, bytes: buffer.subarray(start, feed), isEnded: true };
      start = feed + 1;
    }
    buffer = buffer.subarray(start);
    bufferOffset += start;
  }
  if (buffer.byteLength > 0) yield { number, offset: bufferOffset, bytes: buffer, isEnded: false };
}

/** The line that begins at `offset`, at most up to `size`. */
export function readLineAt(file: number, { offset, size }: { readonly offset: number; readonly size: number }): Buffer {
  for (let length = 1 << 15; ; length *= 4) {
    const bytes = Buffer.allocUnsafe(Math.min(length, size - offset));
    const got = readSync(file, bytes, 0, bytes.byteLength, offset);
    const feed = bytes.subarray(0, got).indexOf(0x0a);
    if (feed >= 0) return bytes.subarray(0, feed);
    if (offset + got >= size || got < bytes.byteLength) return bytes.subarray(0, got);
  }
}
