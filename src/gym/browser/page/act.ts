/// <reference lib="dom" />
/**
 * Plain actions inside the page: click, fill, clear, select, scroll. What can't be done is a sentence, not an exception.
 *
 * Events are synthetic (`isTrusted` is false); keys, hovering and dragging are the browser's own and not done here.
 */
import { isDisabled, isEditable, roleOf, seenText } from './names.ts';
import { tidy } from './text.ts';

export const GONE = 'it is not there any more';
const DISABLED = 'it is disabled';

interface Point {
  readonly clientX: number;
  readonly clientY: number;
}

function middleOf(element: Element): Point {
  const rect = element.getBoundingClientRect();
  return { clientX: Math.round((rect.left + rect.width / 2) * 100) / 100, clientY: Math.round((rect.top + rect.height / 2) * 100) / 100 };
}

/** What would be hit instead: something that covers most of the window and is neither above nor below in the tree. */
function coveredBy(element: Element, { clientX, clientY }: Point): Element | null {
  const view = element.ownerDocument.defaultView;
  if (!view || clientX < 0 || clientY < 0 || clientX >= view.innerWidth || clientY >= view.innerHeight) return null;
  const hit = (element.getRootNode() as Document | ShadowRoot).elementFromPoint?.(clientX, clientY);
  if (!hit || hit === element || hit.contains(element) || element.contains(hit) || hit.getRootNode() !== element.getRootNode()) return null;
  if (hit.closest('label')?.control === element) return null;
  for (let box: Element | null = hit; box && !box.contains(element); box = box.parentElement) {
    const { width, height } = box.getBoundingClientRect();
    const { position } = getComputedStyle(box);
    if ((position === 'fixed' || position === 'absolute') && width * height >= 0.5 * view.innerWidth * view.innerHeight) return box;
  }
  return null;
}

/** What has the focus as far as events tell, while the browser's own focus has not followed yet. */
let told: HTMLElement | null = null;

const focusable = (element: Element): HTMLElement | null =>
  element.closest<HTMLElement>('input,select,textarea,button,a[href],summary,[tabindex],[contenteditable]');

function tellFocus(target: HTMLElement, has: boolean, other: HTMLElement | null): void {
  const options = { composed: true, view: target.ownerDocument.defaultView, relatedTarget: other };
  target.dispatchEvent(new FocusEvent(has ? 'focus' : 'blur', options));
  target.dispatchEvent(new FocusEvent(has ? 'focusin' : 'focusout', { ...options, bubbles: true }));
}

/**
 * A field that is written into is told that it has the focus; the browser's own focus, which costs more than writing, follows when keys are pressed
 * (`followFocus`) or something is clicked.
 */
function focusField(element: Element): void {
  const target = focusable(element);
  const before = told ?? (element.ownerDocument.activeElement as HTMLElement | null);
  if (!target || target === before) return;
  const isField = before?.isConnected === true && before !== element.ownerDocument.body;
  if (isField) tellFocus(before, false, target);
  told = target;
  tellFocus(target, true, isField ? before : null);
}

/** Lets the browser's focus follow what was told. */
export function followFocus(): void {
  const target = told;
  told = null;
  if (target?.isConnected && target.ownerDocument.activeElement !== target) target.focus({ preventScroll: true });
}

function focusOn(element: Element): void {
  followFocus();
  const target = focusable(element);
  if (target) target.focus({ preventScroll: true });
  else (element.ownerDocument.activeElement as HTMLElement | null)?.blur?.();
}

