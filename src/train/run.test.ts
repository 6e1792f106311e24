import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyConfig, tinyEpisode, tinyRun, tinySource } from '../../test/tiny-run.ts';
import { CheckpointError, ConfigError, Random, TrainingError } from '../base/index.ts';
import { initializeWeights, loadModel, saveModel } from '../model/index.ts';
import type { Episode } from '../records/index.ts';
import { generatedSource, listSource } from './episode-source.ts';
import { trainRun } from './run.ts';
import { loadRunState, type RunState } from './run-checkpoint.ts';
import type { StepEvent, TrainEvent, TrainRunOptions } from './run-options.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...path: string[]): string => join(folder, ...path);
const read = (path: string): string => readFileSync(path).toString('base64');
const checkpointBytes = (name: string): string[] =>
  readdirSync(at(name, 'checkpoint'))
    .sort()
    .map((file) => `${file} ${read(at(name, 'checkpoint', file))}`);
const metricsOf = (name: string): { kind: string; step: number }[] =>
  readFileSync(at(name, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Runs until step `stop` and is then interrupted. */
function runTo(stop: number, options: TrainRunOptions): ReturnType<typeof trainRun> {
  const controller = new AbortController();
  const onProgress = (event: TrainEvent): void => {
    if (event.kind === 'step' && event.step === stop) controller.abort();
  };
  return trainRun({ ...options, onProgress, signal: controller.signal });
}

describe('a training run', () => {
  it('learns, and writes a model, its metrics and nothing else', async () => {
    const events: TrainEvent[] = [];
    const evaluation = { source: tinySource(6), every: 25 };
    const result = await trainRun(tinyRun(at('a'), { steps: 150, evaluation, onProgress: (event) => events.push(event) }));
    expect(result).toMatchObject({
      reason: 'finished',
      step: 150,
      checkpointFolder: at('a', 'checkpoint'),
      metricsPath: at('a', 'metrics.jsonl'),
    });
    const steps = events.filter((event) => event.kind === 'step');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    expect(steps[0]?.loss).toBeGreaterThan(4);
    expect(steps.at(-1)?.smoothedLoss).toBeLessThan(3);
    expect(result.evaluation?.actTokens).toBe(18);
    expect(events.filter(({ kind }) => kind === 'evaluation').map(({ step }) => step)).toEqual([25, 50, 75, 100, 125, 150]);
    expect(readdirSync(at('a')).sort()).toEqual(['checkpoint', 'metrics.jsonl']);
    expect(loadModel(at('a', 'checkpoint')).weights).toEqual(result.weights);
  });

  it('that is interrupted and resumed is the run that was not, in every byte and metric', async () => {
    const evaluation = { source: tinySource(4), every: 9 };
    const options = (name: string): TrainRunOptions => tinyRun(at(name), { evaluation, accumulate: 2 });
    await trainRun(options('whole'));
    expect(await runTo(7, options('parts'))).toMatchObject({ reason: 'interrupted', step: 7 });
    // What a kill leaves behind: steps after the checkpoint, and half a line.
    writeFileSync(at('parts', 'metrics.jsonl'), '{"kind":"step","step":8,"loss":1}\n{"kind":"st', { flag: 'a' });
    expect(await runTo(23, options('parts'))).toMatchObject({ reason: 'interrupted', step: 23 });
    expect(await trainRun(options('parts'))).toMatchObject({ reason: 'finished', step: 40 });
    expect(checkpointBytes('parts')).toEqual(checkpointBytes('whole'));
    const plain = (name: string): unknown[] => metricsOf(name).map((line) => ({ ...line, tokensPerSecond: null }));
    expect(plain('parts')).toEqual(plain('whole'));
  });

  it('that is finished ends at once and changes nothing', async () => {
    await trainRun(tinyRun(at('a'), { steps: 3 }));
    const before = checkpointBytes('a');
    const events: TrainEvent[] = [];
    expect(await trainRun(tinyRun(at('a'), { steps: 3, onProgress: (event) => events.push(event) }))).toMatchObject({
      reason: 'finished',
      step: 3,
    });
    expect(events).toEqual([{ kind: 'begun', step: 3, steps: 3, folder: at('a'), resumed: true }]);
    expect(checkpointBytes('a')).toEqual(before);
  });

  it('is not resumed with other settings, and says which', async () => {
    await runTo(2, tinyRun(at('a')));
    const changed: readonly (readonly [string, Partial<TrainRunOptions>])[] = [
      ['schedule.peak', { schedule: { peak: 0.02 } }],
      ['steps', { steps: 41 }],
      ['seed', { seed: 'other' }],
      ['data', { source: tinySource(22) }],
      ['batch.lanes', { batch: { time: 32, lanes: 1 } }],
      ['order', { order: 'short first' }],
      ['model.width', { config: { ...tinyConfig, width: 16 } }],
      ['optimizer.beta1', { optimizer: { beta1: 0.8 } }],
      ['vocabulary', { callerSettings: { vocabulary: 1024 } }],
    ];
    for (const [name, change] of changed) {
      const error = await trainRun(tinyRun(at('a'), change)).catch((thrown: unknown) => thrown as ConfigError);
      expect(error, name).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).details, name).toEqual({ different: [name] });
      expect((error as ConfigError).message).toContain(`got ${name} = `);
    }
  });

  it.each([
    [{ steps: 0 }, /steps = 0/],
    [{ evaluation: { source: generatedSource(tinyEpisode, { name: 'tiny' }) } }, /episodes without end, and no number of batches/],
    [{ batch: { time: 65, lanes: 1 } }, /lanes of 65 tokens, expected at most 64/],
    [{ schedule: { peak: Number.NaN } }, /schedule\.peak = NaN/],
    [{ source: listSource([]) }, /a source without episodes/],
    [
      { source: listSource([{ tokens: new Int32Array(40), weights: new Float32Array(40), pointed: new Uint8Array(40) }]) },
      /an episode of 40 tokens, expected at most 32/,
    ],
  ] as [Partial<TrainRunOptions>, RegExp][])('refuses %j', async (change, message) => {
    await expect(trainRun(tinyRun(at('a'), change))).rejects.toThrow(message);
  });

  it('notices a changed default, since the settings have what it comes to', async () => {
    await runTo(1, tinyRun(at('a')));
    const { settings } = loadRunState(at('a', 'checkpoint')) as RunState;
    expect(settings).toMatchObject({
      optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 },
      clipNorm: 1,
      schedule: { peak: 0.01, warmup: 10, fall: 'cosine', decay: 1, floor: 0.05 },
    });
  });

  it('leaves the weights that it begins with as they are', async () => {
    const weights = initializeWeights(tinyConfig, new Random(1));
    const before = structuredClone(weights);
    const result = await trainRun(tinyRun(at('a'), { steps: 2, initial: { identity: 'mine', weights } }));
    expect(weights).toEqual(before);
    expect(result.weights).not.toEqual(before);
  });

  it('takes no notice of the loss of steps that have nothing to learn', async () => {
    const weightless = (index: number): Episode => ({ ...tinyEpisode(index), weights: new Float32Array(tinyEpisode(index).tokens.length) });
    const source = listSource(Array.from({ length: 8 }, (_, i) => (i < 4 ? weightless(i) : tinyEpisode(i))));
    const losses: StepEvent[] = [];
    const onProgress = (event: TrainEvent): void => void (event.kind === 'step' && losses.push(event));
    await trainRun(tinyRun(at('a'), { source, order: 'given', batch: { time: 16, lanes: 1 }, steps: 8, onProgress }));
    expect(losses.filter(({ loss }) => loss === 0).length).toBeGreaterThan(0);
    const { watch } = loadRunState(at('a', 'checkpoint')) as RunState;
    expect(watch.count).toBe(losses.filter(({ loss }) => loss > 0).length);
    expect(watch.best).toBeGreaterThan(1);
  });

  it('is trained by one process at a time; a dead one counts for nothing', async () => {
    const first = trainRun(tinyRun(at('a')));
    await expect(trainRun(tinyRun(at('a')))).rejects.toThrow(/got a run that process \d+ is training/);
    await first;
    const { pid } = spawnSync(process.execPath, ['--version']);
    mkdirSync(at('a', '.lock'));
    writeFileSync(at('a', '.lock', `${pid}@${hostname()}@left`), '');
    await trainRun(tinyRun(at('a')));
    expect(existsSync(at('a', '.lock'))).toBe(false);
  });
});

