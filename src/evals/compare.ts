/**
 * Two agents on the same exam tasks. Only tasks on which they differ tell them apart; a task without a verdict for either is left out, and told.
 * Compared are first runs: repeats of one task are no further tasks.
 */
import { DataError } from '../base/index.ts';
import type { RawScore } from '../records/index.ts';
import { holm, mcnemarP, nonInferiority } from '../stats/index.ts';
import { textTable } from './text-table.ts';

export interface SliceComparison {
  readonly slice: string;
  /** Tasks on which both have a verdict, and those on which one lacks it. */
  readonly pairs: number;
  readonly unresolved: number;
  /** Successes. */
  readonly before: number;
  readonly after: number;
  /** Tasks that only the old agent solved, and that only the new one solved. */
  readonly worse: number;
  readonly better: number;
  /** Exact McNemar, one-sided: for "the new agent is better" and for "it is worse". */
  readonly betterP: number;
  readonly worseP: number;
  /** `worseP` adjusted for looking at all slices at once (Holm). */
  readonly worseAdjustedP: number;
  /** Lower bound for (after − before) at level alpha, and whether the loss is at most the margin. */
  readonly differenceBound: number;
  readonly isNonInferior: boolean;
}

export interface CompareOptions {
  readonly before: readonly RawScore[];
  readonly after: readonly RawScore[];
  /** Default 0.02. */
  readonly margin?: number;
  /** Default 0.05. */
  readonly alpha?: number;
}

/** By slice, in the order of `before`. Throws `DataError` where the two have no task in common. */
export function compareAgents({ before, after, margin = 0.02, alpha = 0.05 }: CompareOptions): readonly SliceComparison[] {
  const others = new Map(after.filter(({ run }) => run === 0).map((score) => [`${score.slice}/${score.n}`, score]));
  const pairs = before.flatMap((old) => {
    const other = old.run === 0 ? others.get(`${old.slice}/${old.n}`) : undefined;
    return other === undefined ? [] : [{ slice: old.slice, before: old.success, after: other.success }];
  });
  if (pairs.length === 0)
    throw new DataError({
      operation: 'compare two agents',
      got: 'no task that both played',
      expected: 'the same tasks',
      fix: 'play both on the same seeds',
    });
  const rows = [...new Set(pairs.map(({ slice }) => slice))].map((slice) => {
    const all = pairs.filter((pair) => pair.slice === slice);
    const judged = all.flatMap((pair) => (pair.before === null || pair.after === null ? [] : [{ before: pair.before, after: pair.after }]));
    return { slice, unresolved: all.length - judged.length, ...compareSlice(judged, { margin, alpha }) };
  });
  const { adjusted } = holm(
    rows.map(({ worseP }) => worseP),
    alpha,
  );
  return rows.map((row, i) => ({ ...row, worseAdjustedP: adjusted[i] as number }));
}

function compareSlice(
  judged: readonly { readonly before: boolean; readonly after: boolean }[],
  { margin, alpha }: { readonly margin: number; readonly alpha: number },
) {
  const worse = judged.filter((pair) => pair.before && !pair.after).length;
  const better = judged.filter((pair) => !pair.before && pair.after).length;
  const difference =
    judged.length === 0
      ? { lowerBound: -1, isNonInferior: false }
      : nonInferiority({ before: judged.map((pair) => pair.before), after: judged.map((pair) => pair.after), margin, alpha });
  return {
    pairs: judged.length,
    before: judged.filter((pair) => pair.before).length,
    after: judged.filter((pair) => pair.after).length,
    worse,
    better,
    betterP: mcnemarP({ worse, better }),
    worseP: mcnemarP({ worse: better, better: worse }),
    differenceBound: difference.lowerBound,
    isNonInferior: difference.isNonInferior,
  };
}

/** The comparison for a terminal. */
export function printComparison(rows: readonly SliceComparison[]): string {
  const share = (successes: number, pairs: number): string => (pairs === 0 ? '–' : `${((100 * successes) / pairs).toFixed(1)} %`);
  return textTable(
    ['slice', 'tasks', 'before', 'after', 'lost', 'won', 'p worse', 'p better', 'no worse'],
    rows.map((row) => [
      row.slice,
      row.unresolved === 0 ? `${row.pairs}` : `${row.pairs} (+${row.unresolved} unresolved)`,
      share(row.before, row.pairs),
      share(row.after, row.pairs),
      `${row.worse}`,
      `${row.better}`,
      row.worseAdjustedP.toFixed(3),
      row.betterP.toFixed(3),
      row.isNonInferior ? 'yes' : 'not shown',
    ]),
  );
}
