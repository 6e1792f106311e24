/**
 * Transcript → tokens. Structure becomes special tokens, text becomes ordinary ones: text can't become structure,
 * because it is encoded without special tokens. Loss weights follow who wrote what.
 *
 *   <|begin|> <|goal|> … <|observe|> … ⟨7⟩ … <|act|> <|fill|> ⟨7⟩ <|echo|> Due date <|unecho|> … <|end|> <|outcome|> <|success|>
 */
import { DataError } from '../base/index.ts';
import type { Echo, Episode, Piece, Segment, SegmentKind, Transcript } from '../records/index.ts';
import { boundaryId, FIRST_REFERENCE, isReferenceId, REFERENCE_COUNT, WORDS, type Word, wordId } from './special-tokens.ts';

/** Turns plain text into ordinary tokens and back; a tokenizer is one. */
export interface TextCodec {
  encodeText(text: string): readonly number[];
  decode(ids: readonly number[]): string;
}

/** Loss weight of the tokens of each segment kind. */
export type SegmentWeights = Readonly<Record<SegmentKind, number>>;

/** Behaviour cloning with a light world model; the goal is context. */
export const DEFAULT_WEIGHTS: SegmentWeights = { goal: 0, observe: 0.1, think: 1, act: 1, outcome: 1 };

/** Longest echo in tokens, and of each text that comes after; the rest is left out. */
export const ECHO_LIMIT = 16;
export const NEXT_LIMIT = 4;

export interface EncodeOptions {
  readonly weights?: SegmentWeights;
  /** Whether echoes are written; without, the policy must remember what a reference stands for. Default true. */
  readonly echo?: boolean;
}

/**
 * The transcript as tokens with their loss weights and marks, arrays of one length L ≥ 1, beginning with `<|begin|>`. Weights
 * are those of each token's segment; 0 for echoes, for the boundaries of what the runtime writes, and for its references. Throws
 * `DataError` for a reference or a word that the grammar lacks.
 */
export function encodeTranscript(transcript: Transcript, codec: TextCodec, options: EncodeOptions = {}): Episode {
  const writer = new EpisodeWriter();
  writer.push(boundaryId('begin'), 0);
  for (const segment of transcript.segments) writeSegment(writer, segment, codec, options);
  return writer.finish();
}

function writeSegment(
  writer: EpisodeWriter,
  { kind, pieces, imitate = true }: Segment,
  codec: TextCodec,
  { weights = DEFAULT_WEIGHTS, echo = true }: EncodeOptions,
): void {
  const weight = imitate ? weights[kind] : 0;
  const byPolicy = kind === 'act' || kind === 'think';
  writer.push(boundaryId(kind), byPolicy ? weight : 0);
  for (const piece of pieces) {
    if (piece.kind === 'echo') {
      if (echo) for (const id of encodeEcho(piece, codec)) writer.push(id, 0);
      continue;
    }
    const reference = piece.kind === 'reference';
    // References are permuted at random: nobody could predict one that the policy did not choose.
    for (const id of encodePiece(piece, codec))
      writer.push(id, reference && !byPolicy ? 0 : weight, reference && kind === 'act' && imitate);
  }
  if (byPolicy) writer.push(boundaryId('end'), weight);
}

/** The tokens of an echo: its text, and what comes after, each behind the opening boundary. */
export function encodeEcho({ text, next = [] }: Echo, codec: TextCodec): readonly number[] {
  const opened = (part: string, limit: number): readonly number[] => [boundaryId('echo'), ...codec.encodeText(part).slice(0, limit)];
  return [...opened(text, ECHO_LIMIT), ...next.flatMap((part) => opened(part, NEXT_LIMIT)), boundaryId('unecho')];
}

function encodePiece(piece: Exclude<Piece, { kind: 'echo' }>, codec: TextCodec): readonly number[] {
  switch (piece.kind) {
    case 'text':
      return codec.encodeText(piece.text);
    case 'reference':
      if (!(Number.isInteger(piece.reference) && piece.reference >= 0 && piece.reference < REFERENCE_COUNT))
        throw new DataError({
          operation: 'encode transcript',
          got: `reference ${piece.reference}`,
          expected: `0 … ${REFERENCE_COUNT - 1}`,
        });
      return [FIRST_REFERENCE + piece.reference];
    case 'word':
      if (!(WORDS as readonly string[]).includes(piece.word))
        throw new DataError({
          operation: 'encode transcript',
          got: `the word ${JSON.stringify(piece.word)}`,
          expected: 'a word of the action grammar',
        });
      return [wordId(piece.word as Word)];
  }
}

/** The same episode with its references renamed at random: the number itself comes to mean nothing. `permutation` maps old to new. */
export function permuteReferences(episode: Episode, permutation: readonly number[]): Episode {
  const renamed = new Set(permutation);
  if (
    permutation.length !== REFERENCE_COUNT ||
    renamed.size !== REFERENCE_COUNT ||
    !permutation.every((r) => r >= 0 && r < REFERENCE_COUNT)
  )
    throw new DataError({
      operation: 'permute references',
      got: `${permutation.length} numbers, ${renamed.size} of them different`,
      expected: `a permutation of 0 … ${REFERENCE_COUNT - 1}`,
    });
  const tokens = episode.tokens.map((id) => (isReferenceId(id) ? FIRST_REFERENCE + (permutation[id - FIRST_REFERENCE] as number) : id));
  return { ...episode, tokens };
}

class EpisodeWriter {
  readonly #tokens: number[] = [];
  readonly #weights: number[] = [];
  readonly #pointed: number[] = [];

  push(token: number, weight: number, pointed = false): void {
    this.#tokens.push(token);
    this.#weights.push(weight);
    this.#pointed.push(pointed ? 1 : 0);
  }

  finish(): Episode {
    return { tokens: Int32Array.from(this.#tokens), weights: Float32Array.from(this.#weights), pointed: Uint8Array.from(this.#pointed) };
  }
}
