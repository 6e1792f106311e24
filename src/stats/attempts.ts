/**
 * Trying for the same certificate again. Ten attempts at 5 % each pass falsely up to 40 % of the time, so attempt j gets a part of α
 * only, and all parts together never exceed it, however many attempts there will be.
 * The number of an attempt must come from a ledger that nothing is ever removed from.
 */
import { requireCount, requireInside } from './domain.ts';

/**
 * α_j = 6α/(π²·j²), j = `attempt` from 1; Σ_j α_j = α (Basel series; alpha-spending, Foster & Stine 2008).
 * Throws ConfigError for α outside (0, 1) or an attempt that is not a whole number from 1.
 */
export function attemptAlpha({ alpha, attempt }: { readonly alpha: number; readonly attempt: number }): number {
  requireInside({ operation: 'attemptAlpha', name: 'alpha', value: alpha });
  requireCount({ operation: 'attemptAlpha', name: 'attempt', value: attempt }, { least: 1 });
  return (6 * alpha) / (Math.PI * attempt) ** 2;
}
