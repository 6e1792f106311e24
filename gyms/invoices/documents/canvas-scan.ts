/**
 * What a scanner makes of a page: one grey picture, no text. Letters are blots of their own widths, soft at the edges, on uneven
 * paper; nobody reads them, and nobody has to: a scan is handed over.
 */
import { deflateSync } from 'node:zlib';
import { Random } from '../../../src/base/index.ts';
import { type Canvas, type Colour, type Paper, widthOf } from './canvas.ts';
import { pageTree, writePdf } from './pdf-file.ts';

/** Pixels of a point: 90 dots an inch. */
const SCALE = 1.25;

const greyOf = ([red, green, blue]: Colour): number => Math.round(255 * (0.3 * red + 0.59 * green + 0.11 * blue));

export function openScan(paper: Paper, seed: string): Canvas {
  const width = Math.round(paper.width * SCALE);
  const height = Math.round(paper.height * SCALE);
  const random = new Random(`${seed}/scan`);
  /** A page lies a little askew. */
  const slant = (random.uniform() - 0.5) * 0.012;
  const pages: Uint8Array[] = [];

  function paint(x: number, y: number, w: number, h: number, grey: number): void {
    const pixels = pages.at(-1) as Uint8Array;
    const left = Math.max(0, Math.round(x * SCALE));
    const right = Math.min(width, Math.round((x + w) * SCALE));
    const rows = Math.max(1, Math.round(h * SCALE));
    for (let column = left; column < Math.max(right, left + 1) && column < width; column++) {
      const top = Math.round(y * SCALE + column * slant);
      for (let row = Math.max(0, top); row < Math.min(height, top + rows); row++) {
        const at = row * width + column;
        pixels[at] = Math.min(pixels[at] as number, grey);
      }
    }
  }

  return {
    paper,
    page() {
      const pixels = new Uint8Array(width * height);
      for (let row = 0; row < height; row++) pixels.fill(240 + random.below(8), row * width, (row + 1) * width);
      pages.push(pixels);
    },
    text(text, x, y, type, upwards = false) {
      const grey = Math.max(40, greyOf(type.colour));
      let along = 0;
      for (const c of text) {
        const advance = widthOf(c, type);
        const tall = /[\p{Lu}\d]|[bdfhkltß]/u.test(c) ? 0.7 : /\p{L}/u.test(c) ? 0.5 : 0.15;
        if (c.trim() !== '') {
          const breadth = advance * (0.35 + random.uniform() * 0.3);
          const rise = type.size * tall;
          if (upwards) paint(x - rise, y - along - breadth, rise, breadth, grey + 25);
          else {
            // A stem and a softer body make a blot.
            paint(x + along, y - rise, advance * 0.8, rise, Math.min(235, grey + 110));
            paint(x + along, y - rise, Math.max(0.6, breadth * 0.4), rise, grey + 25);
          }
        }
        along += advance;
      }
    },
    box(x, y, w, h, colour) {
      paint(x, y, w, h, greyOf(colour));
    },
    async finish() {
      const objects = pages.flatMap((pixels, i) => {
        const first = 3 + 3 * i;
        const content = Buffer.from(`q ${paper.width} 0 0 ${paper.height} 0 0 cm /Scan Do Q`, 'latin1');
        return [
          `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${paper.width} ${paper.height}] /Resources << /XObject << /Scan ${first + 2} 0 R >> >> /Contents ${first + 1} 0 R >>`,
          { entries: '', bytes: content },
          {
            entries: `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode`,
            bytes: deflateSync(pixels, { level: 1 }),
          },
        ];
      });
      return writePdf([...pageTree(pages.length, 3, 3), ...objects]);
    },
  };
}
