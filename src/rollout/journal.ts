/**
 * The journal of a rollout: finished episodes, one line of JSON each, only ever added to.
 *
 * Invariant: what `append` has resolved for is on the disk and stays there, whatever is killed afterwards; an id stands in it once. Episodes
 * that finish together share one fsync (group commit). In memory lie ids and offsets, no records. A line that a crash has torn is cut off
 * when the journal is opened again: it was never counted.
 */
import { closeSync, constants, fstatSync, fsync, fsyncSync, ftruncateSync, mkdirSync, openSync, write } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DataError, RuntimeError, syncFolder, takeLock } from '../base/index.ts';
import type { EpisodeRecord } from '../records/index.ts';
import { type Line, readLineAt, readLines } from './journal-lines.ts';
import { checkEpisodeRecord, parseEpisodeRecord } from './parse-episode-record.ts';

export interface Journal {
  readonly path: string;
  /** Episodes on the disk. */
  readonly size: number;
  /** Bytes of a torn line that were cut off when it was opened. */
  readonly repairedBytes: number;
  has(id: string): boolean;
  get(id: string): EpisodeRecord | undefined;
  /** Resolves when the record is on the disk; one whose id stands there already is dropped. Throws `RuntimeError`, and what stood there before still stands. */
  append(record: EpisodeRecord): Promise<void>;
  /** Everything that is on the disk now, in the order in which it came, parsed one by one. */
  records(): Iterable<EpisodeRecord>;
  ids(): Iterable<string>;
  /** After what is being added is on the disk. Closing twice is nothing. */
  close(): Promise<void>;
}

/**
 * Opens or makes the journal at `path` and locks it. Throws `ConfigError` where another process has it open, `DataError` that names the line
 * where something else than an episode or what a crash leaves of one stands in it.
 */
export function openJournal(path: string): Journal {
  const unlock = takeLock(join(dirname(path), `.${basename(path)}.lock`), {
    operation: `open the journal ${path}`,
    held: (process) => `a journal that process ${process} is writing`,
  });
  let file: number | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    // Not for appending: a write says where, so that a torn one can be written over.
    file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    syncFolder(dirname(path));
    return new FileJournal(path, { file, unlock, ...index(path, file) });
  } catch (cause) {
    if (file !== undefined) closeSync(file);
    unlock();
    if (cause instanceof DataError) throw cause;
    throw cannot(`open the journal ${path}`, cause);
  }
}

/** The records of a journal that somebody else may be writing; a torn last line is left out, an id that comes again too. */
export function* readJournal(path: string): Generator<EpisodeRecord> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new DataError({ operation: `read ${path}`, got: code === 'ENOENT' ? 'no such file' : message, expected: 'a journal', cause });
  }
  try {
    const seen = new Set<string>();
    for (const line of readLines(file, fstatSync(file).size)) {
      if (isTorn(line)) break;
      const record = parseEpisodeRecord(line.bytes.toString('utf8'), `${path}:${line.number}`);
      if (!seen.has(record.id)) yield record;
      seen.add(record.id);
    }
  } finally {
    closeSync(file);
  }
}

interface Index {
  readonly offsets: Map<string, number>;
  readonly size: number;
  readonly repairedBytes: number;
}

