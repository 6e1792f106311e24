/**
 * A certificate in words, for whoever reads only one sentence. Lower bounds are rounded down and upper bounds up, so that no sentence says more than
 * the certificate does.
 */
import { ConfigError } from '../base/index.ts';
import type { Certificate } from '../records/index.ts';

/** 0.96199 → `96.1 %`. A hair of binary rounding doesn't cost a tenth. */
export const atLeast = (share: number): string => `${(Math.floor(1000 * share + 1e-9) / 10).toFixed(1)}\u00a0%`;
/** 0.0481 → `4.9 %`. */
export const atMost = (share: number): string => `${(Math.ceil(1000 * share - 1e-9) / 10).toFixed(1)}\u00a0%`;
/** What was counted, to the nearest tenth. */
export const rounded = (share: number): string => `${(100 * share).toFixed(1)}\u00a0%`;
/** What was asked or chosen by a person: as short as it is. */
export const exactly = (share: number): string => `${Number((100 * share).toFixed(3))}\u00a0%`;

export interface VerdictOptions {
  /** What the agent does, with `{share}` in it: `enters at least {share} of invoices correctly`. */
  readonly claim?: string;
}

/** One sentence. Throws `ConfigError` for a claim without a place for the share. */
export function verdictSentence({ kind, confidence, slices, gym }: Certificate, { claim }: VerdictOptions = {}): string {
  const said = claim ?? `does at least {share} of fresh ${gym.name} tasks right`;
  if (!said.includes('{share}'))
    throw new ConfigError({ operation: 'word a verdict', got: `'${said}'`, expected: 'a claim with {share} in it' });
  const [first] = slices;
  if (kind === 'no-certificate' || first === undefined) return 'This agent gets no certificate: not all that was asked could be shown.';
  return `With ${exactly(confidence)} confidence this agent ${said.replace('{share}', () => atLeast(first.gateBound))}.`;
}

/** What one should know next; '' where there is nothing. */
export function verdictAside({ kind, slices, reasons }: Certificate): string {
  const [first] = slices;
  if (first === undefined) return '';
  if (kind === 'no-certificate')
    return reasons[0] === undefined ? '' : `${reasons[0]}${reasons.length > 1 ? `; and ${reasons.length - 1} more` : ''}.`;
  const counted = `${first.successes} of ${first.n} fresh tasks succeeded.`;
  const worst = slices.toSorted((a, b) => a.gateBound - b.gateBound)[0];
  return worst === undefined || worst === first
    ? counted
    : `${counted} Where it is weakest, in the slice “${worst.slice}”, it is at least ${atLeast(worst.gateBound)}.`;
}
