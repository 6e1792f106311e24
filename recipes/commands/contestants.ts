/** Which gym is meant where agents are named: the one that was typed, else the one that they were made for. */
import type { Options } from '../../src/cli/index.ts';
import { listGyms } from '../../src/gym/index.ts';
import type { Contestant } from '../factory/contestant.ts';

/** Throws `UsageError` where none was typed and the agents know none, or several. */
export function gymOf(options: Options, contestants: readonly Contestant[], typed: string | undefined): string {
  if (typed !== undefined) return typed;
  const known = [...new Set(contestants.flatMap(({ gym }) => (gym === null ? [] : [gym])))];
  const [gym] = known;
  if (gym === undefined) throw options.wrong('no gym', `the name of one: ${listGyms().join(', ')}`);
  if (known.length > 1)
    throw options.wrong(`agents of ${known.join(' and ')}`, 'agents of one gym, or the name of the gym that both are to play');
  return gym;
}
