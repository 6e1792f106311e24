/// <reference lib="dom" />
/**
 * Roles, accessible names and states of elements: a compact version of the W3C's accessible name computation, for what a policy needs to read.
 *
 * Not a whole accessibility tree: no ownership, no presentational children, no recursion through labels of labels.
 */
import { tidy } from './text.ts';

const ROLE_OF_ARIA: Readonly<Record<string, string>> = {
  button: 'button',
  link: 'link',
  textbox: 'field',
  searchbox: 'field',
  spinbutton: 'field',
  combobox: 'list',
  listbox: 'list',
  option: 'option',
  checkbox: 'check',
  switch: 'check',
  menuitemcheckbox: 'check',
  radio: 'radio',
  menuitemradio: 'radio',
  tab: 'tab',
  menuitem: 'item',
  treeitem: 'item',
  slider: 'slider',
  img: 'image',
  heading: 'heading',
  dialog: 'dialog',
  alertdialog: 'dialog',
};

const ROLE_OF_INPUT: Readonly<Record<string, string>> = {
  button: 'button',
  submit: 'button',
  reset: 'button',
  image: 'button',
  checkbox: 'check',
  radio: 'radio',
  range: 'slider',
  file: 'file',
  hidden: '',
};

/** Short role; '' for what is only a container or text. */
export function roleOf(element: Element): string {
  const name = element.localName;
  const given = element.getAttribute('role');
  if (given !== null) {
    const first = given.trim().split(/\s+/)[0]?.toLowerCase() ?? '';
    // A combobox that is written into is a field.
    if (first === 'combobox' && (name === 'input' || name === 'textarea' || isEditable(element))) return 'field';
    const role = ROLE_OF_ARIA[first];
    if (role !== undefined) return name === 'select' ? 'list' : role;
  }
  switch (name) {
    case 'input':
      return ROLE_OF_INPUT[(element as HTMLInputElement).type] ?? 'field';
    case 'button':
      return 'button';
    case 'textarea':
      return 'field';
    case 'select':
      return 'list';
    case 'a':
    case 'area':
      return element.hasAttribute('href') ? 'link' : '';
    case 'summary':
      return element.parentElement?.localName === 'details' ? 'button' : '';
    case 'img':
      return (element.getAttribute('alt') ?? '') === '' ? '' : 'image';
    case 'h1':
    case 'h2':
    case 'h3':
    case 'h4':
    case 'h5':
    case 'h6':
      return 'heading';
    case 'dialog':
      return 'dialog';
    default:
      return isEditable(element) ? 'field' : '';
  }
}

export function isEditable(element: Element): boolean {
  const editable = element.getAttribute('contenteditable');
  return editable !== null && editable !== 'false' && element.localName !== 'body' && element.localName !== 'html';
}

const hidden = (element: Element): boolean =>
  !element.checkVisibility({ visibilityProperty: true }) || element.getAttribute('aria-hidden') === 'true';

/** The text that can be seen in `element`, without the contents of controls. */
export function seenText(element: Element, without: Element | null = null): string {
  const only = element.firstChild;
  if (only !== null && only.nodeType === 3 && only.nextSibling === null) return tidy((only as Text).data);
  const parts: string[] = [];
  collect(element, without, parts, { left: 4000 });
  return tidy(parts.join(''));
}

function collect(node: Node, without: Element | null, parts: string[], room: { left: number }): void {
  for (let child = node.firstChild; child !== null && room.left > 0; child = child.nextSibling) {
    if (child.nodeType === 3) {
      parts.push((child as Text).data);
      room.left -= (child as Text).data.length;
    } else if (child.nodeType === 1) {
      const element = child as Element;
      const name = element.localName;
      if (element === without || name === 'script' || name === 'style' || name === 'select' || name === 'textarea' || name === 'template')
        continue;
      if (hidden(element)) continue;
      if (name === 'img' || element.getAttribute('role') === 'img') {
        parts.push(` ${element.getAttribute('alt') ?? element.getAttribute('aria-label') ?? ''} `);
        continue;
      }
      if (name === 'br') parts.push(' ');
      else {
        const isInline = INLINE_TAGS.has(name);
        if (!isInline) parts.push(' ');
        const label = element.getAttribute('aria-label');
        if (label && element.firstElementChild === null) parts.push(label);
        else collect(element, without, parts, room);
        if (!isInline) parts.push(' ');
      }
    }
  }
}

/** What is inline by itself; style can change it. */
export const INLINE_TAGS: ReadonlySet<string> = new Set(
  'a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark output q s samp small span strong sub sup time tt u var wbr tspan'.split(
    ' ',
  ),
);

function textById(element: Element, ids: string): string {
  const root = element.getRootNode() as Document | ShadowRoot;
  const parts: string[] = [];
  for (const id of ids.trim().split(/\s+/)) {
    const found = root.getElementById?.(id);
    if (found) parts.push(found.getAttribute('aria-label') ?? seenText(found));
  }
  return tidy(parts.join(' '));
}

