/** Which Nodes run TypeScript without a flag (Node's changelogs: 22.18.0 and 23.6.0 were the first of their lines). */
import { expect, it } from 'vitest';

interface SetUp {
  readonly stripsTypes: (version: string) => boolean;
}

it.each([
  ['20.19.0', false],
  ['22.17.1', false],
  ['22.18.0', true],
  ['23.0.0', false],
  ['23.5.0', false],
  ['23.6.0', true],
  ['24.0.0', true],
])('Node %s strips types unasked: %s', async (version, expected) => {
  const { stripsTypes } = (await import(new URL('../bin/set-up.mjs', import.meta.url).href)) as SetUp;
  expect(stripsTypes(version)).toBe(expected);
});
