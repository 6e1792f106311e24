/** How fast the embedded trainer is, beside PyTorch and beside the machine's own matrix rate, and how much memory it takes. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Random } from '../../src/base/index.ts';
import { initializeWeights, type ModelConfig, parameterSpecs, presetConfig } from '../../src/model/index.ts';
import { Graph, ops, Session } from '../../src/tensor/index.ts';
import { type BatchSize, Trainer } from '../../src/train/index.ts';
import { openTorchPeer } from '../peers/torch-peer.ts';
import { type Bench, type Measurement, median, spreadOf } from '../row.ts';
import { randomBatch } from './random-batch.ts';

const ROUNDS = 5;
const STEPS_A_ROUND = 2;
const SMALL: BatchSize = { time: 256, lanes: 16 };

/** Preset small, batch 16×256, rounds in turn with the peer and with 1024³ products. */
export const trainingSpeed: Bench = {
  names: ['train-small-vs-torch', 'train-small-vs-matmul'],
  measure: async ({ seed, say }) => {
    const config = presetConfig('small');
    const peer = await openTorchPeer();
    const hasPeer = !('unavailable' in peer);
    if (!hasPeer) say(`no PyTorch peer: ${peer.unavailable}`);
    const ours = await timedTrainer(config, SMALL, seed);
    const product = await matrixProduct(1024);
    if (hasPeer) {
      await peer.initTraining(config, { batch: SMALL.lanes, length: SMALL.time, learningRate: 1e-3, seed });
      await peer.train(2);
    }

    const rounds: { tokens: number; peerTokens: number; gigaflops: number; peerGigaflops: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const tokens = await ours.tokensPerSecond(STEPS_A_ROUND);
      const gigaflops = await product.gigaflops();
      const peerSeconds = hasPeer ? (await peer.train(STEPS_A_ROUND)).seconds : [Number.NaN];
      const peerGigaflops = hasPeer ? (await peer.matmul(1024, 10)).gigaflops : Number.NaN;
      rounds.push({ tokens, gigaflops, peerGigaflops, peerTokens: (SMALL.time * SMALL.lanes) / median(peerSeconds) });
      say(
        `  round ${round + 1}: ours ${tokens.toFixed(0)} tokens/s, PyTorch ${rounds.at(-1)?.peerTokens.toFixed(0)}; 1024³: ours ${gigaflops.toFixed(0)} GFLOP/s, PyTorch ${peerGigaflops.toFixed(0)}`,
      );
    }
    await ours.dispose();
    await product.dispose();
    if (hasPeer) await peer.dispose();

    const value = median(rounds.map(({ tokens }) => tokens));
    const shares = rounds.map(({ tokens, gigaflops }) => (tokens * flopsPerToken(config, SMALL.time)) / (gigaflops * 1e9));
    const rows: Measurement[] = [
      {
        name: 'train-small-vs-matmul',
        value,
        unit: 'tokens/s',
        ratio: median(shares),
        peer: '1024³ product in the same runtime',
        spread: spreadOf(shares),
        seed,
      },
    ];
    if (!hasPeer) return rows;
    const ratios = rounds.map(({ tokens, peerTokens }) => tokens / peerTokens);
    const fairness = median(rounds.map(({ gigaflops, peerGigaflops }) => peerGigaflops / gigaflops));
    const note = `peer ${median(rounds.map(({ peerTokens }) => peerTokens)).toFixed(0)} tokens/s; its 1024³ product at ${fairness.toFixed(2)} of ours${fairness < 0.8 ? ': below 0.8, the row does not count' : ''}`;
    return [
      {
        name: 'train-small-vs-torch',
        value,
        unit: 'tokens/s',
        ratio: median(ratios),
        peer: `PyTorch ${peer.hello.torch} eager`,
        spread: spreadOf(ratios),
        seed,
        note,
      },
      ...rows,
    ];
  },
};

