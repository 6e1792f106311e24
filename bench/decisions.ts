/**
 * `node bench/decisions.ts MODEL JOURNAL`: which decisions of demonstrations a model would not have made itself. Each is looked at with everything before it
 * as it was shown; it counts as wrong where some token of it has a probability below one half. By verb and first thing named, worst first, as JSON.
 *
 * What an agent does when it is on its own is the exam's to say; this says what it has yet to learn.
 */
import { loadFolderModel } from '../src/cli/index.ts';
import { boundaryId, encodeTranscript } from '../src/grammar/index.ts';
import type { Batch } from '../src/records/index.ts';
import { readJournal } from '../src/rollout/index.ts';
import { type BatchNats, packEpisodes, Trainer } from '../src/train/index.ts';
import { echoedName } from './echoed-name.ts';

const [folder, journal] = process.argv.slice(2);
if (folder === undefined || journal === undefined) throw new Error('node bench/decisions.ts MODEL JOURNAL.jsonl');
const { config, weights, tokenizer } = loadFolderModel(folder);
const size = { time: config.contextLength, lanes: 1 };
const [ACT, END] = (['act', 'end'] as const).map(boundaryId) as [number, number];
const LEAST_SURE = Math.LN2;

interface Tally {
  wrong: number;
  all: number;
}
const tallies = new Map<string, Tally>();
let [episodes, flawless, tokens, tooLong] = [0, 0, 0, 0];

const trainer = new Trainer(config, { weights });
for (const { transcript, score } of readJournal(journal)) {
  if (score?.success !== true) continue;
  const episode = encodeTranscript(transcript, tokenizer);
  if (episode.tokens.length > size.time) {
    tooLong++;
    continue;
  }
  const { batch } = packEpisodes([episode], size);
  episodes++;
  tokens += batch.tokenCount;
  if (countDecisions(batch, await trainer.evaluate(batch)) === 0) flawless++;
}
await trainer.dispose();

const sum = (of: (tally: Tally) => number): number => [...tallies.values()].reduce((total, tally) => total + of(tally), 0);
const wrong = sum((tally) => tally.wrong);
const decisions = sum((tally) => tally.all);
const worst = [...tallies].filter(([, tally]) => tally.wrong > 0).sort(([, a], [, b]) => b.wrong - a.wrong);
console.log(
  JSON.stringify(
    {
      episodes,
      tooLong,
      flawless,
      tokensAnEpisode: Math.round(tokens / Math.max(1, episodes)),
      decisions,
      wrong,
      share: wrong / Math.max(1, decisions),
      worst: Object.fromEntries(worst.map(([name, tally]) => [name, `${tally.wrong} of ${tally.all}`])),
    },
    null,
    2,
  ),
);

/** How many decisions of the one episode of the batch are wrong; those that are not imitated don't count. */
function countDecisions({ tokens, tokenCount, weights, pointing }: Batch, { tokenNats, pointedNats }: BatchNats): number {
  const pointed = new Map([...pointing.deciding].map((at, m) => [at, m]));
  let found = 0;
  for (let start = 0; start < tokenCount; start++) {
    if (tokens[start] !== ACT) continue;
    const end = tokens.indexOf(END, start);
    const named = tokenizer.decode(echoedName(tokens.subarray(start, end)));
    let [isImitated, isWrong] = [false, false];
    for (let at = start; at < end; at++) {
      const m = pointed.get(at);
      const weight = (m === undefined ? weights[at] : pointing.weights[m]) as number;
      if (weight === 0) continue;
      isImitated = true;
      if (((m === undefined ? tokenNats[at] : pointedNats[m]) as number) > LEAST_SURE) isWrong = true;
    }
    if (!isImitated) continue;
    const name = `${tokenizer.decode([tokens[start + 1] as number])} ${named.replace(/\d+/g, 'N')}`;
    const tally = tallies.get(name) ?? { wrong: 0, all: 0 };
    tally.all++;
    if (isWrong) tally.wrong++;
    tallies.set(name, tally);
    if (isWrong) found++;
  }
  return found;
}