/** Null where it was done. */
export function clickOn(element: Element): string | null {
  if (isDisabled(element)) return DISABLED;
  if (element.localName === 'option') {
    const list = element.closest('select');
    return list ? choose(list, element as HTMLOptionElement) : GONE;
  }
  const point = middleOf(element);
  if (coveredBy(element, point)) return 'something else covers it';
  const view = element.ownerDocument.defaultView;
  const base = { bubbles: true, cancelable: true, composed: true, view, ...point, button: 0, detail: 1 } as const;
  const pointer = { ...base, pointerId: 1, pointerType: 'mouse', isPrimary: true } as const;
  element.dispatchEvent(new PointerEvent('pointerdown', { ...pointer, buttons: 1 }));
  if (element.dispatchEvent(new MouseEvent('mousedown', { ...base, buttons: 1 }))) focusOn(element);
  element.dispatchEvent(new PointerEvent('pointerup', pointer));
  element.dispatchEvent(new MouseEvent('mouseup', base));
  element.dispatchEvent(new PointerEvent('click', pointer));
  return null;
}

const VALUE_KINDS: Readonly<Record<string, string>> = {
  date: 'a date like 2026-03-12',
  time: 'a time like 14:30',
  month: 'a month like 2026-03',
  week: 'a week like 2026-W11',
  'datetime-local': 'a date and time like 2026-03-12T14:30',
  number: 'a number like 1234.56',
  range: 'a number within its range and steps',
  color: 'a colour like #1e90ff',
};

export function fillIn(element: Element, text: string): string | null {
  if (isDisabled(element)) return DISABLED;
  const field = element as HTMLInputElement;
  const isNative = element.localName === 'input' || element.localName === 'textarea';
  if (field.readOnly === true || element.getAttribute('aria-readonly') === 'true') return 'it can only be read';
  if (isNative) {
    if (element.localName === 'input' && /^(?:button|submit|reset|image|checkbox|radio|file|hidden)$/.test(field.type))
      return 'nothing can be written into it';
    if (field.maxLength >= 0 && text.length > field.maxLength) return `it takes at most ${field.maxLength} characters`;
    focusField(element);
    const before = field.value;
    field.value = text;
    const kind = element.localName === 'input' ? VALUE_KINDS[field.type] : undefined;
    if (kind !== undefined && text !== '' && !isSameValue(field.type, field.value, text)) {
      field.value = before;
      return `it takes only ${kind}`;
    }
    announce(element, text);
    return null;
  }
  if (!isEditable(element) && !(element as HTMLElement).isContentEditable) {
    const inner = element.querySelector('input,textarea,[contenteditable]');
    return inner ? fillIn(inner, text) : 'nothing can be written into it';
  }
  focusOn(element);
  const document = element.ownerDocument;
  document.getSelection()?.selectAllChildren(element);
  const isDone = text === '' ? document.execCommand('delete') : document.execCommand('insertText', false, text);
  if (!isDone || seenText(element) !== tidy(text)) {
    element.textContent = text;
    element.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, data: text, inputType: 'insertText' }));
  }
  element.dispatchEvent(new Event('change', { bubbles: true }));
  return null;
}

function isSameValue(type: string, value: string, text: string): boolean {
  if (type === 'number' || type === 'range') return value !== '' && Number(value) === Number(text);
  return value.toLowerCase() === text.toLowerCase() || (value !== '' && value.startsWith(text));
}

function announce(element: Element, text: string): void {
  const key = text.at(-1) ?? 'Backspace';
  const keys = { bubbles: true, cancelable: true, composed: true, key } as const;
  element.dispatchEvent(new KeyboardEvent('keydown', keys));
  element.dispatchEvent(
    new InputEvent('input', { bubbles: true, composed: true, data: text, inputType: text === '' ? 'deleteContentBackward' : 'insertText' }),
  );
  element.dispatchEvent(new KeyboardEvent('keyup', keys));
  element.dispatchEvent(new Event('change', { bubbles: true }));
}

function choose(select: HTMLSelectElement, option: HTMLOptionElement): string | null {
  if (isDisabled(select)) return DISABLED;
  if (option.disabled || (option.parentElement as HTMLOptGroupElement | null)?.disabled === true) return 'that option is disabled';
  focusField(select);
  if (select.multiple) option.selected = !option.selected;
  else if (option.selected) return null;
  else option.selected = true;
  select.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  select.dispatchEvent(new Event('change', { bubbles: true }));
  return null;
}

