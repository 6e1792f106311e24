/**
 * How an element is known again in another run: by what a person sees of it, never by a reference or a key, which another run may deal otherwise.
 */
import type { Offer, Target } from '../../records/index.ts';

/** The `ordinal`-th (from 0) of the elements with this role and name, and, where it stands for text to be copied, with this text. */
export interface Description {
  readonly role: string;
  readonly name: string;
  readonly text?: string;
  readonly ordinal: number;
}

/** What both a target and an element of a screen show. */
export interface Described {
  readonly role: string;
  readonly name: string;
  readonly text: string;
  readonly offers: readonly Offer[];
}

/** `all` in the order of the screen; `element` is one of them. */
export function describeElement<Kind extends Described>(element: Kind, all: readonly Kind[], isSource: boolean): Description {
  const { role, name, text } = element;
  const description = { role, name, ...(isSource ? { text } : {}) };
  return { ...description, ordinal: all.filter((other) => isAlike(other, description)).indexOf(element) };
}

/** The target that is meant; undefined where it isn't there. */
export function findDescribed(description: Description, targets: readonly Target[]): Target | undefined {
  return targets.filter((target) => isAlike(target, description))[description.ordinal];
}

export const nameOf = ({ role, name, text }: Description): string => [role, JSON.stringify(text ?? name)].filter(Boolean).join(' ');

const isAlike = (element: Described, { role, name, text }: Omit<Description, 'ordinal'>): boolean =>
  element.offers.length > 0 && element.role === role && element.name === name && (text === undefined || element.text === text);
