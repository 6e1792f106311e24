import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetConfig } from '../../src/model/index.ts';
import { openTorchPeer, type TorchPeer } from './torch-peer.ts';

const tiny = presetConfig('nano', {
  vocabularySize: 64,
  width: 32,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 8,
  feedForwardWidth: 48,
});

// Asked once, so that the report says skipped rather than passed where PyTorch is missing.
const probe = await openTorchPeer({ timeoutMs: 60_000 });
const missing = 'unavailable' in probe ? probe.unavailable : null;
if (missing !== null) console.warn(`PyTorch peer skipped. ${missing}`);

describe.skipIf(missing !== null)('PyTorch peer', () => {
  let peer: TorchPeer;
  beforeAll(() => {
    peer = probe as TorchPeer;
  });
  afterAll(() => peer.dispose());

  it('greets and multiplies', async () => {
    expect(peer.hello.torch).toMatch(/^\d+\.\d+/);
    const rate = await peer.matmul(64, 3);
    expect(rate.best).toBeGreaterThanOrEqual(rate.gigaflops);
  });

  it('trains: the loss starts near ln V and falls', async () => {
    await peer.initTraining(tiny, { batch: 2, length: 16, learningRate: 3e-3, seed: 1 });
    const { seconds, losses, peakMemoryBytes } = await peer.train(20);
    expect(seconds).toHaveLength(20);
    expect(Math.abs((losses[0] as number) - Math.log(64))).toBeLessThan(0.3);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) - 0.3);
    expect(peakMemoryBytes).toBeGreaterThan(1e7);
  });

  it('trains the same twice from one seed', async () => {
    const run = async () => {
      await peer.initTraining(tiny, { batch: 2, length: 16, learningRate: 3e-3, seed: 2 });
      return (await peer.train(3)).losses;
    };
    expect(await run()).toEqual(await run());
  });

  it('decodes one token a lane', async () => {
    await peer.initDecoding(tiny, { batch: 3, context: 10, seed: 1 });
    const { seconds, tokens } = await peer.decode(4);
    expect(seconds).toHaveLength(4);
    expect(tokens).toHaveLength(3);
    expect(tokens.every((token) => token >= 0 && token < 64)).toBe(true);
  });

  it('survives a request that it refuses', async () => {
    await expect(peer.matmul(-1, 1)).rejects.toThrow(/PyTorch peer, matmul: got RuntimeError/);
    await expect(peer.matmul(8, 1)).resolves.toBeDefined();
  });
});

describe('PyTorch peer that is not there', () => {
  it('is a value that says why: no such interpreter', async () => {
    expect(await openTorchPeer({ python: 'no-such-interpreter' })).toEqual({ unavailable: expect.stringMatching(/ENOENT/) });
  });

  it('is a value that says why: a program that is no peer', async () => {
    expect(await openTorchPeer({ python: 'true' })).toEqual({ unavailable: expect.stringMatching(/process that ended \(status 0\)/) });
  });

  it('is a value that says why: no answer in time', async () => {
    // Never a program that writes to its argument: that is the peer's own source.
    const late = await openTorchPeer({ python: process.execPath, timeoutMs: 1 });
    expect(late).toEqual({ unavailable: expect.stringMatching(/no answer in 1 ms/) });
  });
});
