/**
 * A key for positions of a gym whose screen shows everything: the whole screen with what stands behind which reference, and which references are
 * dealt next. With all of that equal, a line of actions that was found from one position means the same from the other.
 *
 * Leaves out how many steps were used, so that the way that was found first stands for all. Not for worlds with a hidden state.
 */
import { DataError, hashJson, type Json } from '../../src/base/index.ts';
import type { Snapshot } from '../../src/records/index.ts';

/** Throws `DataError` for a snapshot that does not hold what its session has shown. */
export function screenKey({ state }: Snapshot): string {
  const observer = typeof state === 'object' && state !== null && 'observer' in state ? state.observer : undefined;
  if (typeof observer !== 'object' || observer === null)
    throw new DataError({ operation: 'compare two screens', got: 'a snapshot without an observer', expected: 'one of a screen session' });
  return hashJson(observer as Json);
}
