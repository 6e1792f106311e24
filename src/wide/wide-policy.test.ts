import { describe, expect, it } from 'vitest';
import { fill, formEpisodes, formScreen, held, refs } from '../../test/form-transcripts.ts';
import { RuntimeError } from '../base/index.ts';
import type { Observation, Target } from '../records/index.ts';
import { fitWide } from './wide-model.ts';
import { widePolicy } from './wide-policy.ts';

const policy = widePolicy(fitWide(formEpisodes(60), { seed: 1 }));
const verbs = { fill: 'reversible', click: 'reversible', ask: 'read' } as const;

/** What stands on the screen of the fixture, as data. */
function observation(seed: string, { except = [] }: { readonly except?: readonly number[] } = {}): Observation {
  const { segments } = formScreen(seed, { hasDate: true });
  const target = (reference: number): Target => {
    const role = reference === refs.save ? 'button' : reference >= refs.number ? 'field' : '';
    return {
      reference,
      role,
      name: String(reference),
      states: [],
      offers: [role === 'button' ? 'click' : role === '' ? 'copy' : 'fill'],
      text: 'x',
    };
  };
  const pieces = segments[1]?.pieces ?? [];
  const references = pieces.flatMap((piece) => (piece.kind === 'reference' ? [piece.reference] : []));
  return { pieces, targets: references.filter((reference) => !except.includes(reference)).map(target), stop: null };
}

async function begin(seed: string) {
  const player = await policy.begin({ seed: 'play', verbs });
  for (const segment of formScreen(seed, { hasDate: true }).segments) await player.read(segment);
  return player;
}

describe('widePolicy', () => {
  it('does what it has seen done, and goes on from there', async () => {
    const { number, date } = formScreen('play', { hasDate: true });
    const player = await begin('play');
    const first = await player.decide(observation('play'));
    expect(first.action).toEqual({ kind: 'fill', target: refs.number, source: number, as: 'integer' });
    expect(first.logprobs.every((logprob) => logprob <= 0)).toBe(true);
    await player.read(held(refs.number));
    expect((await player.decide(observation('play'))).action).toEqual({ kind: 'fill', target: refs.date, source: date, as: 'integer' });
    await player.close();
  });

  it('goes on from what was done in its place', async () => {
    const { date } = formScreen('play', { hasDate: true });
    const player = await begin('play');
    await player.decide(observation('play'));
    await player.force?.(fill(refs.date, 'Date', date));
    await player.read(held(refs.date));
    expect((await player.decide(observation('play'))).action).not.toMatchObject({ kind: 'fill', target: refs.date });
  });

  it('names nothing that is not there any more', async () => {
    const { number } = formScreen('play', { hasDate: true });
    const player = await begin('play');
    const { action } = await player.decide(observation('play', { except: [number] }));
    expect(action).not.toMatchObject({ source: number });
  });

  it('says so where it can do nothing', async () => {
    const player = await begin('play');
    await expect(player.decide({ pieces: [], targets: [], stop: null })).rejects.toThrow(RuntimeError);
  });
});
