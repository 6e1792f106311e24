/** A random model plays a gym: every decision is an action that the session takes, and the lane has read the very tokens of the transcript. */
import { expect, it } from 'vitest';
import { gymModule } from '../gyms/countdown/gym.ts';
import { Engine, enginePolicy } from '../src/engine/index.ts';
import { boundaryId, encodeTranscript, SPECIAL_TOKENS, type TextCodec } from '../src/grammar/index.ts';
import type { Offer, Segment } from '../src/records/index.ts';
import { fitWide } from '../src/wide/index.ts';
import { fill, formEpisodes, formScreen, held, refs } from './form-transcripts.ts';
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

it('a model decides together with a wide part', { timeout: 60_000 }, async () => {
  const { config, weights } = randomModel('wide', { vocabularySize: SPECIAL_TOKENS.length + 256, contextLength: 1024 });
  const engine = await Engine.start(config, weights);
  try {
    const wide = fitWide(formEpisodes(60), { seed: 1 });
    const { segments, number, date } = formScreen('play', { hasDate: true });
    const references = (segments[1]?.pieces ?? []).flatMap((piece) => (piece.kind === 'reference' ? [piece.reference] : []));
    const offerOf = (reference: number): Offer => (reference === refs.save ? 'click' : reference >= refs.number ? 'fill' : 'copy');
    const targets = references.map((reference) => ({
      ...{ reference, role: '', name: String(reference), states: [], offers: [offerOf(reference)], text: 'x' },
    }));
    const observation = { pieces: [], targets, stop: null };
    const player = await enginePolicy({ engine, codec, wide, temperature: 0 }).begin({
      seed: 'play',
      verbs: { fill: 'reversible', click: 'reversible', ask: 'read', drag: 'read' },
    });
    for (const segment of segments) await player.read(segment);
    // A model that has learned nothing is sure of nothing: what was counted decides.
    const first = await player.decide(observation);
    expect(first.action).toEqual({ kind: 'fill', target: refs.number, source: number, as: 'integer' });
    // log p is the model's own, to which every token is about as likely as any other.
    expect(Math.max(...first.logprobs.slice(0, 2))).toBeLessThan(-2);
    await player.force?.(fill(refs.date, 'Date', date));
    await player.read(held(refs.date));
    // The wide part has read what was done in the place of its own.
    expect((await player.decide(observation)).action).not.toMatchObject({ kind: 'fill', target: refs.date });
    await player.close();
  } finally {
    await engine.dispose();
  }
});
