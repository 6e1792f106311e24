/// <reference lib="dom" />
/** What a look lists, and the state of one walk over the page. */
import type { Bridge } from './bridge.ts';
import { splitLong } from './text.ts';

export type PageOffer = 'click' | 'fill' | 'select' | 'option' | 'copy' | 'drag' | 'drop' | 'scroll' | 'upload';

export interface Item {
  /** What is acted upon. */
  element: Element;
  /** Tells items of one element apart. */
  suffix: string;
  role: string;
  name: string;
  value?: string;
  states?: string[];
  offers: PageOffer[];
  text?: string;
  row: boolean;
  risk?: string;
  /** Heading and row it stands under; with role and name it identifies what was rendered anew. */
  context: string;
}

export interface WalkOptions {
  readonly root: string;
  readonly risks: readonly { readonly selector: string; readonly risk: string }[];
  readonly hasUploads: boolean;
  readonly mostItems: number;
}

export interface Walk {
  readonly items: Item[];
  readonly options: WalkOptions;
  bridge: Bridge;
  dropped: number;
  /** Text gathered for the block `block`. */
  buffer: string;
  block: Element;
  readonly ordinals: Map<Element, number>;
  /** > 0 where text is already part of a name. */
  muted: number;
  isRowStart: boolean;
  heading: string;
  rowLabel: string;
  clip: { left: number; top: number; right: number; bottom: number } | null;
  labelling: Set<Element>;
}

export function addText(walk: Walk, element: Element, suffix: string, text: string, row: boolean): void {
  if (walk.clip && isOutside(element, walk.clip)) return;
  const parts = text.length > 400 ? splitLong(text) : [text];
  for (let i = 0; i < parts.length; i++)
    add(walk, {
      element,
      suffix: i === 0 ? suffix : `${suffix}~${i}`,
      role: '',
      name: parts[i] as string,
      offers: ['copy'],
      row,
      context: '',
    });
}

export function add(walk: Walk, item: Item): void {
  if (walk.items.length >= walk.options.mostItems) {
    walk.dropped++;
    return;
  }
  if (walk.isRowStart) {
    item.row = true;
    walk.isRowStart = false;
    item.context = walk.heading;
    walk.rowLabel = item.name;
  } else item.context = `${walk.heading}|${walk.rowLabel}`;
  if (item.role !== '')
    for (const { selector, risk } of walk.options.risks) {
      if (item.element.matches(selector)) item.risk = risk;
    }
  walk.items.push(item);
}

export function isOutside(element: Element, clip: { left: number; top: number; right: number; bottom: number }): boolean {
  const rect = element.getBoundingClientRect();
  return rect.right <= clip.left || rect.left >= clip.right || rect.bottom <= clip.top || rect.top >= clip.bottom;
}
