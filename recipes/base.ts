/**
 * Trains the base: a small model that has learned to read, point, copy, count and compare on lessons in made-up languages, before it ever sees a gym.
 *
 *   lessons ─▶ tokenizer ─▶ episodes, short ones first ─▶ training ─▶ base/micro
 *
 * Lessons share no template, label or word with any gym (`base/lessons`). Stop it at any time; the same command goes on, to the same bytes.
 *
 *   node recipes/base.ts [--lessons N] [--out DIR]      publishes to base/micro at the end
 */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FULL_SIZE_FROM, lessonTranscript } from '../base/lessons/index.ts';
import { ConfigError, hashBytes, hashJson, type Json } from '../src/base/index.ts';
import { createReporter, reportError, runTraining, terminalOf, watchOutput } from '../src/cli/index.ts';
import { encodeTranscript, SPECIAL_TOKENS } from '../src/grammar/index.ts';
import { computeSourceHash } from '../src/gym/index.ts';
import {
  countParameters,
  formatTokenizerJson,
  loadModel,
  presetConfig,
  saveModel,
  type Tokenizer,
  trainTokenizer,
} from '../src/model/index.ts';
import type { Episode } from '../src/records/index.ts';
import { type EpisodeSource, generatedSource, textsOf, withMixturePlaces } from '../src/train/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Places of a batch: lanes of the longest lessons. */
const BATCH = { time: 3072, lanes: 3 };
/** Lessons that are never trained on: they tell how well unseen ones are predicted. */
const HELD_OUT = { from: 10_000_000, count: 60 };
/** Lessons of full size whose words the tokenizer is made of. */
const TOKENIZER_LESSONS = 1500;

async function base(): Promise<void> {
  const { values } = parseArgs({
    options: { lessons: { type: 'string', default: '34000' }, out: { type: 'string', default: join(ROOT, 'runs', 'base') } },
  });
  const folder = relative(process.cwd(), values.out) || '.';
  const count = Number(values.lessons);
  if (!(Number.isSafeInteger(count) && count > 0 && count <= HELD_OUT.from))
    throw new ConfigError({
      operation: 'train the base',
      got: `--lessons ${values.lessons}`,
      expected: `a whole number from 1 to ${HELD_OUT.from}`,
    });
  const reporter = createReporter({ terminal: terminalOf(process.stderr) });
  const startedMs = performance.now();

  // 1. The words of the lessons, in lower case: a name in capitals is the same name.
  const tokenizer = await lessonTokenizer(presetConfig('micro').vocabularySize);
  const tokenizerJson = formatTokenizerJson(tokenizer);

  // 2. The lessons themselves. They are pure in their number, so a resumed run writes the same ones again.
  reporter.note(`Writing ${count.toLocaleString('en')} lessons.`);
  const episodes = await lessonEpisodes({ from: 0, count }, tokenizer);
  const heldOut = await lessonEpisodes(HELD_OUT, tokenizer);
  const tokens = episodes.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const steps = Math.floor(tokens / (BATCH.time * BATCH.lanes * 0.92));
  const config = presetConfig('micro', { vocabularySize: tokenizer.vocabularySize });
  reporter.note(
    `${(tokens / 1e6).toFixed(1)} M tokens after ${((performance.now() - startedMs) / 1000).toFixed(0)} s; a model of ${countParameters(config).toLocaleString('en')} parameters takes ${steps} steps.`,
  );

  // 3. Once through them, from the short to the long; the rate falls over the second half.
  const {
    reason,
    checkpointFolder,
    tokens: trained,
    evaluation,
  } = await runTraining(
    {
      folder,
      config,
      tokenizerJson,
      source: sourceOf(episodes, `lessons 0 … ${count - 1}`, tokenizerJson),
      evaluation: { source: sourceOf(heldOut, 'held-out lessons', tokenizerJson), every: 400 },
      order: 'given',
      permuteReferences: true,
      batch: BATCH,
      steps,
      schedule: { peak: 0.004, warmup: 100, decay: 0.6, floor: 0.02 },
      optimizer: { beta2: 0.98, weightDecay: 0.05 },
      saveEvery: { seconds: 60 },
      seed: 0,
    },
    { reporter, resume: 'node recipes/base.ts' },
  );
  if (reason === 'interrupted') return;

  // 4. Weights and where they came from.
  const { weights } = loadModel(checkpointFolder);
  const lineage = {
    schemaVersion: 1,
    command: `node recipes/base.ts --lessons ${count}`,
    lessons: { count, sourceHash: lessonsHash(), fullSizeFrom: FULL_SIZE_FROM },
    tokens: trained,
    steps,
    heldOut: evaluation as unknown as Json,
    seed: 0,
  };
  saveModel(join(ROOT, 'base', 'micro'), {
    config,
    weights,
    tokenizerJson,
    extraFiles: new Map([['journeyman-lineage.json', [`${JSON.stringify({ ...lineage, hash: hashJson(lineage) }, null, 2)}\n`]]]),
  });
  reporter.note(`Written: ${join('base', 'micro')}`);
}

async function lessonTokenizer(vocabularySize: number): Promise<Tokenizer> {
  const texts: string[] = [];
  for (let i = 0; i < TOKENIZER_LESSONS; i++) texts.push(...textsOf(await lessonTranscript(FULL_SIZE_FROM + i)));
  return trainTokenizer(texts, { vocabularySize, specialTokens: SPECIAL_TOKENS, isFolded: true });
}

/** Those that fit a lane. */
async function lessonEpisodes({ from, count }: { readonly from: number; readonly count: number }, codec: Tokenizer): Promise<Episode[]> {
  const episodes: Episode[] = [];
  for (let i = from; i < from + count; i++) {
    const episode = withMixturePlaces(encodeTranscript(await lessonTranscript(i), codec));
    if (episode.tokens.length <= BATCH.time) episodes.push(episode);
  }
  return episodes;
}

const sourceOf = (episodes: readonly Episode[], name: string, tokenizerJson: string): EpisodeSource =>
  generatedSource((index) => episodes[index] as Episode, {
    name: `${name}, ${lessonsHash()}, ${hashBytes(tokenizerJson)}`,
    length: episodes.length,
  });

/** Of the code that makes the lessons, and of the harness that they are played in. */
const lessonsHash = (): string => computeSourceHash(join(ROOT, 'base', 'lessons'));

watchOutput();
try {
  await base();
} catch (error) {
  process.exitCode = reportError(error);
}
