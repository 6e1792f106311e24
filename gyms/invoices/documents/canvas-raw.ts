/**
 * Drawn by our own writer, in the odd ways of small billing programs: `words` places every word by itself, `glyphs` shows each
 * character in a TJ array with the kerning spelled out, `shuffled` writes the page's runs in an order that has nothing to do with reading.
 */
import { deflateSync } from 'node:zlib';
import { Random } from '../../../src/base/index.ts';
import { type Canvas, type Colour, fontName, type Paper, type Type, widthOf, windows1252Byte } from './canvas.ts';
import { pageTree, writePdf } from './pdf-file.ts';

export type RawMode = 'words' | 'glyphs' | 'shuffled';

interface Page {
  readonly boxes: string[];
  readonly runs: string[];
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

/** A literal string of one-byte characters; what isn't plain ASCII is written in octal. */
function literal(text: string): string {
  let out = '(';
  for (const c of text) {
    const byte = windows1252Byte(c);
    if (c === '(' || c === ')' || c === '\\') out += `\\${c}`;
    else out += byte >= 0x20 && byte < 0x7f ? c : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `${out})`;
}

const fill = (colour: Colour): string => `${colour.map((part) => round(part)).join(' ')} rg`;

export const openRaw =
  (mode: RawMode) =>
  (paper: Paper, seed: string): Canvas => {
    const pages: Page[] = [];
    const fonts: string[] = [];
    const fontOf = (type: Type): string => {
      const name = fontName(type);
      if (!fonts.includes(name)) fonts.push(name);
      return `/F${fonts.indexOf(name) + 1} ${round(type.size)} Tf`;
    };
    const current = (): Page => pages.at(-1) as Page;

    /** One text object: the words of a run by their own matrix, or its characters in one array. */
    function textObject(text: string, x: number, y: number, type: Type, upwards: boolean): string {
      const matrix = (along: number): string =>
        upwards
          ? `0 1 -1 0 ${round(x)} ${round(paper.height - y + along)} Tm`
          : `1 0 0 1 ${round(x + along)} ${round(paper.height - y)} Tm`;
      const head = `BT ${fontOf(type)} ${fill(type.colour)}`;
      if (mode === 'glyphs') return `${head} ${matrix(0)} [${[...text].map((c) => literal(c)).join(' 0 ')}] TJ ET`;
      const shown: string[] = [];
      for (const { 0: word, index } of text.matchAll(/\S+/g))
        shown.push(`${matrix(widthOf(text.slice(0, index), type))} ${literal(word)} Tj`);
      return `${head} ${shown.join(' ')} ET`;
    }

    return {
      paper,
      page() {
        pages.push({ boxes: [], runs: [] });
      },
      text(text, x, y, type, upwards = false) {
        current().runs.push(textObject(text, x, y, type, upwards));
      },
      box(x, y, width, height, colour) {
        current().boxes.push(`${fill(colour)} ${round(x)} ${round(paper.height - y - height)} ${round(width)} ${round(height)} re f`);
      },
      async finish() {
        const fontObjects = fonts.map((name) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`);
        const resources = `<< /Font << ${fonts.map((_, i) => `/F${i + 1} ${i + 3} 0 R`).join(' ')} >> >>`;
        const first = 3 + fonts.length;
        const pageObjects = pages.flatMap(({ boxes, runs }, i) => {
          const ordered = mode === 'shuffled' ? new Random(`${seed}/order-${i}`).shuffle(runs) : runs;
          const bytes = deflateSync(Buffer.from([...boxes, ...ordered].join('\n'), 'latin1'));
          const page = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${paper.width} ${paper.height}] /Resources ${resources} /Contents ${first + 2 * i + 1} 0 R >>`;
          return [page, { entries: '/Filter /FlateDecode', bytes }];
        });
        return writePdf([...pageTree(pages.length, first, 2), ...fontObjects, ...pageObjects]);
      },
    };
  };
