/**
 * A training run: packs batches from an endless stream of episodes, takes steps, evaluates, saves, and resumes.
 *
 * Invariant: everything that a later step depends on is in the checkpoint (weights, moments, step, cursor, loss watch),
 * so a run that is killed at any moment and resumed ends in the same bytes as one that is not. A checkpoint is written
 * only from finite numbers; whatever goes wrong, the last good one stays.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { CheckpointError, ConfigError, type JourneymanError, Random, TrainingError } from '../base/index.ts';
import { initializeWeights } from '../model/index.ts';
import type { Batch } from '../records/index.ts';
import { scheduledRate } from '../tensor/index.ts';
import { BatchStream, type Taken } from './batch-stream.ts';
import { type EvaluationReport, evaluate } from './evaluation.ts';
import { batchWeight } from './language-model.ts';
import { FRESH_WATCH, hasExploded, highestLoss, smoothedLoss, watchLoss } from './loss-watch.ts';
import { hasMetrics, MetricsLog } from './metrics.ts';
import { Pace } from './pace.ts';
import { checkMoments, hasModel, loadRun, loadRunState, type RunState, saveRun, spoiltName } from './run-checkpoint.ts';
import { lockRun } from './run-lock.ts';
import { resolveOptions, settingsOf, type TrainRunOptions, type TrainRunResult } from './run-options.ts';
import { checkSettings } from './settings.ts';
import { type StepReport, Trainer } from './trainer.ts';
import type { TrainState } from './updater.ts';

export const CHECKPOINT_FOLDER = 'checkpoint';
export const METRICS_FILE = 'metrics.jsonl';

/**
 * Trains to `steps`, or until `signal`. Throws `ConfigError` where a run in `folder` began with other settings,
 * `TrainingError` where the loss is not finite or explodes, `CheckpointError` where the run can't be loaded or saved.
 */
export async function trainRun(options: TrainRunOptions): Promise<TrainRunResult> {
  const unlock = lockRun(options.folder);
  try {
    const run = await Run.begin(options);
    try {
      return await run.toEnd();
    } finally {
      await run.dispose();
    }
  } finally {
    unlock();
  }
}

class Run {
  readonly #options: TrainRunOptions;
  readonly #stream: BatchStream;
  readonly #trainer: Trainer;
  readonly #metrics: MetricsLog;
  readonly #pace = new Pace();
  readonly #checkpoint: string;
  #state: RunState;
  #savedStep: number;
  /** What the last step saw. */
  #seen: Places | undefined;
  #savedAt = performance.now();
  #evaluation: { readonly step: number; readonly report: EvaluationReport } | undefined;

  private constructor(options: TrainRunOptions, trainer: Trainer, state: RunState, savedStep: number) {
    this.#options = options;
    this.#checkpoint = checkpointOf(options.folder);
    this.#stream = new BatchStream(options.source, { ...options, seed: options.seed ?? 0 });
    this.#trainer = trainer;
    this.#state = state;
    this.#savedStep = savedStep;
    this.#metrics = new MetricsLog(join(options.folder, METRICS_FILE), { step: state.step });
  }

