/// <reference lib="dom" />
/**
 * Listens in a page to what a person does, and tells it as events whose elements are named by the observer's keys.
 *
 * Listens first of all (capturing, on the window) and changes nothing: the page works as without it. Only trusted events count; a value is told when
 * the person leaves its field, presses Enter, or ends the task. Wheels and hovering are not told. Runs in the page: nothing from outside may be used in it.
 */
import type { PersonEvent } from './interpret.ts';

export interface ListenerOptions {
  /** The frame's window. */
  readonly root: Window & typeof globalThis;
  /** Keys under which the observer knows an element; none for most. */
  readonly keysOf: (element: Element) => readonly string[];
  readonly tell: (event: PersonEvent | { readonly kind: 'writing' }) => void;
}

/** Returns what tells the values that are still being written. */
export function listenToPerson({ root, keysOf, tell }: ListenerOptions): () => void {
  const KEYS: Readonly<Record<string, 'enter' | 'escape' | 'up' | 'down'>> = {
    Enter: 'enter',
    Escape: 'escape',
    ArrowUp: 'up',
    ArrowDown: 'down',
  };
  const FARTHEST_CLICK_PX = 8;
  /** Fields with a value that has not been told, and the value at the time of telling. */
  const unsaid = new Set<Element>();
  const told = new WeakMap<Element, string>();
  let pressed: { readonly element: Element; readonly x: number; readonly y: number } | null = null;
  let dragged: readonly string[] | null = null;
  let isSubmitting = false;

  const pathOf = (event: Event): string[] => event.composedPath().flatMap((node) => (isElement(node) ? [...keysOf(node)] : []));
  const pathUp = (from: Element | null): string[] => {
    const keys: string[] = [];
    for (let element: Element | null = from; element; element = element.parentElement ?? hostOf(element)) keys.push(...keysOf(element));
    return keys;
  };
  const hostOf = (element: Element): Element | null => {
    const top = element.getRootNode() as Partial<ShadowRoot>;
    return top.host ?? null;
  };
  const isElement = (node: unknown): node is Element => (node as Node | null)?.nodeType === 1;
  const targetOf = (event: Event): Element | null => {
    const [first] = event.composedPath();
    return isElement(first) ? first : null;
  };
  const isText = (element: Element): boolean => {
    if (element.localName === 'textarea' || (element as HTMLElement).isContentEditable) return true;
    return (
      element.localName === 'input' &&
      !/^(?:button|submit|reset|image|checkbox|radio|file|range|color)$/.test((element as HTMLInputElement).type)
    );
  };
  const isLine = (element: Element): boolean => isText(element) && element.localName === 'input';
  const writtenIn = (element: Element): string =>
    'value' in element ? String((element as HTMLInputElement).value) : ((element as HTMLElement).innerText ?? '');

  function say(element: Element): void {
    unsaid.delete(element);
    const path = pathUp(element);
    if (element.localName === 'select') {
      const [chosen] = (element as HTMLSelectElement).selectedOptions;
      tell({ kind: 'change', path, value: chosen?.text.trim() ?? '', option: chosen ? [...keysOf(chosen)] : [] });
      return;
    }
    const value = writtenIn(element);
    if (told.get(element) === value) return;
    told.set(element, value);
    tell({ kind: 'change', path, value, isHidden: (element as HTMLInputElement).type === 'password' });
  }

  function onChange(event: Event): void {
    const element = targetOf(event);
    if (!event.isTrusted || !element) return;
    const input = element as HTMLInputElement;
    if (input.type === 'file')
      tell({ kind: 'change', path: pathUp(element), value: Array.from(input.files ?? [], ({ name }) => name).join(', ') });
    else if (isText(element)) {
      // A date changes with every digit of its year; what counts is what it is when the person goes on.
      unsaid.add(element);
      if ((element.getRootNode() as Document | ShadowRoot).activeElement !== element) say(element);
    } else if (element.localName === 'select' || input.type === 'range' || input.type === 'color') say(element);
  }

  function onClick(event: MouseEvent): void {
    const element = targetOf(event);
    if (!event.isTrusted || !element || event.button !== 0) return;
    // Enter in a field presses the button of its form; the key has been told.
    if (isSubmitting && event.detail === 0) return;
    const label = element.closest('label');
    // What a label stands for is clicked next, by the browser.
    if (label?.control && label.control !== element && !element.closest('a,button')) return;
    if (element.localName === 'select' || element.localName === 'option') return;
    // Some values are told by nobody else.
    for (const field of [...unsaid]) if (field !== element) say(field);
    tell({ kind: 'click', path: pathOf(event) });
  }

  function onKey(event: KeyboardEvent): void {
    const element = targetOf(event);
    const key = KEYS[event.key];
    if (!event.isTrusted || !element || key === undefined || event.isComposing || event.repeat) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (key === 'enter' && !isLine(element)) return; // A new line, or a click that follows.
    if (
      (key === 'up' || key === 'down') &&
      !(isLine(element) && /^(?:text|search|email|url|tel)$/.test((element as HTMLInputElement).type))
    )
      return;
    if (isText(element) && unsaid.has(element)) say(element);
    isSubmitting = key === 'enter';
    tell({ kind: 'press', pressed: key });
  }

  function onSelection(): void {
    const selection = root.getSelection();
    if (!selection || selection.isCollapsed || selection.toString().trim() === '') return;
    const { anchorNode } = selection;
    tell({ kind: 'attend', path: pathUp(isElement(anchorNode) ? anchorNode : (anchorNode?.parentElement ?? null)) });
  }

  const on = (type: string, listener: (event: never) => void): void => root.addEventListener(type, listener as EventListener, true);
  on('input', (event: InputEvent) => {
    const element = targetOf(event);
    const field = element && !isText(element) ? element.closest('[contenteditable]') : element;
    if (event.isTrusted && field && isText(field)) {
      unsaid.add(field);
      told.delete(field);
      tell({ kind: 'writing' });
    }
  });
  on('change', onChange);
  on('focusout', (event: FocusEvent) => {
    const element = targetOf(event);
    if (event.isTrusted && element && unsaid.has(element)) say(element);
  });
  on('click', onClick);
  on('keydown', onKey);
  on('keyup', () => {
    isSubmitting = false;
  });
  on('mousedown', (event: MouseEvent) => {
    const element = targetOf(event);
    pressed = event.isTrusted && element ? { element, x: event.clientX, y: event.clientY } : null;
  });
  on('mouseup', (event: MouseEvent) => {
    const from = pressed;
    pressed = null;
    if (!event.isTrusted || !from) return;
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) < FARTHEST_CLICK_PX) return;
    onSelection();
    const to = root.document.elementsFromPoint(event.clientX, event.clientY).find((element) => !from.element.contains(element)) ?? null;
    tell({ kind: 'drag', path: pathUp(from.element), to: pathUp(to) });
  });
  on('dragstart', (event: DragEvent) => {
    dragged = event.isTrusted ? pathOf(event) : null;
    pressed = null;
  });
  on('drop', (event: DragEvent) => {
    if (event.isTrusted && dragged) tell({ kind: 'drag', path: dragged, to: pathOf(event) });
    dragged = null;
  });
  on('copy', onSelection);
  return () => {
    for (const element of [...unsaid]) say(element);
  };
}