describe('a run that goes wrong', () => {
  it('stops at a loss that is not a number, names step, batch and checkpoint, and keeps the last good one', async () => {
    const bad = tinyEpisode(9);
    const source = listSource(
      Array.from({ length: 10 }, (_, i) => (i < 9 ? tinyEpisode(i) : { ...bad, weights: bad.weights.fill(Number.NaN) })),
    );
    const options = tinyRun(at('a'), { source, order: 'given', batch: { time: 32, lanes: 1 }, saveEvery: { steps: 1 } });
    const error = (await trainRun(options).catch((thrown: unknown) => thrown)) as TrainingError;
    expect(error).toBeInstanceOf(TrainingError);
    const { step, checkpointStep, episodes } = error.details as { step: number; checkpointStep: number; episodes: number[] };
    expect(checkpointStep).toBe(step - 1);
    expect(episodes).toContain(9);
    expect(error.message).toMatch(/^train step \d+: got loss NaN .* on a batch of \d+ episodes \(epoch 0; episodes .*\)/);
    expect(error.message).toContain(`the checkpoint of step ${checkpointStep} is whole: ${at('a', 'checkpoint')}`);
    for (const values of loadModel(at('a', 'checkpoint')).weights.values()) expect(values.every(Number.isFinite)).toBe(true);
  });

  it('stops when the loss explodes', async () => {
    const options = tinyRun(at('a'), { schedule: { peak: 30, warmup: 60 }, steps: 400, clipNorm: 1e6, explosion: { patience: 5 } });
    const error = (await trainRun(options).catch((thrown: unknown) => thrown)) as TrainingError;
    expect(error).toBeInstanceOf(TrainingError);
    expect(error.message).toMatch(/got a loss that rose to [\d.]+ nats \(smoothed\) after [\d.]+ on a batch of/);
    expect(error.message).toMatch(/the checkpoint of step 0 is whole/);
  });

  it('keeps the last checkpoint from before the loss was too high', async () => {
    const options = tinyRun(at('a'), { schedule: { peak: 30, warmup: 60 }, steps: 400, clipNorm: 1e6, explosion: { patience: 5 } });
    const error = (await trainRun({ ...options, saveEvery: { steps: 1 } }).catch((thrown: unknown) => thrown)) as TrainingError;
    const { step, checkpointStep } = error.details as Record<string, number>;
    expect(checkpointStep).toBe((step as number) - 5);
    expect(loadRunState(at('a', 'checkpoint'))).toMatchObject({ step: checkpointStep, watch: { tooHigh: 0 } });
  });

  it('that has spoilt its weights names step, batch and checkpoint, and advises no repetition', async () => {
    // 1e42 is infinite in float32: the step's loss is finite, what it writes is not.
    const options = tinyRun(at('a'), { schedule: { peak: 1e42, warmup: 1 }, saveEvery: { steps: 1 } });
    const error = (await trainRun(options).catch((thrown: unknown) => thrown)) as TrainingError;
    expect(error).toBeInstanceOf(TrainingError);
    expect(error.message).toMatch(/^train step 1: got .* with a value that is not finite on a batch of \d+ episodes/);
    expect(error.message).toMatch(/look at these episodes, or lower the learning rate .* the checkpoint of step 0 is whole/);
    expect(error.message).not.toContain('same command');
  });

  it('never saves numbers that are not finite', async () => {
    const weights = initializeWeights(tinyConfig, new Random(1));
    weights.get('finalNorm')?.fill(Number.POSITIVE_INFINITY);
    await expect(trainRun(tinyRun(at('a'), { initial: { identity: 'bad', weights } }))).rejects.toThrow(
      /finalNorm with a value that is not finite/,
    );
    expect(existsSync(at('a', 'checkpoint'))).toBe(false);
  });

  it('does not replace the metrics of another run', async () => {
    mkdirSync(at('a'));
    writeFileSync(at('a', 'metrics.jsonl'), '');
    await trainRun(tinyRun(at('a'), { steps: 1 }));
    rmSync(at('a', 'checkpoint'), { recursive: true });
    const before = read(at('a', 'metrics.jsonl'));
    await expect(trainRun(tinyRun(at('a')))).rejects.toThrow(ConfigError);
    expect(read(at('a', 'metrics.jsonl'))).toBe(before);
  });

  it('does not take over a model that no run has made', async () => {
    saveModel(at('a', 'checkpoint'), { config: tinyConfig, weights: initializeWeights(tinyConfig, new Random(1)) });
    await expect(trainRun(tinyRun(at('a')))).rejects.toThrow(/a model without the state of a run/);
  });

  it.each([
    ['journeyman-trainer.json', (path: string) => truncateSync(path, 100), /that are not JSON/],
    [
      'journeyman-trainer.json',
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"steps":40', '"steps":41')),
      /fingerprint/,
    ],
    [
      'journeyman-trainer.json',
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"cursor":', '"courser":')),
      /cursor/,
    ],
    ['journeyman-trainer.safetensors', (path: string) => truncateSync(path, 500), /journeyman-trainer\.safetensors/],
    ['journeyman-trainer.safetensors', (path: string) => rmSync(path), /no journeyman-trainer\.safetensors/],
    [
      'config.json',
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"rms_norm_eps": 0.00001', '"rms_norm_eps": 0.01')),
      /a config\.json with normEpsilon = 0\.01, expected the model of its run: normEpsilon = 0\.00001/,
    ],
    ['model.safetensors', (path: string) => truncateSync(path, 900), /model\.safetensors/],
    ['heads.safetensors', (path: string) => rmSync(path), /got no pointer\.query, expected all parameters/],
  ])('refuses a damaged %s', async (file, damage, message) => {
    await runTo(1, tinyRun(at('a')));
    damage(at('a', 'checkpoint', file));
    const error = await trainRun(tinyRun(at('a'))).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CheckpointError);
    expect((error as Error).message).toMatch(message);
  });

  it('keeps the last checkpoint when the disk is full, says so, and goes on when there is room', async ({ skip }) => {
    const small = at('small');
    mkdirSync(small);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small], { encoding: 'utf8' });
    skip(mount.status !== 0, `no small file system can be mounted here: ${mount.error?.message ?? mount.stderr?.trim()}`);
    try {
      const options = tinyRun(at('small', 'a'), { saveEvery: { steps: 5 } });
      const onProgress = (event: TrainEvent): void => {
        // The rest of the disk but for one block, which metrics take.
        if (event.kind === 'step' && event.step === 8) fill(at('small', 'other'));
      };
      const error = (await trainRun({ ...options, onProgress }).catch((thrown: unknown) => thrown)) as CheckpointError;
      expect(error.message).toMatch(/a full disk \(ENOSPC\)/);
      expect(error.message).toMatch(/checkpoint/);
      rmSync(at('small', 'other'));
      const events: TrainEvent[] = [];
      expect(await trainRun({ ...options, onProgress: (event) => events.push(event) })).toMatchObject({ reason: 'finished' });
      expect(events[0]).toMatchObject({ kind: 'begun', step: 5, resumed: true });
      await trainRun(tinyRun(at('whole')));
      expect(read(at('small', 'a', 'checkpoint', 'model.safetensors'))).toBe(read(at('whole', 'checkpoint', 'model.safetensors')));
    } finally {
      spawnSync('umount', [small]);
    }
  });
});

function fill(path: string): void {
  for (let size = 65536; size >= 4096; size /= 2)
    for (;;)
      try {
        writeFileSync(path, new Uint8Array(size), { flag: 'a' });
      } catch {
        break;
      }
}