/** Peak resident memory of a process that does nothing but train preset small. */
export const trainingMemory: Bench = {
  names: ['train-small-peak-memory'],
  measure: async ({ seed }) => {
    const program = fileURLToPath(new URL('./train-small.ts', import.meta.url));
    const { stdout, status, stderr } = spawnSync(process.execPath, [program, String(seed)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`train-small.ts ended with ${status}: ${stderr}`);
    return [{ name: 'train-small-peak-memory', value: Number(stdout) / 2 ** 20, unit: 'GiB', spread: null, seed }];
  },
};

/** Preset micro at sequences of 2,048. */
export const longTraining: Bench = {
  names: ['train-micro-t2048'],
  measure: async ({ seed }) => {
    const ours = await timedTrainer(presetConfig('micro'), { time: 2048, lanes: 2 }, seed);
    const speeds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) speeds.push(await ours.tokensPerSecond(STEPS_A_ROUND));
    await ours.dispose();
    return [{ name: 'train-micro-t2048', value: median(speeds), unit: 'tokens/s', spread: spreadOf(speeds), seed }];
  },
};

/** What windows save: preset micro at lanes of its whole context, as `make` trains it, against the same where every layer sees all. */
export const windowedTraining: Bench = {
  names: ['train-micro-windows'],
  measure: async ({ seed }) => {
    const windowed = presetConfig('micro');
    const { windows: _, ...seeing } = windowed;
    const size = { time: windowed.contextLength, lanes: 2 };
    const [ours, all] = [await timedTrainer(windowed, size, seed), await timedTrainer(seeing, size, seed)];
    const speeds: number[] = [];
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const speed = await ours.tokensPerSecond(STEPS_A_ROUND);
      speeds.push(speed);
      ratios.push(speed / (await all.tokensPerSecond(STEPS_A_ROUND)));
    }
    await Promise.all([ours.dispose(), all.dispose()]);
    return [
      {
        name: 'train-micro-windows',
        value: median(speeds),
        unit: 'tokens/s',
        ratio: median(ratios),
        peer: 'every layer sees all',
        spread: spreadOf(ratios),
        seed,
      },
    ];
  },
};

interface Timed {
  tokensPerSecond(steps: number): Promise<number>;
  dispose(): Promise<void>;
}

/** A trainer past its first two steps, which compile and warm up. */
async function timedTrainer(config: ModelConfig, size: BatchSize, seed: number): Promise<Timed> {
  const trainer = new Trainer(config, { weights: initializeWeights(config, new Random(seed)) });
  const batch = randomBatch(size, config.vocabularySize, seed);
  const run = async (steps: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) await trainer.step([batch], 1e-3);
    return (1000 * steps * size.time * size.lanes) / (performance.now() - start);
  };
  await run(2);
  return { tokensPerSecond: run, dispose: () => trainer.dispose() };
}

/** n³ products, ten a run, each fed by the last so that none is skipped. */
async function matrixProduct(n: number): Promise<{ gigaflops(): Promise<number>; dispose(): Promise<void> }> {
  const products = 10;
  const graph = new Graph();
  const a = graph.input('a', [n, n]);
  let x = graph.input('x', [n, n]);
  for (let i = 0; i < products; i++) x = ops.matmul(a, x);
  const session = await Session.create(graph, { corner: ops.slice(ops.slice(x, 0, 0, 1), 1, 0, 1) });
  const random = new Random(n);
  const data = (): Float32Array => Float32Array.from({ length: n * n }, () => random.normal() / Math.sqrt(n));
  const feeds = { a: { data: data(), shape: [n, n] }, x: { data: data(), shape: [n, n] } };
  await session.run(feeds);
  return {
    gigaflops: async () => {
      const start = performance.now();
      await session.run(feeds);
      return (products * 2 * n ** 3) / (performance.now() - start) / 1e6;
    },
    dispose: () => session.dispose(),
  };
}

/** Training: three times the forward products, 2 FLOP a weight (the embedding only as output), and causal attention counted as half. */
function flopsPerToken(config: ModelConfig, time: number): number {
  const matrices = parameterSpecs(config).filter(({ name, shape }) => shape.length === 2 && !/^(pointer|value|reward)/.test(name));
  const weights = matrices.reduce((sum, { shape }) => sum + (shape[0] as number) * (shape[1] as number), 0);
  return 6 * weights + 6 * config.layers * time * config.heads * config.headWidth;
}
