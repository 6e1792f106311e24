/** A random model plays a gym: every decision is an action that the session takes, and the lane has read the very tokens of the transcript. */
import { expect, it } from 'vitest';
import { gymModule } from '../gyms/countdown/gym.ts';
import { Engine, enginePolicy } from '../src/engine/index.ts';
import { boundaryId, encodeTranscript, SPECIAL_TOKENS, type TextCodec } from '../src/grammar/index.ts';
import type { Segment } from '../src/records/index.ts';
import { randomModel } from './random-model.ts';

const codec: TextCodec = {
  encodeText: (text) => [...Buffer.from(text)].map((byte) => SPECIAL_TOKENS.length + byte),
  decode: (ids) => Buffer.from(ids.map((id) => id - SPECIAL_TOKENS.length)).toString(),
};

it('a model plays a gym', { timeout: 60_000 }, async () => {
  const { config, weights } = randomModel('policy', { vocabularySize: SPECIAL_TOKENS.length + 256, contextLength: 1024 });
  const engine = await Engine.start(config, weights);
  try {
    const { gym } = gymModule;
    const policy = enginePolicy({ engine, codec, temperature: 1 });
    let decisions = 0;
    for (let n = 0; n < 4; n++) {
      const session = await gym.open(gym.task({ split: 'train', n }), { seed: 'a' });
      const player = await policy.begin({ seed: `player/${n}`, verbs: { call: 'read', done: 'read' } });
      const segments: Segment[] = [{ kind: 'goal', pieces: session.goal }];
      await player.read(segments[0] as Segment);
      let observation = await session.observe();
      for (let step = 0; step < 5 && observation.stop === null; step++) {
        const seen: Segment = { kind: 'observe', pieces: observation.pieces };
        segments.push(seen);
        const { surpriseNats } = await player.read(seen);
        expect(surpriseNats).toBeGreaterThan(0);
        const decision = await player.decide(observation);
        // Looking ahead leaves the lane as it was: what is read and valued afterwards is the same as without.
        const foreseen = await player.foresee?.();
        // An untrained model is sure of nothing.
        expect(foreseen).toBeNull();
        expect(decision.logprobs.every((logprob) => logprob <= 0)).toBe(true);
        expect(decision.value).toBeCloseTo(await valueAfter([...segments]), 4);
        segments.push(decision.segment);
        decisions++;
        observation = await session.act(decision.action);
        // What was sampled under the grammar is never refused for its form.
        expect(JSON.stringify(observation.pieces)).not.toMatch(/takes no|no action of this gym|not there any more|no text to take/);
      }
      await player.close();
      await session.close();
    }
    expect(decisions).toBeGreaterThan(5);
  } finally {
    await engine.dispose();
  }

  /** The value head where the next act begins, in a lane that reads the whole transcript at once. */
  async function valueAfter(segments: readonly Segment[]): Promise<number> {
    const lane = await engine.open('check');
    const { tokens } = encodeTranscript({ schemaVersion: 1, segments }, codec);
    await engine.append(lane, Int32Array.from([...tokens, boundaryId('act')]));
    const { value } = await engine.decode(lane, { maxTokens: 1 });
    await engine.close(lane);
    // The head gives a logit.
    return 1 / (1 + Math.exp(-value));
  }
});
