/**
 * HTML by tagged template: whatever is interpolated is escaped, unless it is itself the result of `html`.
 *
 * Attributes must be written in double quotes. There is no way to put in raw text.
 */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | false | null | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function write(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if (part === false || part === null || part === undefined) return '';
  let out = '';
  for (const one of part) out += write(one);
  return out;
}

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let out = strings[0] ?? '';
  for (let i = 0; i < parts.length; i++) out += write(parts[i]) + (strings[i + 1] ?? '');
  return new Html(out);
}
