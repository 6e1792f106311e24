import { describe, expect, it } from 'vitest';
import { formEpisode, formEpisodes, formScreen, refs } from '../../test/form-transcripts.ts';
import { boundaryId, FIRST_REFERENCE, wordId } from '../grammar/index.ts';
import { fitWide, WideReader } from '../wide/index.ts';
import type { TokenBias } from './sampling.ts';
import { wideBias } from './wide-bias.ts';

const model = fitWide(formEpisodes(60), { seed: 1 });
const screen = formScreen('one', { hasDate: true });
const reader = new WideReader(model);
for (const segment of screen.segments) reader.read(segment);

const mass = ({ nats }: TokenBias): number => [...nats.values()].reduce((sum, value) => sum + Math.exp(value), 0);
const best = (bias: TokenBias | undefined): number | undefined => [...(bias?.nats ?? [])].sort(([, a], [, b]) => b - a)[0]?.[0];
const biasAfter = (biases: readonly TokenBias[], ...tokens: readonly number[]): TokenBias | undefined =>
  biases.find((bias) => JSON.stringify(bias.after) === JSON.stringify(tokens));

describe('wideBias', () => {
  const [fill, ask] = [wordId('fill'), wordId('ask')];
  const number = FIRST_REFERENCE + refs.number;

  it('says the verb, then what it is done to', () => {
    const biases = wideBias(reader, []);
    expect(best(biasAfter(biases))).toBe(fill);
    expect(best(biasAfter(biases, fill))).toBe(number);
    for (const bias of biases) expect(mass(bias)).toBeCloseTo(1, 9);
    expect(biasAfter(biases, ask)).toBeDefined();
  });

  it('then what is taken, then what that is turned into', () => {
    const source = FIRST_REFERENCE + screen.number;
    const sources = wideBias(reader, [fill, number]);
    expect(sources.map(({ after: tokens }) => tokens)).toEqual([[wordId('from')]]);
    expect(best(sources[0])).toBe(source);
    const endings = wideBias(reader, [fill, number, wordId('from'), source]);
    expect(best(biasAfter(endings))).toBe(wordId('as'));
    expect(best(biasAfter(endings, wordId('as')))).toBe(wordId('integer'));
    for (const bias of [...sources, ...endings]) expect(mass(bias)).toBeCloseTo(1, 9);
  });

  it('says nothing of what it has never seen done', () => {
    expect(wideBias(reader, [boundaryId('act')])).toEqual([]);
    expect(wideBias(reader, [wordId('drag'), number]).every(({ nats, others }) => nats.size === 0 && others === 0)).toBe(true);
    const blank = new WideReader(fitWide([], { seed: 1 }));
    for (const segment of formEpisode('two', { hasDate: true }).segments.slice(0, 2)) blank.read(segment);
    expect(wideBias(blank, [])).toEqual([{ after: [], nats: new Map(), others: 0 }]);
  });
});
