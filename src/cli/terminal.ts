/** What the terminal can do: colour, a line that is written over, a width. Follows NO_COLOR (no-color.org) and TERM=dumb. */
import { stripVTControlCharacters } from 'node:util';

export interface Terminal {
  readonly write: (text: string) => void;
  /** Whether a person watches and lines can be written over. */
  readonly isLive: boolean;
  readonly hasColor: boolean;
  /** Now; it changes while a run goes on. */
  readonly columns: () => number;
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function terminalOf(output: Output, environment: Environment = process.env): Terminal {
  const isLive = output.isTTY === true && environment.TERM !== 'dumb';
  return {
    write: (text) => void output.write(text),
    isLive,
    hasColor: isLive && (environment.NO_COLOR ?? '') === '',
    // 0 is what some terminals say before they know.
    columns: () => output.columns || 80,
  };
}

export type Paint = (text: string) => string;
export const painter = ({ hasColor }: Pick<Terminal, 'hasColor'>, code: number): Paint =>
  hasColor ? (text) => `\u001b[${code}m${text}\u001b[39;22m` : (text) => text;
export const DIM = 2;
export const RED = 31;
export const GREEN = 32;

/** Goes to the start of the line and clears it. */
export const CLEAR_LINE = '\r\u001b[2K';

export const uncolored = stripVTControlCharacters;

/** Text from files or models, harmless: control characters (C0, C1, DEL) but newline and tab are spelled out, as `\x1b`. */
export function escapeControls(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
