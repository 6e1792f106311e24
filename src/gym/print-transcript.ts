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
  const flush = (): void => {
    if (line.trim() !== '') lines.push(line.trim());
    line = '';
  };
  for (const piece of pieces) {
    switch (piece.kind) {
      case 'text':
        line += piece.text.replace(/\s+/gu, ' ');
        break;
      case 'echo':
        line += ` «${piece.text}»`;
        break;
      case 'word':
        if (isScreen && piece.word === 'notice') flush();
        line += isScreen && piece.word === 'value' ? ' = ' : ` ${piece.word}`;
        break;
      case 'reference':
        line += ` ⟨${piece.reference}⟩`;
        if (isScreen && !line.startsWith(' gone')) flush();
    }
  }
  flush();
  return lines;
}
