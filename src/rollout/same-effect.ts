/**
 * Whether two actions do the same: one verb on one target, and where text is copied, the same text. A date may be copied from the document or
 * from the goal; what matters is what arrives in the field. In doubt they differ.
 */
import { hashJson, type Json } from '../base/index.ts';
import { normalise } from '../grammar/index.ts';
import type { Action, Observation, Target } from '../records/index.ts';

export function sameEffect(a: Action, b: Action, { targets }: Pick<Observation, 'targets'>): boolean {
  const at = (reference: number): Target | undefined => targets.find((target) => target.reference === reference);
  if (isEqual(a, b)) return true;
  if (a.kind === 'fill' && b.kind === 'fill') return a.target === b.target && isSameText(filled(a, at(a.source)), filled(b, at(b.source)));
  if (a.kind === 'select' && b.kind === 'select') {
    if (a.target !== b.target) return false;
    const [one, other] = [at(a.source), at(b.source)];
    // Two options of one name are two options.
    if (one && other && isOption(one) && isOption(other)) return false;
    return isSameText(chosen(one), chosen(other));
  }
  return false;
}

const isEqual = (a: Action, b: Action): boolean => hashJson(a as unknown as Json) === hashJson(b as unknown as Json);

/** What arrives in the field; null where that is nothing, or nobody can tell. */
function filled({ as }: Extract<Action, { readonly kind: 'fill' }>, source: Target | undefined): string | null {
  // The runtime puts in the value of a secret, which nobody else knows.
  if (source === undefined || source.role === 'secret') return null;
  if (as === undefined) return source.text;
  const normalised = normalise(source.text, as);
  return normalised.ok ? normalised.text : null;
}

const isOption = ({ offers }: Target): boolean => offers.includes('option');
const chosen = (source: Target | undefined): string | null =>
  source === undefined || source.role === 'secret' ? null : isOption(source) ? source.name : source.text;
const isSameText = (a: string | null, b: string | null): boolean => a !== null && a === b;