  /** The run in the folder, or a new one. */
  static async begin(options: TrainRunOptions): Promise<Run> {
    const { folder, config } = options;
    const settings = settingsOf(options);
    const found = loadRunState(checkpointOf(folder));
    const make = (state: Partial<TrainState> & Pick<TrainState, 'weights'>): Trainer =>
      new Trainer(config, state, { ...options, ...resolveOptions(options) });
    if (found === undefined) {
      if (hasModel(checkpointOf(folder)))
        throw new CheckpointError({
          operation: `begin a run in ${folder}`,
          got: `a model without the state of a run in ${CHECKPOINT_FOLDER}`,
          expected: 'a run to resume, or no model',
          fix: 'choose another folder, so that this model is not replaced',
        });
      if (hasMetrics(join(folder, METRICS_FILE)))
        throw new ConfigError({
          operation: `begin a run in ${folder}`,
          got: `a ${METRICS_FILE} that belongs to no run there`,
          expected: 'a run to resume, or no metrics',
          fix: `choose another folder, or move that file away, so that it is not lost`,
        });
      // The trainer writes into its weights; those of the caller stay.
      const weights = options.initial
        ? new Map([...options.initial.weights].map(([name, values]) => [name, values.slice()]))
        : initializeWeights(config, new Random(options.seed ?? 0).fork('weights'));
      const run = new Run(options, make({ weights }), { step: 0, cursor: 0, longCursor: 0, tokens: 0, watch: FRESH_WATCH, settings }, -1);
      run.#tell({ kind: 'begun', step: 0, steps: options.steps, folder, resumed: false });
      run.#save();
      return run;
    }
    checkSettings(settings, { saved: found.settings, folder });
    const { weights, moments } = loadRun(checkpointOf(folder), found);
    const trainer = make({ weights, moments, step: found.step });
    checkMoments(checkpointOf(folder), { loaded: moments, used: trainer.state.moments });
    const run = new Run(options, trainer, found, found.step);
    run.#tell({ kind: 'begun', step: found.step, steps: options.steps, folder, resumed: true });
    return run;
  }

  async toEnd(): Promise<TrainRunResult> {
    const { steps, signal } = this.#options;
    while (this.#state.step < steps && !signal?.aborted) {
      await this.#step();
      await this.#evaluateWhenDue();
      if (this.#isSaveDue()) this.#save();
      // A step blocks the thread; signals and timers get their turn here.
      await setImmediate();
    }
    if (this.#savedStep !== this.#state.step) this.#save();
    const { step, tokens, watch } = this.#state;
    return {
      reason: step < steps ? 'interrupted' : 'finished',
      step,
      steps,
      tokens,
      smoothedLoss: smoothedLoss(watch),
      evaluation: this.#evaluation?.step === step ? this.#evaluation.report : null,
      weights: this.#trainer.state.weights,
      checkpointFolder: this.#checkpoint,
      metricsPath: this.#metrics.path,
    };
  }

  async dispose(): Promise<void> {
    this.#metrics.dispose();
    await this.#trainer.dispose();
  }

  async #step(): Promise<void> {
    const { steps, explosion } = this.#options;
    const { accumulate, schedule } = resolveOptions(this.#options);
    const step = this.#state.step + 1;
    const { batches, cursors, places } = this.#stream.take(this.#state, accumulate);
    const learningRate = scheduledRate(schedule, step);
    const report = await this.#takeStep(batches, learningRate, places);
    // A step without anything to learn has no loss; its 0 would pass for the best ever.
    const hasLoss = batches.some((batch) => batchWeight(batch) > 0);
    const watch = hasLoss ? watchLoss(this.#state.watch, report.loss, explosion) : this.#state.watch;
    this.#seen = places;
    const { cursor, longCursor } = cursors;
    this.#state = { ...this.#state, step, cursor, longCursor, tokens: this.#state.tokens + report.tokens, watch };
    if (hasExploded(watch, explosion))
      throw this.#failure({
        got: `a loss that rose to ${smoothedLoss(watch).toFixed(3)} nats (smoothed) after ${(watch.best as number).toFixed(3)}`,
        expected: `at most ${highestLoss(watch.best as number, explosion).toFixed(3)}`,
        places,
        step,
      });
    const { loss, gradientNorm } = report;
    this.#pace.count(report.tokens);
    const seen = { step, tokens: this.#state.tokens, loss, smoothedLoss: smoothedLoss(watch), gradientNorm, learningRate };
    this.#metrics.append({ kind: 'step', ...seen, tokensPerSecond: this.#pace.tokensPerSecond });
    this.#tell({
      kind: 'step',
      steps,
      ...seen,
      tokensPerSecond: this.#pace.tokensPerSecond,
      secondsLeft: this.#pace.secondsFor(steps - step),
    });
  }

