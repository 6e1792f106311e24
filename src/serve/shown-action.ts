/**
 * The exact thing that a person is asked to approve: one action of one job, with everything on the screen that it was proposed on.
 *
 * References are dealt anew in every session, so what an action names is told by its place on the screen; a digest is the same after a restart that shows
 * the same, and another one as soon as anything that the person saw has changed.
 */
import { DataError, hashJson, type Json } from '../base/index.ts';
import type { Action, Target } from '../records/index.ts';
import { actedOn, copiedFrom } from '../release/index.ts';

export interface ShownAction {
  readonly job: string;
  /** How many actions of the job came before it: the same click twice is two actions. */
  readonly step: number;
  readonly action: Action;
  /** Everything live on the screen, in its order. */
  readonly targets: readonly Target[];
}

/** SHA-256 of the action and of what was shown with it. Throws `DataError` for an action that names nothing on the screen. */
export function digestOf({ job, step, action, targets }: ShownAction): string {
  const places = new Map(targets.map(({ reference }, place) => [reference, place]));
  const placeOf = (reference: number): number => {
    const place = places.get(reference);
    if (place === undefined)
      throw new DataError({
        operation: `take the digest of ${action.kind}`,
        got: `⟨${reference}⟩, which is not on the screen`,
        expected: 'an action on what is shown',
      });
    return place;
  };
  const { kind } = action;
  const own = {
    kind,
    actsOn: actedOn(action).map(placeOf),
    copies: copiedFrom(action).map(placeOf),
    text: 'text' in action ? action.text : null,
    as: 'as' in action ? (action.as ?? null) : null,
    key: 'key' in action ? action.key : null,
    direction: 'direction' in action ? action.direction : null,
  };
  const screen = targets.map(
    ({ role, name, value, states, offers, text, risk }): Json => ({
      ...{ role, name, text, value: value ?? null, risk: risk ?? null },
      ...{ states: [...states], offers: [...offers] },
    }),
  );
  return hashJson({ schemaVersion: 1, job, step, action: own, screen });
}
