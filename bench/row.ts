/**
 * One measured figure. A suite is a table of rows by name, each a function that measures it; several rows that share their
 * measuring are one function.
 */
export interface Row {
  readonly suite: string;
  readonly name: string;
  /** The median where there are repeats. */
  readonly value: number;
  readonly unit: string;
  /** Against the peer, or against the reference that the name says: the median of the ratios, pair by pair. */
  readonly ratio?: number;
  readonly peer?: string;
  /** Smallest and largest of the repeats (of the ratios, where there is one); null for a single measurement. */
  readonly spread: readonly [number, number] | null;
  readonly seed: number | null;
  /** What the figure does not say by itself. */
  readonly note?: string;
}

export type Measurement = Omit<Row, 'suite'>;

export interface BenchContext {
  readonly seed: number;
  /** Tells people what is going on; goes to stderr. */
  readonly say: (line: string) => void;
}

/** Rows that are measured together, by the names that they give. */
export interface Bench {
  readonly names: readonly string[];
  readonly measure: (context: BenchContext) => Promise<readonly Measurement[]>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export const spreadOf = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)];

/** Four digits that matter. */
export function formatNumber(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(2);
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));
}
