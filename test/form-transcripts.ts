/** Transcripts by hand: a document of labelled values above a form of two fields, one of which it may have no value for. */
import { Random } from '../src/base/index.ts';
import type { Piece, Segment, Transcript } from '../src/records/index.ts';

export const text = (value: string): Piece => ({ kind: 'text', text: value });
export const ref = (reference: number): Piece => ({ kind: 'reference', reference });
export const word = (value: string): Piece => ({ kind: 'word', word: value });
export const echo = (value: string): Piece => ({ kind: 'echo', text: value });

/** What the two fields are called on paper, and what stands beside them without being asked for. */
const LABELS = { Number: ['No.', 'Nummer', 'N°'], Date: ['Date', 'Datum', 'Fecha'] } as const;
const OTHERS = ['Customer', 'Kunde', 'Phone', 'Order'];

export const refs = { number: 100, date: 101, save: 102 } as const;

/** The beginning of an episode: what is seen before anything is done. */
export function formScreen(
  seed: string,
  { hasDate }: { readonly hasDate: boolean },
): {
  readonly segments: readonly Segment[];
  readonly number: number;
  readonly date: number;
} {
  const random = new Random(seed);
  const value = (): string => String(10_000 + random.below(80_000));
  const rows: (readonly [kind: string, label: string, value: string])[] = [
    ['number', LABELS.Number[random.below(3)] as string, value()],
    ...(hasDate ? [['date', LABELS.Date[random.below(3)] as string, value()] as const] : []),
    ...OTHERS.map((label) => ['other', label, value()] as const),
  ];
  const pieces: Piece[] = [];
  const places = new Map<string, number>();
  let next = 0;
  for (const [kind, label, given] of random.shuffle(rows)) {
    pieces.push(text(`${next === 0 ? '' : '\n'}${label}`), ref(next), text(given), ref(next + 1));
    places.set(kind, next + 1);
    next += 2;
  }
  pieces.push(text('\nfield Number'), ref(refs.number), text('field Date'), ref(refs.date), text('button Save'), ref(refs.save));
  const segments: Segment[] = [
    { kind: 'goal', pieces: [text('enter it')] },
    { kind: 'observe', pieces },
  ];
  return { segments, number: places.get('number') as number, date: places.get('date') ?? -1 };
}

export const act = (...pieces: readonly Piece[]): Segment => ({ kind: 'act', pieces });
/** The field holds what was put into it. */
export const held = (reference: number): Segment => ({ kind: 'observe', pieces: [word('value'), ref(reference)] });
export const fill = (target: number, name: string, source: number): Segment =>
  act(word('fill'), ref(target), echo(name), word('from'), ref(source), echo('…'), word('as'), word('integer'));

/** A whole episode: what stands on the paper is entered, a date that does not is asked about. */
export function formEpisode(seed: string, options: { readonly hasDate: boolean }): Transcript {
  const { segments, number, date } = formScreen(seed, options);
  const end = options.hasDate
    ? [fill(refs.date, 'Date', date), held(refs.date), act(word('click'), ref(refs.save), echo('Save'))]
    : [act(word('ask'), ref(refs.date), echo('Date'))];
  return { schemaVersion: 1, segments: [...segments, fill(refs.number, 'Number', number), held(refs.number), ...end] };
}

export const formEpisodes = (count: number, name = 'shown'): readonly Transcript[] =>
  Array.from({ length: count }, (_, i) => formEpisode(`${name} ${i}`, { hasDate: i % 3 !== 0 }));
