/** The copying task: type a random string that stands earlier in the transcript. No string is seen twice. */
import { Random } from '../../src/base/index.ts';
import type { Transcript } from '../../src/records/index.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** The episode of this number: always the same one. */
export function copyingTranscript(number: number | string): Transcript {
  const random = new Random(`copying/${number}`);
  const text = Array.from({ length: 8 + random.below(17) }, () => random.pick([...LETTERS])).join('');
  return {
    schemaVersion: 1,
    segments: [
      { kind: 'goal', pieces: [{ kind: 'text', text: 'copy' }] },
      { kind: 'observe', pieces: [{ kind: 'text', text }] },
      {
        kind: 'act',
        pieces: [
          { kind: 'word', word: 'type' },
          { kind: 'text', text },
        ],
      },
    ],
  };
}