/** The one of `options` that `text` means: the same text, else the same but for case, else the only one that contains it. */
export function findByText<Option>(options: readonly Option[], textOf: (option: Option) => string, text: string): Option | string {
  const wanted = tidy(text);
  const folded = wanted.toLowerCase();
  if (wanted === '') return 'there is no text to choose by';
  for (const fits of [
    (option: Option) => textOf(option) === wanted,
    (option: Option) => textOf(option).toLowerCase() === folded,
    (option: Option) => textOf(option).toLowerCase().includes(folded),
  ]) {
    const found = options.filter(fits);
    if (found.length === 1) return found[0] as Option;
    if (found.length > 1) return `${found.length} options match this text`;
  }
  return 'no option matches this text';
}

/** Chooses in `list`; `open` lets the page react before an ARIA list is looked into. */
export async function chooseIn(list: Element, wanted: Element | string, open: () => Promise<void>): Promise<string | null> {
  if (isDisabled(list)) return DISABLED;
  if (list.localName === 'select') {
    const select = list as HTMLSelectElement;
    if (typeof wanted !== 'string')
      return wanted.closest('select') === select ? choose(select, wanted as HTMLOptionElement) : 'that is not one of its options';
    const found = findByText(Array.from(select.options), (option) => tidy(option.text), wanted);
    return typeof found === 'string' ? found : choose(select, found);
  }
  const { list: suggestions } = list as HTMLInputElement;
  if (list.localName === 'input' && suggestions) {
    if (typeof wanted !== 'string') return 'that is not one of its options';
    const found = findByText(Array.from(suggestions.options), (option) => tidy(option.label || option.value), wanted);
    return typeof found === 'string' ? found : fillIn(list, found.value);
  }
  if (typeof wanted !== 'string') return clickOn(wanted);
  const optionsOf = (): Element[] => {
    const root = list.getRootNode() as Document | ShadowRoot;
    const ids = `${list.getAttribute('aria-controls') ?? ''} ${list.getAttribute('aria-owns') ?? ''}`.trim().split(/\s+/);
    const places = [list, ...ids.flatMap((id) => (id === '' ? [] : (root.getElementById?.(id) ?? [])))];
    return places
      .flatMap((place) => Array.from(place.querySelectorAll('[role="option"]')))
      .filter((option) => option.checkVisibility({ visibilityProperty: true }) && roleOf(option) === 'option');
  };
  let options = optionsOf();
  if (options.length === 0) {
    const refused = clickOn(list);
    if (refused !== null) return refused;
    await open();
    options = optionsOf();
  }
  const found = findByText(options, seenText, wanted);
  return typeof found === 'string' ? found : clickOn(found);
}

export function scrollBy(element: Element | null, direction: 'up' | 'down'): string | null {
  const document = element?.ownerDocument ?? globalThis.document;
  let box: Element | null = element;
  while (
    box &&
    !(box.scrollHeight > box.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(box).overflowY)) &&
    box.localName !== 'textarea'
  )
    box = box.parentElement;
  const target = box ?? document.scrollingElement ?? document.documentElement;
  const before = target.scrollTop;
  const page = target === document.scrollingElement ? (document.defaultView?.innerHeight ?? 600) : target.clientHeight;
  target.scrollTop = before + (direction === 'down' ? 0.9 : -0.9) * page;
  if (target.scrollTop === before) return direction === 'down' ? 'it is at its end' : 'it is at its beginning';
  // The browser's own event comes with the next frame; the page need not wait for one.
  (target === document.scrollingElement ? document : target).dispatchEvent(
    new Event('scroll', { bubbles: target === document.scrollingElement }),
  );
  return null;
}
