/** Decoding, preset small around a context of 256: our engine, worker thread, sampling and all, against PyTorch's loop. */
import { Random } from '../../src/base/index.ts';
import { Engine } from '../../src/engine/index.ts';
import { SPECIAL_TOKENS } from '../../src/grammar/index.ts';
import { initializeWeights, presetConfig } from '../../src/model/index.ts';
import { openTorchPeer } from '../peers/torch-peer.ts';
import { type Bench, type Measurement, median, spreadOf } from '../row.ts';

const BATCHES = [1, 8, 32] as const;
const CONTEXT = 256;
/** Tokens a lane and round: the context runs from CONTEXT − 32 to CONTEXT + 32. */
const TOKENS = 64;
const ROUNDS = 5;

export const decoding: Bench = {
  names: BATCHES.map((batch) => `decode-small-b${batch}-vs-torch`),
  measure: async ({ seed, say }) => {
    const config = presetConfig('small');
    const engine = await Engine.start(config, initializeWeights(config, new Random(seed)));
    const rows: Measurement[] = [];
    for (const batch of BATCHES) {
      const peer = await openTorchPeer();
      const hasPeer = !('unavailable' in peer);
      if (!hasPeer) say(`no PyTorch peer: ${peer.unavailable}`);
      else {
        await peer.initDecoding(config, { batch, context: CONTEXT, seed });
        await peer.decode(TOKENS);
      }
      await decodeRound(engine, batch, seed);
      const speeds: number[] = [];
      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const speed = await decodeRound(engine, batch, seed + round);
        speeds.push(speed);
        if (!hasPeer) continue;
        const { seconds } = await peer.decode(TOKENS);
        ratios.push((speed * seconds.reduce((a, b) => a + b, 0)) / (TOKENS * batch));
      }
      const name = `decode-small-b${batch}-vs-torch`;
      if (!hasPeer) rows.push({ name, value: median(speeds), unit: 'tokens/s', spread: spreadOf(speeds), seed });
      else {
        rows.push({
          name,
          value: median(speeds),
          unit: 'tokens/s',
          ratio: median(ratios),
          peer: `PyTorch ${peer.hello.torch} eager`,
          spread: spreadOf(ratios),
          seed,
        });
        await peer.dispose();
      }
    }
    await engine.dispose();
    return rows;
  },
};

/** Tokens per second of `batch` lanes that decode greedily side by side, prompts read before the clock starts. */
async function decodeRound(engine: Engine, batch: number, seed: number): Promise<number> {
  const random = new Random(`decode/${seed}`);
  const first = SPECIAL_TOKENS.length;
  const lanes = await Promise.all(Array.from({ length: batch }, (_, i) => engine.open(i)));
  const prompt = (): Int32Array =>
    Int32Array.from({ length: CONTEXT - TOKENS / 2 }, () => first + random.below(engine.config.vocabularySize - first));
  await Promise.all(lanes.map((lane) => engine.append(lane, prompt())));
  const start = performance.now();
  await Promise.all(lanes.map((lane) => engine.decode(lane, { maxTokens: TOKENS, temperature: 0 })));
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(lanes.map((lane) => engine.close(lane)));
  return (batch * TOKENS) / seconds;
}
