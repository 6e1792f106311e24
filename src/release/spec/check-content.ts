/** Whether a text says what a rule asks for. A text that can't be read with certainty is neither: `truth` is null. */
import { normalise } from '../../grammar/index.ts';
import { allOf, type Finding, finding, showText } from './finding.ts';
import { fold, type Glob, matchesAny } from './glob.ts';
import type { Content } from './spec-rule.ts';

/** Characters of a text that is compared with patterns; a longer one can't be told. */
export const LONGEST_TEXT = 20_000;
/** Characters of a text that is read as an amount or a date. */
const LONGEST_READ = 400;

/** `text`: what `subject` holds, or null where that can't be read. */
export function checkContent(content: Content, text: string | null, subject: string): Finding {
  const { text: globs, amount, date } = content;
  const isAsked = globs !== undefined || amount !== undefined || date !== undefined;
  if (text === null && isAsked) return finding(null, `${subject} can't be read`);
  const held = text ?? '';
  return allOf([
    ...(globs === undefined ? [] : [() => checkText(globs, held, subject)]),
    ...(amount === undefined ? [] : [() => checkAmount(amount, held, subject)]),
    ...(date === undefined ? [] : [() => checkDate(date, held, subject)]),
  ]);
}

export function checkText(globs: readonly Glob[], text: string, subject: string): Finding {
  if (text.length > LONGEST_TEXT) return finding(null, `${subject} has ${text.length} characters, more than are read`);
  const isMatched = matchesAny(globs, fold(text));
  return finding(isMatched, `${subject} is ${showText(text)}${isMatched ? '' : `, not ${showGlobs(globs)}`}`);
}

function checkAmount(bounds: NonNullable<Content['amount']>, text: string, subject: string): Finding {
  const read = text.length > LONGEST_READ ? undefined : normalise(text, 'amount');
  if (!read?.ok) return finding(null, `${subject} is ${showText(text)}, which can't be read as an amount`);
  // In cents: bounds are exact there, and what is too large to be exact is larger than any bound.
  const cents = Number(read.text.replace('.', ''));
  const { above, below } = bounds;
  const holds = (above === undefined || cents > Math.round(above * 100)) && (below === undefined || cents < Math.round(below * 100));
  return finding(holds, `${subject} is ${read.text}, ${holds ? '' : 'not '}${showBounds({ above, below })}`);
}

/** Where a text could be one day or another, both must agree on the answer. */
function checkDate(bounds: NonNullable<Content['date']>, text: string, subject: string): Finding {
  const days = (['date', 'us-date'] as const).flatMap((as) => {
    const read = normalise(text, as);
    return read.ok ? [read.text] : [];
  });
  if (days.length === 0) return finding(null, `${subject} is ${showText(text)}, which can't be read as a date`);
  const { after, before } = bounds;
  const answers = new Set(days.map((day) => (after === undefined || day > after) && (before === undefined || day < before)));
  const shown = [...new Set(days)].join(' or ');
  if (answers.size > 1) return finding(null, `${subject} is ${shown}, and it can't be told which`);
  const holds = answers.has(true);
  return finding(holds, `${subject} is ${shown}, ${holds ? '' : 'not '}${showBounds({ after, before })}`);
}

const showBounds = (bounds: Readonly<Record<string, number | string | undefined>>): string =>
  Object.entries(bounds)
    .flatMap(([word, bound]) => (bound === undefined ? [] : [`${word} ${bound}`]))
    .join(' and ');

/** Patterns that are shown of a list. */
const SHOWN_GLOBS = 4;

export function showGlobs(globs: readonly Glob[]): string {
  const shown = globs.slice(0, SHOWN_GLOBS).map(({ pattern }) => showText(pattern));
  return shown.join(' or ') + (globs.length > SHOWN_GLOBS ? ` or one of ${globs.length - SHOWN_GLOBS} more` : '');
}
