/**
 * From what a person did on a page to a typed action by reference: which element was meant, and where its text was taken from.
 *
 * Pure. `screen` is what stood there before; a value that can be traced to nothing on it becomes `type`, or, where the gym takes no text of one's own,
 * a reason why this demonstration can't be one.
 */
import type { GymManifest, Key } from '../../records/index.ts';
import { type Described, describeElement } from './description.ts';
import { inferSource } from './infer-source.ts';
import type { Step } from './step.ts';

/** Paths are keys of elements, the innermost first. */
export type PersonEvent =
  | { readonly kind: 'click'; readonly path: readonly string[] }
  /** A field holds `value` now; of a list, its text; of a file field, the file's name. `isHidden`: it shows no value. */
  | {
      readonly kind: 'change';
      readonly path: readonly string[];
      readonly value: string;
      readonly option?: readonly string[];
      readonly isHidden?: boolean;
    }
  | { readonly kind: 'press'; readonly pressed: Key }
  | { readonly kind: 'drag'; readonly path: readonly string[]; readonly to: readonly string[] }
  /** Text was selected or copied there. */
  | { readonly kind: 'attend'; readonly path: readonly string[] };

export interface LiveElement extends Described {
  readonly key: string;
  /** The value itself, where `text` only stands for it. */
  readonly secret?: string;
}

export interface Interpretation {
  readonly step?: Step;
  /** A click into a field most often only puts the caret there: it counts only if something comes or goes by it. */
  readonly onlyIfShown?: boolean;
  /** Key of what was looked at. */
  readonly attention?: string;
  /** Why this is no action that a policy could do. */
  readonly problem?: string;
  /** Key of the field that the step or the problem is about. */
  readonly field?: string;
}

export interface InterpretOptions {
  /** What can be named, in order: parts of the goal, then the screen. */
  readonly screen: readonly LiveElement[];
  readonly attention: string | null;
  readonly verbs: GymManifest['actions'];
}

export function interpretEvent(event: PersonEvent, options: InterpretOptions): Interpretation {
  const { screen, verbs } = options;
  const accepted = (step: Step): Interpretation =>
    verbs[step.kind] === undefined ? { problem: `this gym takes no '${step.kind}'` } : { step };
  const describe = (element: LiveElement, isSource = false) => describeElement(element, screen, isSource);
  switch (event.kind) {
    case 'attend': {
      const element = findOnPath(event.path, screen, () => true);
      return element ? { attention: element.key } : {};
    }
    case 'click': {
      const inner = findOnPath(event.path, screen, () => true);
      if (!inner) return {};
      const attention = { attention: inner.key };
      const isField = inner.offers.some((offer) => offer === 'fill' || offer === 'upload');
      // A list that is the browser's own tells its choice by itself.
      if (inner.offers.includes('select') && !inner.offers.includes('click')) return attention;
      const element = findOnPath(event.path, screen, ({ offers }) => offers.includes('click'));
      if (!element) return attention;
      if (isField && (element !== inner || verbs.click === undefined)) return attention;
      return { ...attention, ...accepted({ kind: 'click', target: describe(element) }), ...(isField ? { onlyIfShown: true } : {}) };
    }
    case 'press':
      return accepted({ kind: 'press', key: event.pressed });
    case 'drag': {
      const element = findOnPath(event.path, screen, ({ offers }) => offers.includes('drag'));
      const to = findOnPath(event.to, screen, ({ offers }) => offers.includes('drop'));
      return element && to ? accepted({ kind: 'drag', target: describe(element), to: describe(to) }) : {};
    }
    case 'change':
      return interpretChange(event, options, describe, accepted);
  }
}

function interpretChange(
  { path, value, option, isHidden = false }: Extract<PersonEvent, { readonly kind: 'change' }>,
  { screen, attention, verbs }: InterpretOptions,
  describe: (element: LiveElement, isSource?: boolean) => ReturnType<typeof describeElement>,
  accepted: (step: Step) => Interpretation,
): Interpretation {
  const field = findOnPath(path, screen, ({ offers }) =>
    offers.some((offer) => offer === 'fill' || offer === 'select' || offer === 'upload'),
  );
  if (!field) return { problem: 'something was put into a field that the screen does not name' };
  const target = describe(field);
  const about = { field: field.key };
  const chosen = option && findOnPath(option, screen, ({ offers }) => offers.includes('option'));
  if (chosen) return { ...about, ...accepted({ kind: 'select', target, source: describe(chosen) }) };
  if (value === '' && field.offers.includes('fill')) return { ...about, ...accepted({ kind: 'clear', target }) };
  const others = screen.filter((element) => element !== field && element.offers.includes('copy'));
  const place = attention === null ? -1 : nearestIndex(others, screen, attention);
  const sources = others.map((element) => ({
    element,
    text: element.secret ?? element.text,
    isField: element.offers.includes('fill') || element.offers.includes('option'),
  }));
  const isFile = field.offers.includes('upload');
  // A page learns the name of a file only, not its folder.
  const named = isFile ? sources.map((source) => ({ ...source, text: source.text.split(/[\\/]/).at(-1) as string })) : sources;
  const found = inferSource(value, named, place === -1 ? null : place);
  if (found) {
    const source = describe(found.source.element, true);
    if (field.offers.includes('select')) return { ...about, ...accepted({ kind: 'select', target, source }) };
    return { ...about, ...accepted({ kind: 'fill', target, source, ...(found.as === undefined || isFile ? {} : { as: found.as }) }) };
  }
  const where = `${field.role} "${field.name}"`;
  // What is typed where nobody may see it must not be written down: it may be a secret of the person's own.
  if (isHidden) return { ...about, problem: `${where} got a hidden value that is none of the goal's` };
  if (verbs.type !== undefined && field.offers.includes('fill')) return { ...about, ...accepted({ kind: 'type', target, text: value }) };
  return { ...about, problem: `${where} got a value that stands nowhere on the screen, and this gym takes no text of one's own` };
}

/** Index in `others` of the one that stands nearest to `key` on the screen. */
function nearestIndex(others: readonly LiveElement[], screen: readonly LiveElement[], key: string): number {
  const at = screen.findIndex((element) => element.key === key);
  if (at === -1) return -1;
  const distances = others.map((element) => Math.abs(screen.indexOf(element) - at));
  return distances.indexOf(Math.min(...distances));
}

function findOnPath(
  path: readonly string[],
  screen: readonly LiveElement[],
  accepts: (element: LiveElement) => boolean,
): LiveElement | undefined {
  for (const key of path) {
    const element = screen.find((candidate) => candidate.key === key);
    if (element && accepts(element)) return element;
  }
  return undefined;
}
