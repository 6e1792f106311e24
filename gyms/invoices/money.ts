/**
 * Sums of a document, in integer minor units: no floating point touches money.
 */
import type { DocumentLine } from './types.ts';

/** Half up: 0.5 of a cent is a cent. */
export function taxOf(netMinor: number, ratePercent: number): number {
  return Math.floor((netMinor * ratePercent + 50) / 100);
}

export interface Sums {
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
}

/** Tax is of the whole document, not of each line. */
export function sumsOf(lines: readonly DocumentLine[], ratePercent: number): Sums {
  const netMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  const taxMinor = taxOf(netMinor, ratePercent);
  return { netMinor, taxMinor, totalMinor: netMinor + taxMinor };
}

/** 123456 → '1234.56', as the normaliser `amount` writes it. */
export function plainAmount(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