/** How every line that a journal writes begins: the id is found without parsing the rest. */
const HEAD = /^\{"schemaVersion":1,"id":"([0-9a-f]{8,64})","/;
const HEAD_START = Buffer.from('{"schemaVersion":1,"id":"');

/** Where each episode stands. Cuts off what a crash has torn. */
function index(path: string, file: number): Index {
  const before = fstatSync(file).size;
  const offsets = new Map<string, number>();
  let size = 0;
  for (const line of readLines(file, before)) {
    // Nothing behind a torn line was ever counted: a sync covers all that stands before it.
    if (isTorn(line)) break;
    const id = idOf(line, path);
    if (!offsets.has(id)) offsets.set(id, line.offset);
    size = line.offset + line.bytes.byteLength + 1;
  }
  if (size < before) {
    ftruncateSync(file, size);
    fsyncSync(file);
  }
  return { offsets, size, repairedBytes: before - size };
}

/** What a crash can leave: the beginning of a record, or zeros where a power cut kept blocks from the disk. Other broken lines are somebody else's. */
function isTorn({ bytes, isEnded }: Line): boolean {
  if (bytes.includes(0)) return true;
  const length = Math.min(bytes.byteLength, HEAD_START.byteLength);
  return !isEnded && bytes.subarray(0, length).equals(HEAD_START.subarray(0, length));
}

function idOf({ bytes, number, isEnded }: Line, path: string): string {
  const looksWhole = isEnded && bytes.at(-1) === 0x7d;
  const [, id] = looksWhole ? (HEAD.exec(bytes.toString('latin1', 0, 128)) ?? []) : [];
  return id ?? parseEpisodeRecord(bytes.toString('utf8'), `${path}:${number}`).id;
}

interface Waiting {
  readonly id: string;
  readonly bytes: Buffer;
  resolve(): void;
  reject(error: Error): void;
}

const writeAsync = promisify(write);
const syncAsync = promisify(fsync);

class FileJournal implements Journal {
  readonly path: string;
  readonly repairedBytes: number;
  readonly #file: number;
  readonly #unlock: () => void;
  readonly #offsets: Map<string, number>;
  /** Bytes that are known to be on the disk. */
  #end: number;
  #queue: Waiting[] = [];
  readonly #promised = new Map<string, Promise<void>>();
  #writer: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  /** After a failed fsync nobody knows what is on the disk: only opening it again tells. */
  #broken: Error | undefined;

  constructor(path: string, parts: Index & { readonly file: number; readonly unlock: () => void }) {
    this.path = path;
    this.#file = parts.file;
    this.#unlock = parts.unlock;
    this.#offsets = parts.offsets;
    this.#end = parts.size;
    this.repairedBytes = parts.repairedBytes;
  }

  get size(): number {
    return this.#offsets.size;
  }

  has(id: string): boolean {
    return this.#offsets.has(id);
  }

  get(id: string): EpisodeRecord | undefined {
    this.#assertOpen('read');
    const offset = this.#offsets.get(id);
    if (offset === undefined) return undefined;
    const line = readLineAt(this.#file, { offset, size: this.#end });
    return parseEpisodeRecord(line.toString('utf8'), `${this.path}, byte ${offset}`);
  }

  append(record: EpisodeRecord): Promise<void> {
    const { id } = record;
    if (this.#offsets.has(id)) return Promise.resolve();
    const promised = this.#promised.get(id) ?? this.#add(record).finally(() => this.#promised.delete(id));
    this.#promised.set(id, promised);
    return promised;
  }

  async #add(record: EpisodeRecord): Promise<void> {
    this.#assertOpen('add to');
    const bytes = Buffer.from(`${spell(record, this.path)}\n`, 'utf8');
    const added = new Promise<void>((resolve, reject) => this.#queue.push({ id: record.id, bytes, resolve, reject }));
    this.#writer ??= this.#writeAll();
    return added;
  }

  /** Writes and syncs what waits, and then what has come meanwhile. */
  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      try {
        await this.#write(Buffer.concat(group.map(({ bytes }) => bytes)));
      } catch (cause) {
        const error = cannot(`add to the journal ${this.path}`, cause);
        for (const { reject } of group) reject(error);
        continue;
      }
      for (const { id, bytes, resolve } of group) {
        this.#offsets.set(id, this.#end);
        this.#end += bytes.byteLength;
        resolve();
      }
    }
    // In the same turn as the last look at the queue: whoever comes next starts another writer.
    this.#writer = undefined;
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#broken) throw this.#broken;
    try {
      for (let at = 0; at < bytes.byteLength; )
        at += (await writeAsync(this.#file, bytes, at, bytes.byteLength - at, this.#end + at)).bytesWritten;
    } catch (error) {
      ftruncateSync(this.#file, this.#end);
      throw error;
    }
    try {
      await syncAsync(this.#file);
    } catch (error) {
      this.#broken = error as Error;
      throw error;
    }
  }

  *records(): Iterable<EpisodeRecord> {
    this.#assertOpen('read');
    for (const { number, offset, bytes } of readLines(this.#file, this.#end)) {
      const record = parseEpisodeRecord(bytes.toString('utf8'), `${this.path}:${number}`);
      if (this.#offsets.get(record.id) === offset) yield record;
    }
  }

  ids(): Iterable<string> {
    return this.#offsets.keys();
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#writer;
      closeSync(this.#file);
      this.#unlock();
    })();
    return this.#closing;
  }

  #assertOpen(operation: string): void {
    if (this.#closing)
      throw new RuntimeError({ operation: `${operation} the journal ${this.path}`, got: 'a closed journal', expected: 'an open one' });
  }
}

/** What can't be read back must not be written: one such line would spoil the whole journal. */
function spell(record: EpisodeRecord, path: string): string {
  checkEpisodeRecord(record, `an episode for ${path}`);
  const { schemaVersion, id, ...rest } = record;
  return JSON.stringify({ schemaVersion, id, ...rest });
}

function cannot(operation: string, cause: unknown): RuntimeError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new RuntimeError({
    operation,
    got: code === 'ENOSPC' ? 'a full disk (ENOSPC)' : message,
    expected: 'a file that can be written, with enough space',
    fix: 'free some space and go on: what stood there before is untouched',
    cause,
  });
}
