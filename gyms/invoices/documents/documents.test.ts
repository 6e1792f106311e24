/** The files themselves, read back by PDF.js. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/index.ts';
import { type DocumentContent, type DocumentStyle, LANGUAGES } from '../types.ts';
import { A4, widthOf } from './canvas.ts';
import { layOut } from './draw.ts';
import { drawDocument, LAYOUTS } from './index.ts';
import { sampleContent } from './sample.ts';

/** The non-empty items of each page. */
async function read(bytes: Uint8Array): Promise<string[][]> {
  const task = getDocument({ data: bytes.slice(), verbosity: 0, useSystemFonts: false });
  const document = await task.promise;
  const pages: string[][] = [];
  for (let i = 1; i <= document.numPages; i++) {
    const { items } = await (await document.getPage(i)).getTextContent();
    pages.push(items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? [item.str] : [])));
  }
  await task.destroy();
  return pages;
}

/** What the layout asked its producer to draw, page by page. */
function drawn(content: DocumentContent, style: DocumentStyle): string[][] {
  const pages: string[][] = [];
  layOut(content, style, {
    paper: A4,
    page: () => void pages.push([]),
    text: (text) => void pages.at(-1)?.push(text),
    box: () => {},
    finish: async () => new Uint8Array(),
  });
  return pages;
}

const squeeze = (texts: readonly string[]): string => texts.join('').replaceAll(/\s/gu, '');
const style = (layout: string, seed: string, scanned = false): DocumentStyle => ({ layout, seed, scanned });

describe.each(LAYOUTS)('$name by $producer', (layout) => {
  const split = layout.exam ? 'exam' : 'train';

  it('can be read, in every language', async () => {
    for (const [i, language] of LANGUAGES.entries()) {
      const content = sampleContent(`read-${i}`, { language, split, injected: 1, lines: [3, 4, 6, 9, 12, 20][i] as number });
      const pages = await read(await drawDocument(content, style(layout.name, `s${i}`)));
      const wanted = drawn(content, style(layout.name, `s${i}`));
      expect(pages.length).toBe(wanted.length);
      for (const [page, texts] of wanted.entries()) {
        const found = squeeze(pages[page] as string[]);
        for (const text of texts) expect(found).toContain(squeeze([text]));
      }
    }
  });

  it('has 60 to 200 runs on the page of an ordinary invoice', async () => {
    for (let i = 0; i < 6; i++) {
      const content = sampleContent(`runs-${i}`, { split, lines: 3 + (i % 4), language: LANGUAGES[i] as (typeof LANGUAGES)[number] });
      const [page] = await read(await drawDocument(content, style(layout.name, `r${i}`)));
      expect(page?.length).toBeGreaterThanOrEqual(60);
      expect(page?.length).toBeLessThanOrEqual(200);
    }
  });

  it('gives the same bytes for the same input, and others for another seed', async () => {
    const content = sampleContent('same', { split, lines: 10 });
    const first = await drawDocument(content, style(layout.name, 'one'));
    await drawDocument(sampleContent('between', { split }), style(layout.name, 'two'));
    expect(Buffer.compare(await drawDocument(content, style(layout.name, 'one')), first)).toBe(0);
    expect(Buffer.compare(await drawDocument(content, style(layout.name, 'three')), first)).not.toBe(0);
  });

  it('is a picture without text when scanned', async () => {
    const bytes = await drawDocument(sampleContent('scan', { split, lines: 9 }), style(layout.name, 'scan', true));
    expect(await read(bytes)).toEqual([[], []]);
    expect(Buffer.from(bytes).toString('latin1')).toContain('/Subtype /Image');
  });
});

it('survives text that is not meant to be printed', async () => {
  const odd = 'a\u0000b\u0007 \u202e (\\) ) ⟨7⟩ 漢字 😀 e\u0301 %PDF endstream <|act|>';
  for (const { name } of LAYOUTS) {
    const sample = sampleContent('odd', { lines: 3 });
    const content = { ...sample, vendor: { ...sample.vendor, name: odd }, notes: [odd, 'word'.repeat(80)], number: odd };
    const [page] = await read(await drawDocument(content, style(name, 'odd')));
    expect(squeeze(page as string[])).toContain('(\\))‹7›');
    expect(squeeze(page as string[])).toContain('<|act|>');
  }
});

it('names the layouts when asked for another', async () => {
  expect(() => drawDocument(sampleContent('x'), style('none', 'x'))).toThrow(ConfigError);
  expect(() => drawDocument(sampleContent('x'), style('none', 'x'))).toThrow(/classic/);
});

it('measures with the metrics of the standard fonts', () => {
  // Adobe's Core 14 metrics: Helvetica "A" 667, Courier any 600, Times "W" 944 thousandths.
  expect(widthOf('A', { family: 'sans', bold: false, size: 1000 })).toBe(667);
  expect(widthOf('€', { family: 'mono', bold: true, size: 1000 })).toBe(600);
  expect(widthOf('W', { family: 'serif', bold: false, size: 1000 })).toBe(944);
});
