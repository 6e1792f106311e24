/** Test support: gradients against central differences, in float64. */
import { expect } from 'vitest';
import type { Random } from '../src/base/index.ts';
import type { NdArray } from './reference.ts';

export interface CentralDifferences {
  /** By parameter. */
  readonly gradients: Readonly<Record<string, NdArray>>;
  /** The loss with `change` added to element `at` of a parameter. */
  readonly lossWith: (name: string, at: number, change: number) => number;
  readonly random: Random;
  readonly step: number;
  /** How far a gradient may lie from its difference, besides 1e-5 of that. */
  readonly tolerance: number;
  /** The steepest element of each parameter is at least this steep, so that nothing passes by being 0. */
  readonly steepest: number;
}

/** Of each parameter the steepest element and a random one. */
export function expectCentralDifferences({ gradients, lossWith, random, step, tolerance, steepest }: CentralDifferences): void {
  for (const [name, { data }] of Object.entries(gradients)) {
    const steep = data.reduce((best, x, j) => (Math.abs(x) > Math.abs(data[best] as number) ? j : best), 0);
    for (const at of new Set([steep, random.below(data.length)])) {
      const difference = (lossWith(name, at, step) - lossWith(name, at, -step)) / (2 * step);
      expect(Math.abs(difference - (data[at] as number)), `${name}[${at}]`).toBeLessThan(tolerance + 1e-5 * Math.abs(difference));
    }
    expect(Math.abs(data[steep] as number), name).toBeGreaterThan(steepest);
  }
}
