/** Which task: `--seed SPLIT/N` and `--slice NAME`. */
import type { ArgsDef } from 'citty';
import { type Seed, SPLITS } from '../records/index.ts';
import type { Options } from './options.ts';

export const SEED_ARGS = {
  seed: { type: 'string', valueHint: 'SPLIT/N', default: 'train/0', description: 'Which task' },
  slice: { type: 'string', valueHint: 'NAME', description: 'Of which slice; the first by default' },
} as const satisfies ArgsDef;

export function parseSeed(options: Options): Seed {
  const text = options.text('seed') ?? '';
  const [split, n] = text.split('/');
  const known = SPLITS.find((name) => name === split);
  if (!known || n === undefined || !/^\d{1,15}$/.test(n))
    throw options.wrong(`--seed ${text}`, `SPLIT/N, such as train/0; splits are ${SPLITS.join(', ')}`);
  return { split: known, n: Number(n) };
}
