/** `journeyman sft`: a model taught by transcripts, the policy's own tokens above all. */
import { type ArgsDef, defineCommand } from 'citty';
import type { TextCodec } from '../grammar/index.ts';
import { countParameters, type ModelConfig, type Weights } from '../model/index.ts';
import { type EpisodeSource, loadTranscripts, splitSource, textsOf, transcriptSource } from '../train/index.ts';
import { loadFolderModel, PRESET_ARGS, presetFor, vocabularyFor } from './model-folder.ts';
import { makeTokenizer } from './new-tokenizer.ts';
import { Options, UsageError } from './options.ts';
import { reporterOf, runTraining, TRAINING_ARGS, trainingOptions, tryIt } from './training.ts';

const args: ArgsDef = {
  transcripts: { type: 'string', valueHint: 'FILE.jsonl...', description: 'Transcripts as JSON Lines' },
  from: { type: 'string', valueHint: 'DIR', description: 'Model to begin with: a checkpoint, or a run that has one' },
  ...PRESET_ARGS,
  ...TRAINING_ARGS,
};

interface Start {
  readonly config: ModelConfig;
  readonly codec: TextCodec;
  readonly tokenizerJson: string;
  readonly initial?: { readonly identity: string; readonly weights: Weights };
}

export const sft = defineCommand({
  meta: { name: 'sft', description: 'Teach a model by transcripts (supervised fine-tuning)' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'sft', args });
    const files = [...options.all('transcripts'), ...options.rest];
    const wrong = (got: string, expected: string): UsageError =>
      new UsageError({ operation: 'journeyman sft', got, expected, fix: 'see npx journeyman sft --help' });
    if (options.all('transcripts').length === 0) throw wrong('no --transcripts', '--transcripts FILE.jsonl...');
    const from = options.text('from');
    for (const name of ['preset', 'vocabulary'])
      if (from !== undefined && options.text(name) !== undefined)
        throw wrong(`--from and --${name}`, 'one of them: a model has its size already');
    const { folder, lanes, time: wantedTime, evalShare, peak = 0.001, ...how } = trainingOptions(options);
    const reporter = reporterOf(options);

    const transcripts = files.flatMap(loadTranscripts);
    const vocabulary = from === undefined ? vocabularyFor(options) : null;
    const { config, codec, tokenizerJson, initial } = begin();
    const longest = Math.min(wantedTime ?? config.contextLength, config.contextLength);
    const all = transcriptSource(transcripts, codec, { longest });
    const time = wantedTime ?? laneFor(all, longest);
    const { train, evaluation } = splitSource(all, { share: evalShare, seed: how.seed });
    reporter.note(
      `Teaching ${countParameters(config).toLocaleString('en')} parameters by ${train.length} transcripts, lanes of ${time} tokens.`,
    );
    await runTraining(
      {
        ...how,
        folder,
        config,
        tokenizerJson,
        ...(initial && { initial }),
        source: train,
        permuteReferences: true,
        evaluation: evaluation && { source: evaluation },
        batch: { lanes, time },
        schedule: { peak },
        callerSettings: { command: 'sft', vocabulary, evalShare },
      },
      { reporter, next: tryIt(folder) },
    );

    function begin(): Start {
      if (from !== undefined) {
        const { config, weights, identity, tokenizer, tokenizerJson } = loadFolderModel(from);
        return { config, codec: tokenizer, tokenizerJson, initial: { identity, weights } };
      }
      const texts = transcripts.flatMap(({ transcript }) => textsOf(transcript));
      const { tokenizer, tokenizerJson } = makeTokenizer(texts, { folder, vocabularySize: vocabulary as number, note: reporter.note });
      return { config: presetFor(options, tokenizer), codec: tokenizer, tokenizerJson };
    }
  },
});

/** Lanes as long as the longest episode, in blocks of 64, at least 256. */
function laneFor(source: EpisodeSource, most: number): number {
  let longest = 0;
  for (let index = 0; index < source.length; index++) longest = Math.max(longest, source.episode(index).tokens.length);
  return Math.min(most, Math.max(256, Math.ceil(longest / 64) * 64));
}
