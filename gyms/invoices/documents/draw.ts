/** From what a document says and how it shall look to a PDF file: the same input, the same bytes. */
import { ConfigError, Random } from '../../../src/base/index.ts';
import type { DocumentContent, DocumentStyle } from '../types.ts';
import type { Canvas, Colour } from './canvas.ts';
import { openScan } from './canvas-scan.ts';
import { DRAWN_LAYOUTS, type DrawnLayout } from './layouts.ts';
import { drawPages } from './pages.ts';
import { printDocument } from './printed.ts';

const ACCENTS: readonly Colour[] = [
  [0.1, 0.1, 0.12],
  [0.12, 0.3, 0.5],
  [0.45, 0.12, 0.16],
  [0.1, 0.38, 0.3],
  [0.3, 0.22, 0.45],
  [0.6, 0.32, 0.08],
];

function findLayout(name: string): DrawnLayout {
  const layout = DRAWN_LAYOUTS.find((one) => one.name === name);
  if (layout) return layout;
  throw new ConfigError({
    operation: 'draw a document',
    got: `the layout "${name}"`,
    expected: `one of ${DRAWN_LAYOUTS.map((one) => one.name).join(', ')}`,
  });
}

/** Draws on `canvas` instead of the layout's own producer, where one is given. */
export function layOut(content: DocumentContent, style: DocumentStyle, canvas?: Canvas): Canvas {
  const layout = findLayout(style.layout);
  const seed = `${style.layout}/${style.seed}`;
  const random = new Random(`${seed}/look`);
  const target = canvas ?? (style.scanned ? openScan : layout.open)(layout.paper, seed);
  const [smallest, largest] = layout.sizes;
  const look = {
    family: random.pick(layout.families),
    size: smallest + Math.round(random.uniform() * (largest - smallest) * 4) / 4,
    accent: random.pick(ACCENTS),
    colon: random.pick([':', '', ':']),
  };
  const printed = printDocument(content, layout.exam ? 'exam' : 'train', seed);
  drawPages({ canvas: target, printed, look }, layout.plan, { first: 6 + random.below(3), next: 9 + random.below(4) });
  return target;
}

/** The bytes of a PDF file. Pure but for fonts, which are read once. */
export const drawDocument = (content: DocumentContent, style: DocumentStyle): Promise<Uint8Array> => layOut(content, style).finish();
