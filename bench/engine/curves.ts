/**
 * What the pointing task is learned with: the curve with and without the pointer head and the echo, and by number of layers.
 * Each row: M tokens of training until 0.9 of the fields of unseen documents are right (NaN: not within the steps given).
 */
import type { ModelConfig } from '../../src/model/index.ts';
import type { Bench } from '../row.ts';
import { POINTING } from '../tasks/pointing.ts';
import { practisePointing } from './learning.ts';

const STEPS = 1300;

interface Variant {
  readonly changes?: Partial<ModelConfig>;
  readonly echo?: boolean;
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  'point-curve-4-layers': {},
  'point-curve-no-echo': { echo: false },
  'point-curve-2-layers': { changes: { layers: 2 } },
  'point-curve-no-pointer': { changes: { pointerWidth: 0 } },
  'point-curve-6-layers': { changes: { layers: 6 } },
  'point-curve-3-layers': { changes: { layers: 3 } },
  'point-curve-1-layer': { changes: { layers: 1 } },
};

export const CURVES_SUITE: readonly Bench[] = Object.entries(VARIANTS).map(([name, { changes = {}, echo = true }]) => ({
  names: [name],
  measure: async ({ seed, say }) => {
    const { result } = await practisePointing({ levels: [POINTING], seed, say, changes, echo, steps: STEPS });
    const at = (share: number): number => (result.curve.find(({ right }) => right >= share)?.tokens ?? Number.NaN) / 1e6;
    const points = result.curve.map(({ tokens, right }) => `${(tokens / 1e6).toFixed(1)}:${right.toFixed(2)}`).join(' ');
    return [
      {
        name,
        value: at(0.9),
        unit: 'M tokens to 0.9',
        spread: null,
        seed,
        note: `0.5 at ${at(0.5).toFixed(2)}, 0.99 at ${at(0.99).toFixed(2)} M tokens; ${points}`,
      },
    ];
  },
}));
