/** A transcript as people read it: one line an element or action. Text is shown as it is, on one line; what it imitates is only looks. */
import type { Piece, Segment, Transcript } from '../records/index.ts';

const HEADS: Readonly<Record<Segment['kind'], string>> = { goal: 'goal', observe: 'see', think: 'think', act: 'do', outcome: 'end' };

export function printTranscript({ segments }: Transcript): string {
  return segments
    .map(({ kind, pieces, imitate = true }) => {
      const head = (imitate ? HEADS[kind] : `${HEADS[kind]}*`).padEnd(6);
      const lines = printPieces(pieces, kind === 'observe');
      return (lines.length === 0 ? ['–'] : lines).map((line, i) => `${i === 0 ? head : ' '.repeat(6)}${line}`).join('\n');
    })
    .join('\n');
}

/** In an observation a reference ends its element's line. */
function printPieces(pieces: readonly Piece[], isScreen: boolean): string[] {
  const lines: string[] = [];
  let line = '';
  let isList = false;
  const flush = (): void => {
    if (line.trim() !== '') lines.push(line.replace(/ +/g, ' ').trim());
    line = '';
  };
  for (const piece of pieces) {
    // What left the screen is a list of references; everything else ends with its own.
    if (isList && piece.kind !== 'reference' && line.endsWith('⟩')) flush();
    if (piece.kind !== 'reference') isList = isScreen && piece.kind === 'word' && piece.word === 'gone';
    switch (piece.kind) {
      case 'text':
        line += piece.text.replace(/\s+/gu, ' ');
        if (isScreen && piece.text.endsWith('\n')) flush();
        break;
      case 'echo':
        line += ` «${piece.text}»`;
        break;
      case 'word':
        if (isScreen && piece.word === 'notice') flush();
        line += isScreen && piece.word === 'value' ? ' = ' : ` ${piece.word} `;
        break;
      case 'reference':
        line += ` ⟨${piece.reference}⟩`;
        if (isScreen && !isList) flush();
    }
  }
  flush();
  return lines;
}
