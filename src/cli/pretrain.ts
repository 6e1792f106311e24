/** `journeyman pretrain`: a model from plain text. */
import { type ArgsDef, defineCommand } from 'citty';
import { countParameters } from '../model/index.ts';
import { loadTexts, splitSource, textSource } from '../train/index.ts';
import { PRESET_ARGS, presetFor, vocabularyFor } from './model-folder.ts';
import { makeTokenizer } from './new-tokenizer.ts';
import { Options, UsageError } from './options.ts';
import { reporterOf, runTraining, TRAINING_ARGS, trainingOptions, tryIt } from './training.ts';

const args: ArgsDef = {
  text: { type: 'string', valueHint: 'FILE...', description: 'Text files in UTF-8, each a document' },
  ...PRESET_ARGS,
  ...TRAINING_ARGS,
};

export const pretrain = defineCommand({
  meta: { name: 'pretrain', description: 'Train a model on plain text' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'pretrain', args });
    // A shell spells `--text *.md` as one option and further arguments.
    const files = [...options.all('text'), ...options.rest];
    if (options.all('text').length === 0)
      throw new UsageError({
        operation: 'journeyman pretrain',
        got: 'no --text',
        expected: '--text FILE...',
        fix: 'name the text files to learn from',
      });
    const { folder, lanes, time = 256, evalShare, peak = 0.002, ...how } = trainingOptions(options);
    const vocabulary = vocabularyFor(options);
    const reporter = reporterOf(options);
    const texts = loadTexts(files);
    const { tokenizer, tokenizerJson } = makeTokenizer(texts, { folder, vocabularySize: vocabulary, note: reporter.note });
    const config = presetFor(options, tokenizer);
    const { train, evaluation } = splitSource(textSource(texts, tokenizer, { length: Math.min(time, config.contextLength) }), {
      share: evalShare,
      seed: how.seed,
    });
    reporter.note(
      `Pretraining ${countParameters(config).toLocaleString('en')} parameters on ${train.length} episodes of up to ${time} tokens.`,
    );
    await runTraining(
      {
        ...how,
        folder,
        config,
        tokenizerJson,
        source: train,
        evaluation: evaluation && { source: evaluation },
        batch: { lanes, time },
        schedule: { peak },
        callerSettings: { command: 'pretrain', vocabulary, evalShare },
      },
      { reporter, next: tryIt(folder) },
    );
  },
});
