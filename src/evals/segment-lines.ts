/**
 * A segment as lines of pieces: in an observation an element ends with its reference or a line feed, everything else is one line. What text
 * imitates is only looks: the pieces keep their kinds, and each shows them in its own way.
 */
import type { Piece, Segment } from '../records/index.ts';
import { plain } from './text-table.ts';

export function segmentLines({ kind, pieces }: Segment): readonly (readonly Piece[])[] {
  const isScreen = kind === 'observe';
  const lines: Piece[][] = [];
  let line: Piece[] = [];
  const flush = (): void => {
    if (line.some((piece) => piece.kind !== 'text' || piece.text.trim() !== '')) lines.push(line);
    line = [];
  };
  for (const piece of pieces) {
    if (piece.kind !== 'text') {
      line.push(piece);
      if (isScreen && piece.kind === 'reference') flush();
      continue;
    }
    const [first = '', ...rest] = isScreen ? piece.text.split('\n') : [piece.text];
    if (first !== '') line.push({ kind: 'text', text: first });
    for (const text of rest) {
      flush();
      if (text !== '') line.push({ kind: 'text', text });
    }
  }
  flush();
  return lines;
}

/** A segment as plain text, without control characters. */
export const segmentText = (segment: Segment): string =>
  segmentLines(segment)
    .map((line) => line.map(pieceText).join(' ').replace(/ +/g, ' ').trim())
    .join('\n');

export function pieceText(piece: Piece): string {
  switch (piece.kind) {
    case 'text':
      return plain(piece.text);
    case 'reference':
      return `⟨${piece.reference}⟩`;
    case 'word':
      return plain(piece.word);
    case 'echo':
      return `«${plain(piece.text)}»`;
  }
}
