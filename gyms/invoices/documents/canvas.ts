/**
 * What a layout draws on: pages, runs of text, rules and boxes. Each way of producing a PDF implements it; layouts know none of them.
 *
 * Lengths are points, the origin is the top left corner, y grows downwards, text stands on its baseline. Text is first reduced to
 * Windows-1252, which the standard fonts can draw.
 */
import { StandardFontEmbedder, StandardFonts } from 'pdf-lib';

export type Family = 'sans' | 'serif' | 'mono';

/** 0 … 1 each. */
export type Colour = readonly [red: number, green: number, blue: number];

export interface Type {
  readonly family: Family;
  readonly bold: boolean;
  readonly size: number;
  readonly colour: Colour;
}

export interface Paper {
  readonly width: number;
  readonly height: number;
}

export const A4: Paper = { width: 595, height: 842 };
export const LETTER: Paper = { width: 612, height: 792 };

export interface Canvas {
  readonly paper: Paper;
  /** Begins a page; nothing is drawn before the first. */
  page(): void;
  /** One run on one line. `upwards` turns it by 90° to the left around its start. */
  text(text: string, x: number, y: number, type: Type, upwards?: boolean): void;
  /** A filled box; rules are thin boxes. */
  box(x: number, y: number, width: number, height: number, colour: Colour): void;
  /** The file. Nothing is drawn afterwards. */
  finish(): Promise<Uint8Array>;
}

/** A producer of PDF. `seed` is for what a producer may vary about the file itself. */
export type OpenCanvas = (paper: Paper, seed: string) => Canvas;

/** The name of the standard font, as all producers spell it. */
export function fontName({ family, bold }: Pick<Type, 'family' | 'bold'>): StandardFonts {
  switch (family) {
    case 'sans':
      return bold ? StandardFonts.HelveticaBold : StandardFonts.Helvetica;
    case 'serif':
      return bold ? StandardFonts.TimesRomanBold : StandardFonts.TimesRoman;
    case 'mono':
      return bold ? StandardFonts.CourierBold : StandardFonts.Courier;
  }
}

const METRICS = new Map<StandardFonts, StandardFontEmbedder>();

/** Width in points, without kerning. `text` has gone through `toWindows1252`. */
export function widthOf(text: string, type: Pick<Type, 'family' | 'bold' | 'size'>): number {
  const name = fontName(type);
  let metrics = METRICS.get(name);
  if (!metrics) {
    metrics = StandardFontEmbedder.for(name as unknown as Parameters<typeof StandardFontEmbedder.for>[0]);
    METRICS.set(name, metrics);
  }
  return metrics.widthOfTextAtSize(text, type.size);
}

/** What Windows-1252 has between 0x80 and 0x9f, in order; unused places are spaces. */
const HIGH = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const STAND_INS: Readonly<Record<string, string>> = {
  '⟨': '‹',
  '⟩': '›',
  '\u202f': ' ',
  '\u2009': ' ',
  '\u00a0': ' ',
  '\u00ad': '-',
  '−': '–',
};

/** `text` with every character that Windows-1252 lacks replaced: by a stand-in, or by a question mark. Control characters become spaces. */
export function toWindows1252(text: string): string {
  let out = '';
  for (const c of text.normalize('NFC')) {
    const code = c.codePointAt(0) as number;
    if (STAND_INS[c] !== undefined) out += STAND_INS[c];
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) out += ' ';
    else if (code <= 0xff || HIGH.includes(c)) out += c;
    else out += '?';
  }
  return out;
}

/** The byte that stands for a character of `toWindows1252`'s result. */
export function windows1252Byte(c: string): number {
  const code = c.charCodeAt(0);
  return code <= 0xff ? code : 0x80 + HIGH.indexOf(c);
}
