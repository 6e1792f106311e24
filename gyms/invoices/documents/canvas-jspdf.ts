/** Drawn by jsPDF: one text object a run, literal strings in the standard fonts' own encoding, a small object structure. */
import { jsPDF } from 'jspdf';
import { hashBytes } from '../../../src/base/index.ts';
import type { Canvas, Colour, Family, Paper } from './canvas.ts';

const FACES: Readonly<Record<Family, string>> = { sans: 'helvetica', serif: 'times', mono: 'courier' };

const bytesOf = (colour: Colour): [number, number, number] => colour.map((part) => Math.round(part * 255)) as [number, number, number];

export function openJsPdf(paper: Paper, seed: string): Canvas {
  const document = new jsPDF({ unit: 'pt', format: [paper.width, paper.height], putOnlyUsedFonts: true, compress: true });
  // As text: a Date would be written in the machine's time zone.
  document.setCreationDate("D:20000101000000+00'00'" as unknown as Date);
  document.setFileId(hashBytes(seed).slice(0, 32).toUpperCase());
  let pages = 0;
  return {
    paper,
    page() {
      // It opens with its first page.
      if (pages++ > 0) document.addPage([paper.width, paper.height]);
    },
    text(text, x, y, type, upwards = false) {
      document.setFont(FACES[type.family], type.bold ? 'bold' : 'normal').setFontSize(type.size);
      document.setTextColor(...bytesOf(type.colour));
      document.text(text, x, y, upwards ? { angle: 90 } : {});
    },
    box(x, y, width, height, colour) {
      document.setFillColor(...bytesOf(colour)).rect(x, y, width, height, 'F');
    },
    async finish() {
      return new Uint8Array(document.output('arraybuffer'));
    },
  };
}
