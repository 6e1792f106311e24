/**
 * Whether the base finds what belongs into a field: on lessons that it was not trained on, how often it points at the right source with more than half of
 * its probability, everything before being as it was shown. A mean over all tokens of actions hides this: most of them follow from the grammar.
 */
import { lessonTranscript } from '../../base/lessons/index.ts';
import { BASE_FOLDER } from '../../recipes/factory/workshop.ts';
import { loadFolderModel } from '../../src/cli/index.ts';
import { boundaryId, encodeTranscript, wordId } from '../../src/grammar/index.ts';
import { packEpisodes, Trainer } from '../../src/train/index.ts';
import { echoedName } from '../echoed-name.ts';
import type { Bench } from '../row.ts';

const LESSONS = 60;
const SIZE = { time: 3072, lanes: 1 };
const ACT = boundaryId('act');
const FROM = wordId('from');

type Kind = 'field' | 'cell';
type Tally = Record<Kind, { right: number; all: number }>;

export const baseSources: Bench = {
  names: ['base-sources'],
  measure: async ({ seed }) => {
    const { config, weights, tokenizer } = loadFolderModel(BASE_FOLDER);
    const trainer = new Trainer(config, { weights });
    const tally: Tally = { field: { right: 0, all: 0 }, cell: { right: 0, all: 0 } };
    for (let n = 0; n < LESSONS; n++) {
      const episode = encodeTranscript(await lessonTranscript(20_000_000 + 1000 * seed + n), tokenizer);
      if (episode.tokens.length > SIZE.time) continue;
      const { batch } = packEpisodes([episode], SIZE);
      const { pointedNats } = await trainer.evaluate(batch);
      for (const [m, at] of batch.pointing.deciding.entries()) {
        if (batch.tokens[at] !== FROM || batch.pointing.weights[m] === 0) continue;
        const target = echoedName(batch.tokens.subarray(batch.tokens.lastIndexOf(ACT, at), at));
        const of = tally[/\d\s*$/.test(tokenizer.decode(target)) ? 'cell' : 'field'];
        of.all++;
        if ((pointedNats[m] as number) < Math.LN2) of.right++;
      }
    }
    const { field, cell } = tally;
    await trainer.dispose();
    return [
      {
        name: 'base-sources',
        value: field.right / field.all,
        unit: 'fields right',
        spread: null,
        seed,
        note: `${LESSONS} unseen lessons of full size: ${field.right} of ${field.all} fields, ${cell.right} of ${cell.all} cells of tables`,
      },
    ];
  },
};