/** Accessible name of an element with `role`. `''` where there is none. */
export function nameOf(element: Element, role: string): string {
  const labelledBy = element.getAttribute('aria-labelledby');
  if (labelledBy) {
    const text = textById(element, labelledBy);
    if (text !== '') return text;
  }
  const label = tidy(element.getAttribute('aria-label') ?? '');
  if (label !== '') return label;
  const { labels } = element as HTMLInputElement;
  if (labels && labels.length > 0) {
    const text = tidy(Array.from(labels, (each) => seenText(each, element)).join(' '));
    if (text !== '') return text;
  }
  if (element.localName === 'input') {
    const input = element as HTMLInputElement;
    if (role === 'button') {
      const own = tidy(input.type === 'image' ? input.alt : input.value);
      if (own !== '') return own;
      if (input.type === 'submit') return 'Submit';
      if (input.type === 'reset') return 'Reset';
    }
  }
  if (role === 'image' || element.localName === 'area') {
    const alt = tidy(element.getAttribute('alt') ?? '');
    if (alt !== '') return alt;
  }
  if (role !== 'field' && role !== 'list' && role !== 'slider' && role !== 'dialog' && role !== 'file') {
    const own = seenText(element);
    if (own !== '') return own;
  }
  const title = tidy(element.getAttribute('title') ?? '');
  if (title !== '') return title;
  const placeholder = tidy(element.getAttribute('placeholder') ?? element.getAttribute('aria-placeholder') ?? '');
  if (placeholder !== '') return placeholder;
  if (role === 'field' || role === 'list' || role === 'check' || role === 'radio') return cellName(element);
  if (role === 'dialog' || role === 'slider' || role === 'file') return '';
  return iconName(element);
}

/** Column heading and row of an unlabelled control in a table. */
function cellName(element: Element): string {
  const cell = element.closest('td, th, [role="gridcell"], [role="cell"]') as HTMLTableCellElement | null;
  const row = cell?.closest('tr') as HTMLTableRowElement | null;
  const table = row?.closest('table');
  if (!cell || !row || !table) return '';
  const head = table.tHead?.rows[0] ?? (table.rows[0] !== row && table.rows[0]?.querySelector('th') ? table.rows[0] : undefined);
  let column = 0;
  for (const each of row.cells) {
    if (each === cell) break;
    column += each.colSpan;
  }
  let heading = '';
  let at = 0;
  for (const each of head?.cells ?? []) {
    if (at <= column && column < at + each.colSpan) heading = seenText(each);
    at += each.colSpan;
  }
  const rowHeading = row.querySelector('th[scope="row"], th');
  const rows = Array.from(table.rows).filter((each) => each !== head);
  const rowName = rowHeading && rowHeading !== cell ? seenText(rowHeading) : rows.length > 1 ? String(rows.indexOf(row) + 1) : '';
  return tidy(`${heading} ${rowName}`);
}

const ICON_CLASS = /^(?:icon|fa|fas|far|fab|glyphicon|material-icons|ui-icon|btn|button|bi|mdi)$/i;

/** Words of the class, for icons without any other name; else what an SVG inside is called. */
export function iconName(element: Element): string {
  const svgTitle = element.querySelector('svg > title, svg[aria-label], img[alt]');
  if (svgTitle) {
    const text = tidy(svgTitle.getAttribute('aria-label') ?? svgTitle.getAttribute('alt') ?? svgTitle.textContent ?? '');
    if (text !== '') return text;
  }
  for (const each of [element, element.firstElementChild]) {
    const names = (each?.getAttribute('class') ?? '').split(/\s+/).filter((name) => name !== '' && !ICON_CLASS.test(name));
    const text = tidy(names.map((name) => name.replace(/^(?:icon|fa|glyphicon|ui-icon|bi|mdi)-/i, '').replace(/[-_]+/g, ' ')).join(' '));
    if (text !== '') return text.slice(0, 60);
  }
  return '';
}

const STATE_ATTRIBUTES = [
  ['aria-expanded', 'expanded'],
  ['aria-pressed', 'pressed'],
  ['aria-selected', 'selected'],
  ['aria-checked', 'checked'],
  ['aria-disabled', 'disabled'],
  ['aria-readonly', 'readonly'],
] as const;

export function isDisabled(element: Element): boolean {
  return element.matches(':disabled') || element.getAttribute('aria-disabled') === 'true';
}

export function statesOf(element: Element, role: string): string[] | undefined {
  const states: string[] = [];
  if ((role === 'check' || role === 'radio') && (element as HTMLInputElement).checked === true) states.push('checked');
  for (const [attribute, state] of STATE_ATTRIBUTES) if (element.getAttribute(attribute) === 'true') states.push(state);
  if (!states.includes('disabled') && element.matches(':disabled')) states.push('disabled');
  if ((element as HTMLInputElement).readOnly === true && role === 'field' && !states.includes('readonly')) states.push('readonly');
  const invalid = element.getAttribute('aria-invalid');
  if (invalid !== null && invalid !== 'false' && invalid !== '') states.push('invalid');
  if (element.localName === 'summary' && (element.parentElement as HTMLDetailsElement | null)?.open) states.push('expanded');
  if (element.getAttribute('aria-current') !== null && role === 'link' && element.getAttribute('aria-current') !== 'false')
    states.push('selected');
  return states.length === 0 ? undefined : states;
}
