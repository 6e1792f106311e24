/**
 * HTML that can't be broken out of. The template `html` escapes whatever it is given, except what another template made: outside text (documents,
 * pages, names) has no way to become a tag or an attribute.
 */
import { plain } from '../text-table.ts';

/** Made by `html` or `trusted` only. */
export class Markup {
  readonly #source: string;
  constructor(source: string) {
    this.#source = source;
  }
  toString(): string {
    return this.#source;
  }
}

export type Content = Markup | string | number | null | false | readonly Content[];

/** Attribute values must stand in double quotes. `null` and `false` are nothing. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.reduce((source, part, i) => source + spell(contents[i - 1] ?? null) + part));
}

/** Source of this program's own: styles, scripts. Never outside text. */
export const trusted = (source: string): Markup => new Markup(source);

function spell(content: Content): string {
  if (content === null || content === false) return '';
  if (content instanceof Markup) return content.toString();
  if (typeof content === 'string' || typeof content === 'number') return escapeText(String(content));
  return content.map(spell).join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Without control characters, those that turn the direction of writing included. */
export const escapeText = (text: string): string => plain(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] as string);
