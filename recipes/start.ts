/**
 * What `npm start` runs: a language model from nothing, in about a minute, on this machine's processor.
 *
 *   text ─▶ tokenizer ─▶ episodes ─▶ training ─▶ checkpoint ─▶ engine ─▶ new text
 *
 * It reads what Journeyman says about itself. The model is tiny and its text is nonsense in the right spelling; what is
 * real is every step on the way. Stop it at any time: the next start goes on from there, to the same bytes.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { saveAtomically } from '../src/base/index.ts';
import {
  createReporter,
  escapeControls,
  loadFolderModel,
  makeTokenizer,
  reportError,
  runTraining,
  terminalOf,
  watchOutput,
  writeOn,
} from '../src/cli/index.ts';
import { countParameters, presetConfig } from '../src/model/index.ts';
import { loadTexts, splitSource, textSource } from '../src/train/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUN = relative(process.cwd(), join(ROOT, 'runs', 'start')) || '.';
/** What was read stays with the run, so that it can go on when the documents have changed since. */
const TEXT = join(RUN, 'text.md');
const BATCH = { time: 256, lanes: 8 };
const STEPS = 600;
const PROMPT = 'Journeyman';

async function start(): Promise<void> {
  const reporter = createReporter({ terminal: terminalOf(process.stderr) });

  // 1. Something to read.
  if (!existsSync(TEXT)) saveAtomically(TEXT, gatherText());
  const texts = loadTexts([TEXT]);
  const { tokenizer, tokenizerJson } = makeTokenizer(texts, { folder: RUN, vocabularySize: 1024, note: reporter.note });

  // 2. Episodes of 256 tokens, one in twenty kept aside to see how well unread text is predicted.
  const { train, evaluation } = splitSource(textSource(texts, tokenizer, { length: BATCH.time }), { share: 0.05, seed: 0 });

  // 3. A small transformer that learns to predict them.
  const config = presetConfig('nano', { vocabularySize: tokenizer.vocabularySize });
  reporter.note(
    `A model of ${countParameters(config).toLocaleString('en')} parameters reads ${TEXT}, ${train.length} episodes, for ${STEPS} steps.`,
  );
  const { reason } = await runTraining(
    {
      folder: RUN,
      config,
      tokenizerJson,
      source: train,
      evaluation: evaluation && { source: evaluation },
      batch: BATCH,
      steps: STEPS,
      schedule: { peak: 0.004 },
      saveEvery: { seconds: 10 },
    },
    { reporter, resume: 'npm start' },
  );
  if (reason === 'interrupted') return;

  // 4. Out of the checkpoint into the engine: what does it write?
  const { text } = await writeOn(loadFolderModel(RUN), { prompt: PROMPT, tokens: 80, temperature: 0.7, topP: 0.95, seed: 1 });
  console.log(`\nIt goes on after “${PROMPT}”:\n\n${indent(`${PROMPT}${process.stdout.isTTY ? escapeControls(text) : text}`)}\n`);
  console.log(
    `Next:\n  npx journeyman sample --from ${RUN} --prompt "The gym"\n  npx journeyman pretrain --text YOUR.txt --out runs/mine\n  rm -r ${RUN} && npm start      (from the beginning)`,
  );
}

/** The documents of this repository, and its source while the documents are short. */
function gatherText(): string {
  const find = (pattern: string): string[] =>
    globSync(pattern, { cwd: ROOT, exclude: (name) => ['node_modules', 'runs', '.cache', '.git'].includes(name) })
      .sort()
      .map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const documents = find('**/*.md').join('\n\n');
  return documents.length >= 200_000 ? documents : [documents, ...find('src/**/*.ts')].join('\n\n');
}

const indent = (text: string): string => text.replace(/^/gm, '    ');

watchOutput();
try {
  await start();
} catch (error) {
  process.exitCode = reportError(error);
}
