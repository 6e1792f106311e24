import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomModel } from '../../test/random-model.ts';
import { Random } from '../base/index.ts';
import { LaneEngine } from './lane-engine.ts';
import { quantizeInt8 } from './quantize.ts';

it('an element is off by at most half of its block’s scale, max|w|/127 (property)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 70 }), fc.nat(), (out, width, seed) => {
      const random = new Random(seed);
      const matrix = Float32Array.from({ length: out * width }, () => random.normal() * 10 ** (random.below(5) - 2));
      const { bytes, scales, blocks, blockSize } = quantizeInt8(matrix, out, width);
      expect([bytes.length, scales.length]).toEqual([out * blocks * blockSize, out * blocks]);
      for (let row = 0; row < out; row++)
        for (let i = 0; i < blocks * blockSize; i++) {
          const byte = bytes[row * blocks * blockSize + i] as number;
          const scale = scales[row * blocks + Math.floor(i / blockSize)] as number;
          if (i < width)
            expect(Math.abs((byte - 128) * scale - (matrix[row * width + i] as number))).toBeLessThanOrEqual(scale * (0.5 + 1e-5));
          else expect(byte).toBe(128);
        }
    }),
    { seed: 2, numRuns: 100 },
  );
});

it('a block of zeros stays zeros', () => {
  const { bytes, scales } = quantizeInt8(new Float32Array(32), 1, 32);
  expect(new Set(bytes)).toEqual(new Set([128]));
  expect([...scales]).toEqual([1]);
});

it('an int8 engine says nearly what a float32 engine says', async () => {
  const { config, weights } = randomModel('int8', { width: 64, headWidth: 16, feedForwardWidth: 96 });
  const random = new Random(3);
  const tokens = Int32Array.from({ length: 200 }, () => random.below(config.vocabularySize));
  const read = async (int8: boolean): Promise<{ nats: Float64Array; value: number }> => {
    const engine = new LaneEngine(config, weights, { int8, threads: 1 });
    const lane = engine.open(1);
    const { nats } = await engine.append(lane, tokens);
    const { value } = await engine.decode(lane, { maxTokens: 1 });
    await engine.dispose();
    return { nats, value };
  };
  const [exact, rough] = [await read(false), await read(true)];
  const gaps = exact.nats.map((nats, i) => Math.abs(nats - (rough.nats[i] as number)));
  expect(gaps.reduce((a, b) => a + b) / gaps.length).toBeLessThan(0.05);
  expect(Math.max(...gaps)).toBeLessThan(0.3);
  expect(gaps.some((gap) => gap > 1e-6)).toBe(true);
  expect(Math.abs(exact.value - rough.value)).toBeLessThan(0.1);
  if (process.env.JOURNEYMAN_GAPS) console.info(gaps.reduce((a, b) => a + b) / gaps.length, Math.max(...gaps), exact.value - rough.value);
});
