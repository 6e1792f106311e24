/**
 * Where a value that a person put into a field was taken from: the copyable text that equals it, else one that becomes it by a normaliser.
 *
 * Exact before normalised before alike; what is no field before what is one; then the nearest to the place that the person last looked at
 * (clicked, selected, copied). Values are not guessed from parts: what equals nothing has no source.
 */
import { normalise } from '../../grammar/index.ts';
import { NORMALISERS, type Normaliser } from '../../records/index.ts';

export interface Source {
  readonly text: string;
  /** A field that holds the text, rather than a place that says it. */
  readonly isField: boolean;
}

export interface InferredSource<Kind extends Source> {
  readonly source: Kind;
  readonly as?: Normaliser;
}

/** `attention`: index in `sources` of what was last looked at, or null. null where no source gives `value`. */
export function inferSource<Kind extends Source>(
  value: string,
  sources: readonly Kind[],
  attention: number | null,
): InferredSource<Kind> | null {
  const wanted = value.trim();
  if (wanted === '') return null;
  for (const [i, tier] of TIERS.entries()) {
    const found = sources.flatMap((source, index) => {
      // A screen may hold pages of text; no value is that long.
      if (source.text === '' || source.text.length > LONGEST) return [];
      const how = tier(source.text, wanted);
      const distance = attention === null ? index : Math.abs(index - attention);
      return how === null ? [] : [{ source, how, cost: (source.isField ? sources.length : 0) + distance }];
    });
    const best = found.reduce<(typeof found)[number] | undefined>((a, b) => (a && a.cost <= b.cost ? a : b), undefined);
    if (best) return i === 0 || best.how === 'exact' ? { source: best.source } : { source: best.source, as: best.how };
  }
  return null;
}

const LONGEST = 400;

type Tier = (text: string, wanted: string) => Normaliser | 'exact' | null;

const TIERS: readonly Tier[] = [
  (text, wanted) => (text === wanted ? 'exact' : null),
  (text, wanted) =>
    NORMALISERS.toSorted(byCaution).find((as) => {
      const normalised = normalise(text, as);
      return normalised.ok && normalised.text === wanted;
    }) ?? null,
  // Written as the document has it, or in another way: what the runtime will put there is not what the person put there, but means the same.
  (text, wanted) =>
    (['amount', 'date', 'trim'] as const).find((as) => {
      const [theirs, ours] = [normalise(text, as), normalise(wanted, as)];
      return theirs.ok && ours.ok && theirs.text === ours.text;
    }) ?? null,
];

/** Those that change least come first. */
const CAUTION: readonly Normaliser[] = ['trim', 'upper', 'lower', 'integer', 'amount', 'date', 'us-date'];
const byCaution = (a: Normaliser, b: Normaliser): number => CAUTION.indexOf(a) - CAUTION.indexOf(b);
