/** How a person says that the task is over: a word in the terminal. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** `asked` and `answered` are about the place that was last clicked, selected or copied, unless an answer has its own text. `quit`: nothing is claimed. */
export type PersonEnding =
  | { readonly kind: 'done' | 'asked' | 'abstained' }
  | { readonly kind: 'answered'; readonly text?: string }
  | { readonly kind: 'quit'; readonly reason: string };

export const ENDING_HELP = 'done · ask (about what you clicked last) · abstain · answer [TEXT] · quit';

/** The ending on a line, or null where it is none. */
export function parseEnding(line: string): PersonEnding | null {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/su.exec(line) ?? [];
  if (word.toLowerCase() === 'answer') return { kind: 'answered', ...(rest === '' ? {} : { text: rest }) };
  if (rest !== '') return null;
  switch (word.toLowerCase()) {
    case 'done':
      return { kind: 'done' };
    case 'ask':
      return { kind: 'asked' };
    case 'abstain':
      return { kind: 'abstained' };
    case 'quit':
      return { kind: 'quit', reason: 'the person quit' };
    default:
      return null;
  }
}

/** The first line of `input` that is an ending; its end is `quit`. `onUnknown` is told every other line. */
export async function readEnding(input: Readable, onUnknown?: (line: string) => void): Promise<PersonEnding> {
  const lines = createInterface({ input });
  try {
    for await (const line of lines) {
      const ending = parseEnding(line);
      if (ending) return ending;
      onUnknown?.(line);
    }
    return { kind: 'quit', reason: 'the terminal was closed' };
  } finally {
    lines.close();
  }
}
