/**
 * Transcripts to learn from: JSON Lines, one transcript a line, checked where they come in. What is wrong is told with
 * its file and line; nothing is skipped silently but blank lines. A journal of episodes is read too: of one that failed only what happened is learned,
 * not what was done.
 */
import * as z from 'zod';
import { DataError, JourneymanError } from '../base/index.ts';
import { type EncodeOptions, encodeTranscript, type TextCodec, transcriptSchema } from '../grammar/index.ts';
import type { Episode, Transcript } from '../records/index.ts';
import { loadBytes } from './corpus.ts';
import { type EpisodeSource, listSource } from './episode-source.ts';

/** One without segments teaches nothing. */
const lessonSchema = transcriptSchema.refine(({ segments }) => segments.length > 0, { path: ['segments'], message: 'at least one' });

/** What is read of a line of a journal. */
const episodeSchema = z.looseObject({
  transcript: lessonSchema,
  score: z.looseObject({ success: z.boolean().nullable() }).nullable(),
  fault: z.unknown(),
});

/** A transcript and where it stands, `file:line`. */
export interface LocatedTranscript {
  readonly place: string;
  readonly transcript: Transcript;
}

/** Reads a JSON Lines file. Throws `DataError` with file and line for what is not a transcript. */
export function loadTranscripts(path: string): LocatedTranscript[] {
  return parseTranscripts(loadBytes(path), path);
}

export function parseTranscripts(bytes: Uint8Array, source: string): LocatedTranscript[] {
  const found: LocatedTranscript[] = [];
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const place = `${source}:${line}`;
    const text = decodeLine(utf8, bytes.subarray(start, end), place);
    if (text.trim() !== '') found.push({ place, transcript: parseLine(text, place) });
    start = end + 1;
  }
  if (found.length === 0)
    throw new DataError({ operation: `read ${source}`, got: 'no transcripts', expected: 'at least one, as a line of JSON' });
  return found;
}

export interface TranscriptSourceOptions extends EncodeOptions {
  /** Tokens of the longest episode that fits: the shorter one of the model's context and a lane of a batch. */
  readonly longest: number;
}

/** Episodes from transcripts. Throws `DataError` for one that can't be encoded or is longer than `longest`, and where none has anything to learn. */
export function transcriptSource(
  transcripts: readonly LocatedTranscript[],
  codec: TextCodec,
  { longest, ...options }: TranscriptSourceOptions,
): EpisodeSource {
  const episodes = transcripts.map(({ place, transcript }) =>
    encodeLocated(place, () => encodeTranscript(transcript, codec, options), longest),
  );
  if (!episodes.some(({ weights }) => weights.some((weight) => weight > 0)))
    throw new DataError({
      operation: `read ${transcripts[0]?.place ?? 'transcripts'}`,
      got: 'transcripts without any token of a positive loss weight',
      expected: 'at least one, e.g. in a segment of kind act',
      fix: 'add what the policy itself should write, or give other kinds of segments a loss weight',
    });
  return listSource(episodes);
}

function encodeLocated(place: string, encode: () => Episode, longest: number): Episode {
  let episode: Episode;
  try {
    episode = encode();
  } catch (cause) {
    if (!(cause instanceof JourneymanError)) throw cause;
    throw new DataError({
      operation: `read ${place}`,
      got: cause.message.replace(/\.$/, ''),
      expected: 'a transcript that can be encoded',
      cause,
    });
  }
  if (episode.tokens.length > longest)
    throw new DataError({
      operation: `read ${place}`,
      got: `a transcript of ${episode.tokens.length} tokens`,
      expected: `at most ${longest}`,
      fix: 'shorten it, or train with longer lanes (and a model whose context is as long)',
    });
  return episode;
}

/** All text of a transcript, to train a tokenizer on. */
export function textsOf({ segments }: Transcript): string[] {
  return segments.flatMap(({ pieces }) => pieces.flatMap((part) => ('text' in part ? [part.text] : [])));
}

function decodeLine(utf8: InstanceType<typeof TextDecoder>, bytes: Uint8Array, place: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new DataError({ operation: `read ${place}`, got: 'bytes that are not UTF-8', expected: 'a line of JSON in UTF-8', cause });
  }
}

function parseLine(text: string, place: string): Transcript {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DataError({
      operation: `read ${place}`,
      got: `a line that is not JSON (${(cause as Error).message})`,
      expected: 'one transcript as JSON',
      cause,
    });
  }
  const parsed = lessonSchema.safeParse(transcriptOf(json));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  throw new DataError({
    operation: `read ${place}`,
    got: `a transcript that is wrong at ${path.join('.') || 'the top'}`,
    expected: `{schemaVersion: 1, segments: [{kind, pieces}]} (${message})`,
    cause: parsed.error,
  });
}

/** Of an episode's record its transcript; anything else as it is. */
function transcriptOf(json: unknown): unknown {
  const episode = episodeSchema.safeParse(json);
  if (!episode.success) return json;
  const { transcript, score, fault } = episode.data;
  if (score?.success === true && fault === null) return transcript;
  const segments = transcript.segments.map((segment) => (segment.kind === 'act' ? { ...segment, imitate: false } : segment));
  return { ...transcript, segments };
}
