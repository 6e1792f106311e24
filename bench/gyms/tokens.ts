/**
 * How many tokens the invoices gym's transcripts take, with a tokenizer of preset micro's size that was trained on demonstrations of the training split. First: the
 * largest whole screen of document and form. Delta: one action with its echoes and the observation that follows, where the screen stays.
 */

import { withGym } from '../../recipes/factory/with-gym.ts';
import { encodeTranscript, SPECIAL_TOKENS, type TextCodec } from '../../src/grammar/index.ts';
import type { PlayedEpisode } from '../../src/gym/index.ts';
import { presetConfig, trainTokenizer } from '../../src/model/index.ts';
import type { Segment } from '../../src/records/index.ts';
import { textsOf } from '../../src/train/index.ts';
import type { Bench, Measurement } from '../row.ts';
import { assertSuccess, playMany, quantile } from './episodes.ts';

const LEARNED_FROM = 200;
const COUNTED = 200;

export const tokens: Bench = {
  names: ['invoices-first-observation-tokens', 'invoices-delta-tokens', 'invoices-episode-tokens'],
  measure: ({ seed, say }) =>
    withGym('invoices', async (gym) => {
      const slices = Object.keys(gym.manifest.slices);
      const play = (count: number, split: 'train' | 'validate'): ReturnType<typeof playMany> =>
        playMany(gym, { count, split, from: 1000 * seed, slices, lanes: 2 });
      const learned = await play(LEARNED_FROM, 'train');
      const counted = await play(COUNTED, 'validate');
      assertSuccess(counted);
      const { vocabularySize } = presetConfig('micro');
      const codec = trainTokenizer(
        learned.episodes.flatMap(({ transcript }) => textsOf(transcript)),
        { vocabularySize, specialTokens: SPECIAL_TOKENS },
      );
      const counts = counted.episodes.map((episode) => countTokens(episode, codec));
      say(`  tokenizer of ${vocabularySize} from ${LEARNED_FROM} training episodes; ${COUNTED} validation episodes counted`);
      const row = (name: string, values: readonly number[], note: string): Measurement => ({
        name,
        value: quantile(values, 0.5),
        unit: 'tokens',
        spread: [Math.min(...values), Math.max(...values)],
        seed,
        note: `median; 95th percentile ${quantile(values, 0.95)}; ${note}`,
      });
      const firsts = counts.flatMap(({ first }) => (first === null ? [] : [first]));
      return [
        row('invoices-first-observation-tokens', firsts, `document and form, ${firsts.length} screens over all slices`),
        row(
          'invoices-delta-tokens',
          counts.flatMap(({ deltas }) => deltas),
          'action with echoes and observation, where one field changes',
        ),
        row(
          'invoices-episode-tokens',
          counts.map(({ all }) => all),
          `${counts.length} whole episodes of the expert`,
        ),
      ];
    }),
};

interface Counts {
  /** null where the episode never opened the document. */
  readonly first: number | null;
  readonly deltas: readonly number[];
  readonly all: number;
}

function countTokens({ transcript }: PlayedEpisode, codec: TextCodec): Counts {
  const length = (segments: readonly Segment[]): number => encodeTranscript({ schemaVersion: 1, segments }, codec).tokens.length - 1;
  const { segments } = transcript;
  const screens = segments.filter(({ kind }) => kind === 'observe').map((segment) => length([segment]));
  const deltas = segments.flatMap((segment, i) => {
    const after = segments[i + 1];
    const verb = segment.pieces[0];
    const isFieldAction = segment.kind === 'act' && verb?.kind === 'word' && ['fill', 'select'].includes(verb.word);
    return isFieldAction && after ? [length([segment, after])] : [];
  });
  const first = Math.max(...screens);
  return { first: deltas.length > 0 ? first : null, deltas, all: length(segments) + 1 };
}
