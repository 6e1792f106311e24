/** Drawn by pdf-lib: each run a text object of its own with a matrix and hexadecimal strings, no kerning. */
import { degrees, PDFDocument, type PDFFont, type PDFPage, rgb, type StandardFonts } from 'pdf-lib';
import { type Canvas, type Colour, fontName, type Paper, type Type } from './canvas.ts';

interface Step {
  readonly page: number;
  draw(page: PDFPage, font: (type: Type) => PDFFont): void;
}

const colourOf = ([red, green, blue]: Colour) => rgb(red, green, blue);

/** Collects what is drawn, because the library opens a document asynchronously. */
export function openPdfLib(paper: Paper): Canvas {
  const steps: Step[] = [];
  let pages = 0;
  const add = (draw: Step['draw']): void => {
    steps.push({ page: pages - 1, draw });
  };
  return {
    paper,
    page() {
      pages++;
    },
    text(text, x, y, type, upwards = false) {
      add((page, font) =>
        page.drawText(text, {
          x,
          y: paper.height - y,
          size: type.size,
          font: font(type),
          color: colourOf(type.colour),
          ...(upwards ? { rotate: degrees(90) } : {}),
        }),
      );
    },
    box(x, y, width, height, colour) {
      add((page) => page.drawRectangle({ x, y: paper.height - y - height, width, height, color: colourOf(colour) }));
    },
    async finish() {
      const document = await PDFDocument.create({ updateMetadata: false });
      const fonts = new Map<StandardFonts, PDFFont>();
      const font = (type: Type): PDFFont => {
        const name = fontName(type);
        const known = fonts.get(name) ?? document.embedStandardFont(name);
        fonts.set(name, known);
        return known;
      };
      const drawn = Array.from({ length: pages }, () => document.addPage([paper.width, paper.height]));
      for (const step of steps) step.draw(drawn[step.page] as PDFPage, font);
      return document.save({ objectsPerTick: Number.POSITIVE_INFINITY });
    },
  };
}
