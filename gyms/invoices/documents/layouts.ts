/** All layouts: which plan, drawn by which producer, on which paper, in whose hands. Names are part of tasks: never reuse one. */
import { A4, type Family, LETTER, type OpenCanvas, type Paper } from './canvas.ts';
import { openJsPdf } from './canvas-jspdf.ts';
import { openPdfLib } from './canvas-pdf-lib.ts';
import { openPdfkit, openPdfkitEmbedded } from './canvas-pdfkit.ts';
import { openRaw } from './canvas-raw.ts';
import { farApart, inverted, sideways, twoColumns, upsideDown } from './layouts-exam.ts';
import { band, boxes, classic, column, ledger, letter, office, strip, typed } from './layouts-train.ts';
import type { Plan } from './pages.ts';

export type Producer = 'pdfkit' | 'pdf-lib' | 'jspdf' | 'raw';

export interface Layout {
  readonly name: string;
  readonly producer: Producer;
  /** Only drawn in the exam's slices of unseen layouts. */
  readonly exam: boolean;
}

export interface DrawnLayout extends Layout {
  readonly open: OpenCanvas;
  readonly plan: Plan;
  readonly paper: Paper;
  readonly families: readonly Family[];
  /** Of ordinary text, in points: smallest and largest. */
  readonly sizes: readonly [number, number];
}

const SANS: readonly Family[] = ['sans'];
const ANY: readonly Family[] = ['sans', 'sans', 'serif'];

const train = (name: string, producer: Producer, open: OpenCanvas, plan: Plan, more: Partial<DrawnLayout> = {}): DrawnLayout => ({
  name,
  producer,
  exam: false,
  open,
  plan,
  paper: A4,
  families: ANY,
  sizes: [8.5, 9.5],
  ...more,
});
const exam: typeof train = (name, producer, open, plan, more = {}) => train(name, producer, open, plan, { ...more, exam: true });

export const DRAWN_LAYOUTS: readonly DrawnLayout[] = [
  train('classic', 'pdfkit', openPdfkit, classic),
  train('letter', 'pdf-lib', openPdfLib, letter, { families: ['serif', 'sans'] }),
  train('band', 'jspdf', openJsPdf, band),
  train('typed', 'raw', openRaw('words'), typed, { families: ['mono'], sizes: [7.5, 8] }),
  train('boxes', 'pdfkit', openPdfkitEmbedded, boxes, { families: SANS }),
  train('office', 'pdf-lib', openPdfLib, office, { paper: LETTER }),
  train('ledger', 'jspdf', openJsPdf, ledger, { families: ['serif'] }),
  train('strip', 'raw', openRaw('glyphs'), strip),
  train('column', 'raw', openRaw('shuffled'), column),
  exam('inverted', 'pdf-lib', openPdfLib, inverted),
  exam('sideways', 'pdfkit', openPdfkitEmbedded, sideways, { families: SANS }),
  exam('far-apart', 'jspdf', openJsPdf, farApart, { paper: LETTER, sizes: [8, 9] }),
  exam('two-columns', 'raw', openRaw('words'), twoColumns, { sizes: [8, 9] }),
  exam('upside-down', 'pdfkit', openPdfkit, upsideDown),
];

export const LAYOUTS: readonly Layout[] = DRAWN_LAYOUTS.map(({ name, producer, exam }) => ({ name, producer, exam }));
