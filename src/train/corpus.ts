/**
 * Plain text to learn from: files read as UTF-8, and documents cut into episodes of one length.
 *
 * Each episode is the token `begin` and up to `length` − 1 tokens of one document; every token of the corpus is predicted
 * exactly once an epoch. Documents never share an episode.
 */
import { readFileSync } from 'node:fs';
import { ConfigError, DataError } from '../base/index.ts';
import { boundaryId, type TextCodec } from '../grammar/index.ts';
import type { Episode } from '../records/index.ts';
import { type EpisodeSource, listSource } from './episode-source.ts';

/** Reads each file as one document. Throws `DataError` for one that is missing or not UTF-8, and where all are blank. */
export function loadTexts(paths: readonly string[]): string[] {
  const texts = paths.map(loadText);
  checkTexts(texts, paths.length === 1 ? (paths[0] as string) : `${paths.length} files`);
  return texts;
}

export interface TextSourceOptions {
  /** Tokens of the longest episode; at most the model's context. */
  readonly length: number;
}

/** Episodes from documents. */
export function textSource(texts: Iterable<string>, codec: TextCodec, { length }: TextSourceOptions): EpisodeSource {
  if (!(Number.isInteger(length) && length >= 2))
    throw new ConfigError({
      operation: 'cut text into episodes',
      got: `a length of ${length}`,
      expected: 'a whole number of tokens, at least 2',
    });
  const documents = [...texts];
  checkTexts(documents, `${documents.length} documents`);
  const episodes: Episode[] = [];
  for (const document of documents) {
    const tokens = codec.encodeText(document);
    for (let start = 0; start < tokens.length; start += length - 1) episodes.push(chunk(tokens.slice(start, start + length - 1)));
  }
  return listSource(episodes);
}

function chunk(text: readonly number[]): Episode {
  const tokens = Int32Array.of(boundaryId('begin'), ...text);
  const weights = new Float32Array(tokens.length).fill(1);
  weights[0] = 0;
  return { tokens, weights, pointed: new Uint8Array(tokens.length) };
}

function loadText(path: string): string {
  const bytes = loadBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DataError({
      operation: `read ${path}`,
      got: 'bytes that are not UTF-8',
      expected: 'plain text in UTF-8',
      fix: 'convert it, e.g. with iconv',
      cause,
    });
  }
}

/** The file's bytes; throws `DataError` where it can't be read. */
export function loadBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const got = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a folder' : message;
    throw new DataError({ operation: `read ${path}`, got, expected: 'a file that can be read', fix: 'check the path', cause });
  }
}

function checkTexts(texts: readonly string[], source: string): void {
  if (texts.some((text) => text.trim() !== '')) return;
  throw new DataError({
    operation: 'read the corpus',
    got: `no text in ${source}`,
    expected: 'text to learn from',
    fix: 'name at least one text file that is not empty',
  });
}
