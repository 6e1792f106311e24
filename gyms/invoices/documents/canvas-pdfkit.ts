/**
 * Drawn by pdfkit: kerned runs in TJ arrays, standard fonts or (`embedded`) a TrueType subset with its own glyph numbers and a
 * ToUnicode map. Liberation Sans, which comes with PDF.js, has Helvetica's widths, so one measure serves both.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { type Canvas, type Colour, fontName, type Paper } from './canvas.ts';

/** The same for every document, so that the same input gives the same bytes. */
const CREATED = new Date(Date.UTC(2000, 0, 1));

/** What the library made of a font file, or the file itself. Parsing one takes longer than drawing a document. */
const parsed = new Map<boolean, unknown>();

function selectEmbedded(document: PDFKit.PDFDocument, bold: boolean): void {
  const name = `LiberationSans-${bold ? 'Bold' : 'Regular'}`;
  const known = parsed.get(bold);
  const source = known ?? readFileSync(createRequire(import.meta.url).resolve(`pdfjs-dist/standard_fonts/${name}.ttf`));
  document.registerFont(name, source as Buffer).font(name);
  // The library takes a parsed font wherever it takes a file, but offers no way to ask for one.
  if (known === undefined) parsed.set(bold, (document as unknown as { _font?: { font?: unknown } })._font?.font ?? source);
}

const bytesOf = ([red, green, blue]: Colour): [number, number, number] => [red * 255, green * 255, blue * 255];

function open(paper: Paper, embedded: boolean): Canvas {
  const document = new PDFDocument({ autoFirstPage: false, info: { CreationDate: CREATED } });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<Uint8Array>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    document.on('error', reject);
  });
  return {
    paper,
    page() {
      document.addPage({ size: [paper.width, paper.height], margin: 0 });
    },
    text(text, x, y, type, upwards = false) {
      const isEmbedded = embedded && type.family === 'sans';
      if (isEmbedded) selectEmbedded(document, type.bold);
      else document.font(fontName(type));
      document.fontSize(type.size);
      document.fillColor(bytesOf(type.colour));
      if (upwards) document.save().rotate(-90, { origin: [x, y] });
      document.text(text, x, y, { lineBreak: false, baseline: 'alphabetic' });
      if (upwards) document.restore();
    },
    box(x, y, width, height, colour) {
      document.rect(x, y, width, height).fill(bytesOf(colour));
    },
    finish() {
      document.end();
      return ended;
    },
  };
}

export const openPdfkit = (paper: Paper): Canvas => open(paper, false);
export const openPdfkitEmbedded = (paper: Paper): Canvas => open(paper, true);