  async #takeStep(batches: readonly Batch[], learningRate: number, places: Places): Promise<StepReport> {
    try {
      return await this.#trainer.step(batches, learningRate);
    } catch (cause) {
      if (!(cause instanceof TrainingError)) throw cause;
      const { loss, gradientNorm } = cause.details;
      throw this.#failure({
        got: `loss ${loss} and gradient norm ${gradientNorm}`,
        expected: 'finite numbers',
        places,
        step: this.#state.step + 1,
        cause,
      });
    }
  }

  async #evaluateWhenDue(): Promise<void> {
    const { evaluation, steps, batch: size } = this.#options;
    if (!evaluation) return;
    const { step } = this.#state;
    const every = evaluation.every ?? Math.max(1, Math.ceil(steps / 10));
    if (step % every !== 0 && step !== steps) return;
    const report = await this.#pace.pause(() => evaluate(this.#trainer, evaluation.source, { size, ...evaluation }));
    this.#evaluation = { step, report };
    this.#metrics.append({ kind: 'evaluation', step, ...report });
    this.#tell({ kind: 'evaluation', step, ...report });
  }

  #isSaveDue(): boolean {
    // What may be an explosion doesn't replace the last good checkpoint.
    if (this.#state.watch.tooHigh > 0) return false;
    const { steps, seconds } = this.#options.saveEvery ?? { seconds: 60 };
    const byStep = steps !== undefined && this.#state.step - this.#savedStep >= steps;
    return byStep || (seconds !== undefined && performance.now() - this.#savedAt >= seconds * 1000);
  }

  #save(): void {
    const { config, tokenizerJson } = this.#options;
    const { step, ...run } = this.#state;
    const spoilt = this.#seen && spoiltName(this.#trainer.state);
    if (this.#seen && spoilt !== undefined)
      throw this.#failure({
        got: `${spoilt} with a value that is not finite`,
        expected: 'finite weights and moments',
        places: this.#seen,
        step,
      });
    this.#metrics.sync();
    try {
      saveRun(this.#checkpoint, { config, trained: this.#trainer.state, run, ...(tokenizerJson === undefined ? {} : { tokenizerJson }) });
    } catch (cause) {
      throw this.#saveFailure(step, cause as Error);
    }
    this.#savedStep = step;
    this.#savedAt = performance.now();
    this.#tell({ kind: 'saved', step, folder: this.#checkpoint });
  }

  #saveFailure(step: number, cause: Error): Error {
    // A checkpoint's own complaint says what to do about it.
    if (cause instanceof CheckpointError && this.#savedStep < 0) return cause;
    const full = cause.message.includes('ENOSPC') || (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    return new CheckpointError({
      operation: `save step ${step} of the run in ${this.#options.folder}`,
      got: full ? 'a full disk (ENOSPC)' : cause.message.replace(/\.$/, ''),
      expected: 'a save that succeeds',
      fix: `${full ? 'free some space and ' : ''}start the same command again; ${this.#lastGood()}`,
      cause,
    });
  }

  #failure({ got, expected, places, step, cause }: Failure): TrainingError {
    const epochs = [...new Set(places.map(({ epoch }) => epoch))];
    const episodes = places.slice(0, 3).map(({ index }) => index);
    const more = places.length > episodes.length ? ', …' : '';
    const epoch = epochs.length === 1 ? `epoch ${epochs[0]}` : `epochs ${epochs.join(' and ')}`;
    return new TrainingError({
      operation: `train step ${step}`,
      got: `${got} on a batch of ${places.length} episodes (${epoch}; episodes ${episodes.join(', ')}${more} of the source)`,
      expected,
      fix: `look at these episodes, or lower the learning rate (a new run in another folder); ${this.#lastGood()}`,
      details: { step, episodes: places.map(({ index }) => index), checkpoint: this.#checkpoint, checkpointStep: this.#savedStep },
      cause,
    });
  }

  #lastGood(): string {
    return this.#savedStep < 0 ? 'nothing was saved yet' : `the checkpoint of step ${this.#savedStep} is whole: ${this.#checkpoint}`;
  }

  #tell(event: Parameters<NonNullable<TrainRunOptions['onProgress']>>[0]): void {
    this.#options.onProgress?.(event);
  }
}

type Places = Taken['places'];

interface Failure {
  readonly got: string;
  readonly expected: string;
  readonly places: Places;
  readonly step: number;
  readonly cause?: JourneymanError;
}

const checkpointOf = (folder: string): string => join(folder, CHECKPOINT_FOLDER);
