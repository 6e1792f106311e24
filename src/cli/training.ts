/**
 * A training run from the command line: progress, Ctrl-C, what was written, how to go on. Knows nothing of where the
 * episodes come from.
 */
import type { ArgsDef } from 'citty';
import { type TrainRunOptions, type TrainRunResult, trainRun } from '../train/index.ts';
import type { Options } from './options.ts';
import { createJsonReporter, createReporter, type Reporter } from './progress.ts';
import { stopOnSignal } from './stop-signal.ts';
import { terminalOf } from './terminal.ts';

/** Options of every command that trains. */
export const TRAINING_ARGS: ArgsDef = {
  out: { type: 'string', valueHint: 'DIR', description: 'Folder of the run; the same command resumes the run that is there' },
  steps: { type: 'string', valueHint: 'N', default: '1000', description: 'Optimizer steps' },
  'learning-rate': { type: 'string', valueHint: 'X', description: 'Highest learning rate' },
  'batch-lanes': { type: 'string', valueHint: 'N', default: '8', description: 'Lanes of a batch' },
  'batch-time': { type: 'string', valueHint: 'N', description: 'Tokens of a lane, and of the longest episode' },
  accumulate: { type: 'string', valueHint: 'N', default: '1', description: 'Batches a step' },
  order: { type: 'string', valueHint: 'shuffled|given|short-first', default: 'shuffled', description: 'Order of the episodes in an epoch' },
  'eval-share': { type: 'string', valueHint: 'X', default: '0.05', description: 'Share of the episodes that is kept for evaluation' },
  'save-every': { type: 'string', valueHint: 'N|Ns', default: '60s', description: 'Save every N steps, or every N seconds (with an s)' },
  seed: { type: 'string', valueHint: 'TEXT', default: '0', description: 'Seed of weights, order and split' },
  threads: { type: 'string', valueHint: 'N', description: 'Threads; default: JOURNEYMAN_THREADS, else 2' },
  json: { type: 'boolean', description: 'Write every event as a line of JSON to stdout' },
};

/** The part of a run's options that `TRAINING_ARGS` say. */
export function trainingOptions(options: Options) {
  const threads = options.count('threads');
  return {
    folder: options.required('out', 'DIR'),
    steps: options.count('steps') as number,
    lanes: options.count('batch-lanes') as number,
    time: options.count('batch-time', 2),
    accumulate: options.count('accumulate') as number,
    order: ORDERS[options.oneOf('order', ['shuffled', 'given', 'short-first']) ?? 'shuffled'],
    evalShare: options.number('eval-share', {
      check: (share) => share >= 0 && share < 1,
      expected: 'a share: 0 or more, below 1',
    }) as number,
    peak: options.number('learning-rate', { check: (rate) => rate > 0, expected: 'a positive number' }),
    saveEvery: saveEvery(options),
    seed: options.text('seed') as string,
    ...(threads === undefined ? {} : { threads }),
  } as const;
}

const ORDERS = { shuffled: 'shuffled', given: 'given', 'short-first': 'short first' } as const;

function saveEvery(options: Options): { readonly steps?: number; readonly seconds?: number } {
  const text = options.text('save-every') as string;
  const count = /^([1-9]\d{0,8})(s?)$/.exec(text);
  if (count) return count[2] === 's' ? { seconds: Number(count[1]) } : { steps: Number(count[1]) };
  throw options.wrong(`--save-every ${text}`, 'a number of steps like 100, or of seconds like 60s');
}

export function reporterOf(options: Options): Reporter {
  return options.flag('json') ? createJsonReporter(terminalOf(process.stdout)) : createReporter({ terminal: terminalOf(process.stderr) });
}

export interface TrainingOutput {
  readonly reporter: Reporter;
  /** What to type to go on after Ctrl-C; default: what was typed. */
  readonly resume?: string;
  /** What to say at the end about what to do next. */
  readonly next?: string;
}

/**
 * Runs to the end or to Ctrl-C. The first one saves; a second one ends the process at once, as if nobody caught it. When
 * nobody reads the output any more (`| head`), it is saved and ended as well.
 */
export async function runTraining(
  run: TrainRunOptions,
  { reporter, resume = commandLine(), next }: TrainingOutput,
): Promise<TrainRunResult> {
  const stop = stopOnSignal((signal) =>
    reporter.note(`Stopping: this step is finished and saved first.${signal === 'SIGINT' ? ' Ctrl-C again stops at once.' : ''}`),
  );
  try {
    const result = await trainRun({ ...run, signal: stop.signal, onProgress: reporter.event });
    reporter.end();
    const { reason, step, steps, tokens, checkpointFolder: checkpoint, metricsPath: metrics, evaluation } = result;
    if (reporter.json)
      reporter.json({
        kind: 'ended',
        reason,
        step,
        steps,
        tokens,
        checkpoint,
        metrics,
        evaluation,
        ...(reason === 'interrupted' ? { resume } : {}),
      });
    else {
      console.log(`${reason === 'finished' ? 'Finished' : 'Stopped'} at step ${step} of ${steps}. Written:\n  ${checkpoint}\n  ${metrics}`);
      if (reason === 'interrupted') console.log(`To go on: ${resume}`);
      else if (next !== undefined) console.log(next);
    }
    if (reason === 'interrupted') process.exitCode = stop.exitCode();
    return result;
  } finally {
    reporter.end();
    stop.dispose();
  }
}

/** What was typed. */
const commandLine = (): string => ['npx', 'journeyman', ...process.argv.slice(2).map(quote)].join(' ');
/** What to say when a model is trained. */
export const tryIt = (folder: string): string => `To try it: npx journeyman sample --from ${quote(folder)} --prompt "…"`;

const quote = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
