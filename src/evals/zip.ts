/**
 * A writer of zip archives: deflated files with fixed dates, so that the same files give the same bytes. No encryption, no folders, no archives
 * beyond 4 GB or 65,535 files (no Zip64).
 *
 * Source: PKWARE APPNOTE 6.3.10, §4.3.7 (local header), §4.3.12 (central directory), §4.3.16 (its end).
 */
import { crc32, deflateRawSync } from 'node:zlib';
import { DataError } from '../base/index.ts';

export interface ZipFile {
  /** Relative, with slashes. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

const VERSION = 20;
const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
/** The 1st of January 1980, the first day that a zip knows. */
const DATE = 0x0021;

/** The archive's bytes, in parts. Throws `DataError` for names that are absolute, climb out or come twice, and for what is too large. */
export function zipArchive(files: Iterable<ZipFile>): readonly Buffer[] {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const names = new Set<string>();
  let offset = 0;
  for (const { name, content } of files) {
    if (name === '' || name.startsWith('/') || name.includes('\\') || name.split('/').includes('..') || names.has(name))
      throw refusal(`the name '${name}'`, 'relative names, each once');
    names.add(name);
    const plain = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const packed = deflateRawSync(plain);
    const nameBytes = Buffer.from(name, 'utf8');
    const common = commonFields({ plain, packedBytes: packed.byteLength, nameBytes: nameBytes.byteLength });
    const local = Buffer.concat([u32(0x04034b50), common, nameBytes, packed]);
    directory.push(Buffer.concat([u32(0x02014b50), u16(VERSION), common, Buffer.alloc(10), u32(offset), nameBytes]));
    parts.push(local);
    offset += local.byteLength;
    if (offset > 0xffffffff || names.size > 0xffff) throw refusal('too much', 'at most 4 GB and 65,535 files');
  }
  const central = Buffer.concat(directory);
  const end = [u32(0x06054b50), u32(0), u16(names.size), u16(names.size), u32(central.byteLength), u32(offset), u16(0)];
  return [...parts, central, ...end];
}

/** What local header and directory share: version needed … length of the extra field. */
function commonFields({
  plain,
  packedBytes,
  nameBytes,
}: {
  readonly plain: Uint8Array;
  readonly packedBytes: number;
  readonly nameBytes: number;
}) {
  const words = [u16(VERSION), u16(UTF8_NAMES), u16(DEFLATED), u16(0), u16(DATE)];
  return Buffer.concat([...words, u32(crc32(plain)), u32(packedBytes), u32(plain.byteLength), u16(nameBytes), u16(0)]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const refusal = (got: string, expected: string): DataError => new DataError({ operation: 'write a zip archive', got, expected });
