/** Records to fill a journal with. Run as a program, it fills one at full speed and says which episodes it counts, until it is killed. */
import { isMainThread } from 'node:worker_threads';
import type { EpisodeRecord } from '../records/index.ts';
import { openJournal } from './journal.ts';

/** Episode `n`, with about `bytes` of text. */
export function madeRecord(n: number, bytes = 100): EpisodeRecord {
  return {
    schemaVersion: 1,
    id: n.toString(16).padStart(24, '0'),
    gym: 'made',
    gymVersion: '1',
    slice: 'base',
    seed: { split: 'train', n },
    lane: 'l',
    policy: 'p',
    transcript: { schemaVersion: 1, segments: [{ kind: 'goal', pieces: [{ kind: 'text', text: 'é\n'.repeat(bytes / 4) }] }] },
    steps: [
      {
        value: null,
        logprobs: [-0.5],
        surpriseNats: 1,
        milliseconds: 2,
        advice: { kind: 'act', pieces: [{ kind: 'word', word: 'done' }] },
      },
    ],
    stop: 'done',
    score: { success: n % 2 === 0, credit: n % 2 === 0 ? 1 : 0, broken: [], reasons: [] },
    audit: null,
    fault: null,
    seconds: 0.5,
    tokens: 7,
  };
}

const [path, lanes] = process.argv.slice(2);
if (isMainThread && process.argv[1]?.endsWith('journal.fixture.ts') && path !== undefined) {
  const journal = openJournal(path);
  let next = journal.size;
  const lane = async (): Promise<never> => {
    for (;;) {
      const record = madeRecord(next++, 20_000);
      await journal.append(record);
      process.stdout.write(`${record.id}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(lanes) }, lane));
}
