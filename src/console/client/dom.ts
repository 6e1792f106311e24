/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The few things that views are made with. Text from outside becomes text nodes and nothing else; nodes are made once and changed in place, so that an
 * update takes away neither focus nor place.
 */

export type Child = Node | string;

/** Attributes are the console's own, or ids that were encoded: nothing from outside names one. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A button that does nothing by itself when Enter is pressed somewhere else. */
export function button(
  text: string,
  press: (event: MouseEvent) => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', press);
  return made;
}

export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Makes `elements` the children of `parent`, in this order. What stays is not touched. Returns whether anything moved. */
export function arrange(parent: Element, elements: readonly Element[]): boolean {
  const wanted = new Set(elements);
  let hasMoved = false;
  for (const child of [...parent.children])
    if (!wanted.has(child)) {
      child.remove();
      hasMoved = true;
    }
  for (const [place, child] of elements.entries()) {
    const there = parent.children[place] ?? null;
    if (there === child) continue;
    parent.insertBefore(child, there);
    hasMoved = true;
  }
  return hasMoved;
}

/** Something on the page that shows an item, and shows the next version of it when told. */
export interface View<T> {
  readonly element: HTMLElement;
  update(item: T): void;
}

/** Elements for items, made once for each key and kept for as long as the key is there. */
export function keyedViews<T>(make: (item: T) => View<T>): (items: readonly (readonly [key: string, item: T])[]) => HTMLElement[] {
  const views = new Map<string, View<T>>();
  return (items) => {
    const gone = new Set(views.keys());
    const elements = items.map(([key, item]) => {
      gone.delete(key);
      let view = views.get(key);
      if (view === undefined) {
        view = make(item);
        views.set(key, view);
      }
      view.update(item);
      return view.element;
    });
    for (const key of gone) views.delete(key);
    return elements;
  };
}

let made = 0;
/** An id that no other element has. */
export const freshId = (): string => `n${++made}`;
