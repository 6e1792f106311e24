import { expect, it } from 'vitest';
import { parseActionLine } from '../grammar/index.ts';
import type { Offer, Target } from '../records/index.ts';
import { sameEffect } from './same-effect.ts';

const target = (reference: number, text: string, offers: readonly Offer[], role = ''): Target => ({
  reference,
  role,
  name: text,
  states: [],
  offers,
  text,
});
const targets = [
  target(0, 'Due', ['fill']),
  target(1, '12.03.2026', ['copy']),
  target(2, '12 March 2026', ['copy']),
  target(3, '13.03.2026', ['copy']),
  target(4, 'Colour', ['select']),
  target(5, 'red', ['option', 'copy']),
  target(6, 'red', ['copy']),
  target(7, 'red', ['option', 'copy']),
  target(8, 'Other', ['fill']),
  target(9, '', ['copy'], 'secret'),
  target(10, '', ['copy'], 'secret'),
  target(11, 'soon', ['copy']),
  target(12, 'later', ['copy']),
];

it.each([
  ['fill 0 from 1 as date', 'fill 0 from 1 as date', true],
  ['fill 0 from 1 as date', 'fill 0 from 2 as date', true],
  ['fill 0 from 1 as date', 'fill 0 from 3 as date', false],
  ['fill 0 from 1 as date', 'fill 0 from 1', false],
  ['fill 0 from 1 as trim', 'fill 0 from 1', true],
  ['fill 0 from 1', 'fill 8 from 1', false],
  // Both are refused, but what was meant differs.
  ['fill 0 from 11 as date', 'fill 0 from 12 as date', false],
  // The same nothing on the screen, two secrets behind it.
  ['fill 0 from 9', 'fill 0 from 10', false],
  ['fill 0 from 9', 'fill 0 from 9', true],
  ['fill 0 from 5', 'fill 0 from 6', true],
  ['fill 0 from 99', 'fill 0 from 1', false],
  ['select 4 from 5', 'select 4 from 6', true],
  ['select 4 from 5', 'select 4 from 7', false],
  ['select 4 from 5', 'select 8 from 5', false],
  ['answer 5', 'answer 6', false],
  ['click 0', 'hover 0', false],
  ['type 0 "a"', 'type 0 "a"', true],
  ['type 0 "a"', 'type 0 "b"', false],
  ['done', 'done', true],
  ['done', 'abstain', false],
] as const)('%s and %s: %s', (a, b, expected) => {
  const read = (line: string) => parseActionLine(line.replace(/\b\d+/g, '[$&]'));
  expect(sameEffect(read(a), read(b), { targets })).toBe(expected);
  expect(sameEffect(read(b), read(a), { targets })).toBe(expected);
});
