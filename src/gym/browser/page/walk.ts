/// <reference lib="dom" />
/**
 * Walks the composed tree and lists what can be seen and used, in reading order: controls, what only listens, headings, images, and plain text, one
 * item for each block of text.
 *
 * Left out: what is not displayed, has no size and clips, is `aria-hidden` or inert, lies behind a modal dialog, left of or above the page, or outside
 * a box that hides its overflow. Kept: what one would have to scroll to. Frames of other origins are left out.
 *
 * A file of its own rules rather than short ones: what an element becomes depends on what its subtree became.
 */
import { type Bridge, MARK } from './bridge.ts';
import { add, addText, type Item, isOutside, type PageOffer, type Walk, type WalkOptions } from './items.ts';
import { textLayerCells } from './layers.ts';
import { INLINE_TAGS, iconName, isEditable, nameOf, roleOf, seenText, statesOf } from './names.ts';
import { shapeName, visitShapes } from './shapes.ts';
import { splitLong, tidy } from './text.ts';

const SKIPPED = new Set(
  'script style template noscript head meta link title datalist colgroup col source track param object embed'.split(' '),
);
const CONTROLS =
  'button,a[href],input:not([type="hidden"]),select,textarea,summary,[role="button"],[role="link"],[role="checkbox"],[role="textbox"],[role="combobox"]';
/** Roles that take their whole text as their name. */
const ABSORBING = new Set(['button', 'link', 'option', 'check', 'radio', 'tab', 'item', 'slider', 'field', 'file', 'image', 'heading']);
/** Most options of a list that are shown. */
const MOST_OPTIONS = 24;

export function walkPage(own: Bridge, options: WalkOptions): Walk {
  const document = own.window.document;
  const root = modalOf(document) ?? document.querySelector(options.root) ?? document.body ?? document.documentElement;
  const walk: Walk = {
    items: [],
    options,
    bridge: own,
    dropped: 0,
    buffer: '',
    block: root,
    ordinals: new Map(),
    muted: 0,
    isRowStart: false,
    heading: '',
    rowLabel: '',
    clip: null,
    labelling: labellingOf(document),
  };
  if (root) {
    if (root.localName === 'dialog' || root.getAttribute('aria-modal') === 'true') visit(root, walk);
    else visitChildren(root, walk);
    flush(walk);
  }
  return walk;
}

/** The modal dialog on top, if one is open. */
function modalOf(document: Document): Element | null {
  const open = Array.from(document.querySelectorAll('dialog:modal, [aria-modal="true"]')).filter((each) =>
    each.checkVisibility({ visibilityProperty: true }),
  );
  return open.filter((each) => each.matches('dialog:modal')).at(-1) ?? open.at(-1) ?? null;
}

/** What names a control by `aria-labelledby`: it is not text by itself. */
function labellingOf(document: Document): Set<Element> {
  const labelling = new Set<Element>();
  for (const named of document.querySelectorAll('[aria-labelledby]')) {
    const role = roleOf(named);
    if (role === '' || role === 'heading' || role === 'image' || named.getAttribute('aria-labelledby') === named.id) continue;
    for (const id of (named.getAttribute('aria-labelledby') as string).trim().split(/\s+/)) {
      const found = document.getElementById(id);
      if (found && !found.querySelector(CONTROLS) && !found.matches(CONTROLS) && !found.contains(named)) labelling.add(found);
    }
  }
  return labelling;
}

export function visitChildren(parent: Node, walk: Walk): void {
  let child: Node | null = parent.firstChild;
  const assigned = (parent as Element).localName === 'slot' ? (parent as HTMLSlotElement).assignedNodes() : null;
  if (assigned && assigned.length > 0) {
    for (const node of assigned) visitNode(node, walk);
    return;
  }
  for (; child !== null; child = child.nextSibling) visitNode(child, walk);
}

function visitNode(node: Node, walk: Walk): void {
  if (node.nodeType === 3) {
    if (walk.muted === 0) walk.buffer += (node as Text).data;
  } else if (node.nodeType === 1) visit(node as Element, walk);
}

export function flush(walk: Walk): void {
  const { buffer, block } = walk;
  if (buffer === '') return;
  walk.buffer = '';
  const text = tidy(buffer);
  if (text === '') return;
  const ordinal = walk.ordinals.get(block) ?? 0;
  walk.ordinals.set(block, ordinal + 1);
  addText(walk, block, `t${ordinal}`, text, false);
}

export function visit(element: Element, walk: Walk): void {
  const name = element.localName;
  if (SKIPPED.has(name)) return;
  if (name === 'br') {
    flush(walk);
    return;
  }
  if (!element.checkVisibility({ visibilityProperty: true })) {
    // Without a box of its own, but not without children.
    if (name === 'slot' || getComputedStyle(element).display === 'contents') {
      visitContents(element, walk);
      return;
    }
    return;
  }
  if (element.getAttribute('aria-hidden') === 'true' || element.hasAttribute('inert')) return;
  if (walk.labelling.size > 0 && walk.labelling.has(element)) return;
  const box = element as HTMLElement;
  if (box.offsetLeft <= -500 || box.offsetTop <= -500) return;
  if (name === 'svg') {
    flush(walk);
    visitShapes(element as SVGSVGElement, walk);
    return;
  }
  if (name === 'iframe' || name === 'frame') {
    flush(walk);
    visitFrame(element as HTMLIFrameElement, walk);
    return;
  }
  const role = roleOf(element);
  let mark = walk.bridge.markOf(element);
  if (element.hasAttribute('onclick')) mark |= MARK.click;
  if (box.draggable && name !== 'img' && name !== 'a') mark |= MARK.drag;
  const clipBefore = walk.clip;
  if (box.offsetWidth === 0 || box.offsetHeight === 0) {
    const style = getComputedStyle(element);
    if (style.overflowX !== 'visible' && style.overflowY !== 'visible' && role === '' && name !== 'input') return;
  } else if (
    element.firstElementChild !== null &&
    (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1) &&
    box.clientWidth > 0
  ) {
    const { overflowX, overflowY } = getComputedStyle(element);
    const hides = (overflow: string): boolean => overflow === 'hidden' || overflow === 'clip';
    if (hides(overflowX) || hides(overflowY)) {
      const rect = element.getBoundingClientRect();
      walk.clip = {
        left: hides(overflowX) ? rect.left : Number.NEGATIVE_INFINITY,
        right: hides(overflowX) ? rect.right : Number.POSITIVE_INFINITY,
        top: hides(overflowY) ? rect.top : Number.NEGATIVE_INFINITY,
        bottom: hides(overflowY) ? rect.bottom : Number.POSITIVE_INFINITY,
      };
    } else if (mark & MARK.scroll && role === '') {
      flush(walk);
      add(walk, { element, suffix: 's', role: 'item', name: nameOfRegion(element), offers: ['scroll'], row: false, context: '' });
    }
  }
  if (role !== '') {
    if (!clipBefore || !isOutside(element, clipBefore)) visitControl(element, role, mark, walk);
  } else if (name === 'label') visitLabel(element as HTMLLabelElement, walk);
  else if (mark & (MARK.click | MARK.drag | MARK.drop)) visitListening(element, mark, walk);
  else if (element.classList.length > 0 && element.classList.contains('textLayer')) {
    flush(walk);
    for (const [i, cell] of textLayerCells(element, walk.bridge).entries()) addText(walk, cell.element, `c${i}`, cell.text, cell.row);
  } else if (walk.bridge.delegates.hasClick && element.childElementCount <= 3 && isPointed(element))
    visitListening(element, MARK.click, walk);
  else visitContents(element, walk);
  walk.clip = clipBefore;
}

/** The hand over an element that its parent does not show: a weak hint that somebody further up listens. */
function isPointed(element: Element): boolean {
  return (
    getComputedStyle(element).cursor === 'pointer' &&
    (!element.parentElement || getComputedStyle(element.parentElement).cursor !== 'pointer')
  );
}

const nameOfRegion = (element: Element): string =>
  tidy(element.getAttribute('aria-label') ?? element.getAttribute('title') ?? '') || 'scrolls';

/** Children of a container, as a block of their own unless it is inline. */
function visitContents(element: Element, walk: Walk): void {
  const name = element.localName;
  const shadow = walk.bridge.shadowOf(element);
  const from: Node = shadow ?? element;
  if (INLINE_TAGS.has(name) && !shadow) {
    const { display } = getComputedStyle(element);
    if (display === 'inline' || display === 'contents') {
      visitChildren(from, walk);
      return;
    }
  }
  flush(walk);
  const { block, rowLabel } = walk;
  const isRow = name === 'tr' || name === 'li' || element.getAttribute('role') === 'row' || element.getAttribute('role') === 'listitem';
  if (isRow && name !== 'li') walk.isRowStart = true;
  else if (isRow) walk.rowLabel = tidy((element.textContent ?? '').slice(0, 60));
  walk.block = element;
  if (name === 'details' && !(element as HTMLDetailsElement).open) {
    const summary = Array.from(element.children).find((child) => child.localName === 'summary');
    if (summary) visit(summary, walk);
  } else visitChildren(from, walk);
  flush(walk);
  walk.block = block;
  if (isRow) {
    walk.isRowStart = false;
    walk.rowLabel = rowLabel;
  }
}

function visitFrame(frame: HTMLIFrameElement, walk: Walk): void {
  let inner: Document | null = null;
  try {
    inner = frame.contentDocument;
  } catch {
    return;
  }
  if (!inner?.body) return;
  const { bridge, block, clip, labelling } = walk;
  const own = (inner.defaultView as unknown as { readonly journeymanBridge?: Bridge } | null)?.journeymanBridge;
  if (own) walk.bridge = own;
  walk.labelling = labellingOf(inner);
  walk.block = inner.body;
  walk.clip = null;
  visitChildren(inner.body, walk);
  flush(walk);
  Object.assign(walk, { bridge, block, clip, labelling });
}

function visitLabel(label: HTMLLabelElement, walk: Walk): void {
  const { control } = label;
  if (!control || control.getAttribute('type') === 'hidden') {
    visitContents(label, walk);
    return;
  }
  const role = roleOf(control);
  if (!control.checkVisibility({ visibilityProperty: true })) {
    // A box drawn by style: the label is what one clicks.
    if (role === 'check' || role === 'radio' || role === 'file') {
      flush(walk);
      visitControl(control, role, 0, walk);
    } else visitContents(label, walk);
    return;
  }
  const isNaming =
    !(control.hasAttribute('aria-label') || control.hasAttribute('aria-labelledby')) ||
    nameOf(control, role).includes(seenText(label, control));
  flush(walk);
  if (isNaming) walk.muted++;
  if (label.firstElementChild) visitChildren(label, walk);
  else if (!isNaming) visitContents(label, walk);
  if (isNaming) walk.muted--;
  else flush(walk);
}

function visitControl(element: Element, role: string, mark: number, walk: Walk): void {
  flush(walk);
  const hasInner = element.firstElementChild !== null && ABSORBING.has(role) && element.querySelector(CONTROLS) !== null;
  if (role === 'heading' && hasInner) {
    visitContents(element, walk);
    return;
  }
  let name = nameOf(element, role);
  let rest: string[] = [];
  if (name.length > 400) [name = '', ...rest] = splitLong(name);
  const states = statesOf(element, role);
  const item: Item = { element, suffix: '', role, name, offers: [], row: false, context: '' };
  if (states) item.states = states;
  describe(item, mark, walk);
  if (role === 'heading') walk.heading = name;
  add(walk, item);
  for (const [i, text] of rest.entries())
    add(walk, { element, suffix: `~${i + 1}`, role: '', name: text, offers: ['copy'], row: false, context: '' });
  if (element.localName === 'select') visitOptions(element as HTMLSelectElement, item, walk);
  else if (role === 'dialog' || role === 'list') visitContents(element, walk);
  else if (hasInner && !isEditable(element)) {
    walk.muted++;
    visitChildren(element, walk);
    walk.muted--;
  }
}

/** Value and offers of a control. */
function describe(item: Item, mark: number, walk: Walk): void {
  const { element, role } = item;
  const input = element as HTMLInputElement;
  switch (role) {
    case 'field': {
      const isNative = element.localName === 'input' || element.localName === 'textarea';
      const value = isNative ? tidy(input.value) : seenText(element);
      const isSecret = isNative && input.type === 'password';
      item.value = isSecret && value !== '' ? '•••' : value;
      item.offers = value === '' || isSecret ? ['fill', 'click'] : ['fill', 'click', 'copy'];
      if (isSecret) item.text = '';
      if (isNative && input.list !== null && element.localName === 'input') item.offers.push('select');
      if (element.localName === 'textarea' && element.scrollHeight > element.clientHeight + 4) item.offers.push('scroll');
      break;
    }
    case 'list': {
      const chosen =
        element.localName === 'select'
          ? Array.from((element as HTMLSelectElement).selectedOptions, (option) => tidy(option.text))
          : Array.from(element.querySelectorAll('[role="option"][aria-selected="true"]'), (option) => seenText(option));
      item.value =
        chosen.length > 0 || element.localName === 'select' || element.getAttribute('role') === 'listbox'
          ? chosen.join(', ')
          : seenText(element);
      item.offers = element.localName === 'select' ? ['select'] : ['select', 'click'];
      if (item.value !== '') item.offers.push('copy');
      break;
    }
    case 'slider':
      item.value = element.localName === 'input' ? input.value : (element.getAttribute('aria-valuenow') ?? '');
      item.offers = element.localName === 'input' ? ['fill'] : ['click', 'drag'];
      break;
    case 'file':
      item.value = tidy(Array.from(input.files ?? [], (file) => file.name).join(', '));
      item.offers = walk.options.hasUploads ? ['upload'] : [];
      break;
    case 'check':
    case 'radio':
    case 'button':
    case 'tab':
      item.offers = ['click'];
      break;
    case 'option':
      item.offers = ['option', 'click', 'copy'];
      break;
    case 'dialog':
      break;
    case 'heading':
    case 'image':
      item.offers = mark & MARK.click ? ['click', 'copy'] : ['copy'];
      break;
    default:
      item.offers = ['click', 'copy'];
  }
  if (mark & MARK.drag && !item.offers.includes('fill') && role !== 'button' && role !== 'link') item.offers.push('drag');
  if (mark & MARK.drop && mark & MARK.drag && !item.offers.includes('fill') && role !== 'button' && role !== 'link')
    item.offers.push('drop');
  if (item.offers.includes('copy') && item.name === '' && (item.value ?? '') === '')
    item.offers = item.offers.filter((offer) => offer !== 'copy');
}

function visitOptions(select: HTMLSelectElement, list: Item, walk: Walk): void {
  const { options } = select;
  if (options.length > MOST_OPTIONS) {
    list.name = `${list.name} (${options.length})`.trim();
    return;
  }
  for (const option of options) {
    const text = tidy(option.text);
    if (text === '' || option.hidden) continue;
    const item: Item = { element: option, suffix: '', role: 'option', name: text, offers: ['option', 'copy'], row: false, context: '' };
    if (option.disabled) item.states = ['disabled'];
    add(walk, item);
    item.context = `${item.context}|${list.name}`;
  }
}

/** What has no role but listens. What it becomes depends on what is in it. */
function visitListening(element: Element, mark: number, walk: Walk): void {
  flush(walk);
  const start = walk.items.length;
  const { block } = walk;
  walk.block = element;
  if (element.localName === 'tr') walk.isRowStart = true;
  visitChildren(walk.bridge.shadowOf(element) ?? element, walk);
  flush(walk);
  walk.isRowStart = false;
  walk.block = block;
  const offers: PageOffer[] = [];
  if (mark & MARK.click) offers.push('click');
  if (mark & MARK.drag) offers.push('drag');
  if (mark & (MARK.drag | MARK.drop)) offers.push('drop');
  const inner = walk.items.slice(start);
  const texts = inner.filter((item) => item.role === '');
  if (inner.length === 0) {
    const rect = element.getBoundingClientRect();
    if (rect.width > 0 && rect.height > 0 && !(walk.clip && isOutside(element, walk.clip)))
      add(walk, { element, suffix: '', role: 'item', name: bareName(element), offers, row: false, context: '' });
    return;
  }
  const hasControls = inner.length > texts.length;
  const isEntry = element.localName === 'tr' || element.localName === 'li' || hasListeningSibling(element, walk);
  // One thing to click, or a container that sorts out by itself what was clicked: then what looks clickable, or everything if that is little.
  const isOne = isEntry || (!hasControls && texts.length <= 3);
  const clickable = isOne
    ? texts.slice(0, 1)
    : texts.filter((item) => (!hasControls && texts.length <= 12) || getComputedStyle(item.element).cursor === 'pointer');
  for (const item of clickable) {
    item.role = 'item';
    item.offers = [...offers, 'copy'];
    const risk = walk.options.risks.findLast(({ selector }) => element.matches(selector));
    if (risk) item.risk = risk.risk;
    if (isOne) {
      item.element = element;
      item.suffix = '';
      if (texts.length === 1 && inner.length === 1) {
        const states = statesOf(element, 'item');
        if (states) item.states = states;
      }
    }
  }
}

function hasListeningSibling(element: Element, walk: Walk): boolean {
  for (const sibling of [element.previousElementSibling, element.nextElementSibling])
    if (sibling && sibling.localName === element.localName && (walk.bridge.markOf(sibling) & MARK.click || sibling.hasAttribute('onclick')))
      return true;
  return false;
}

/** Name of what holds no text: a label, an icon's class, a colour. */
export function bareName(element: Element): string {
  const own = tidy(element.getAttribute('aria-label') ?? element.getAttribute('title') ?? element.getAttribute('alt') ?? '');
  if (own !== '') return own;
  const style = getComputedStyle(element);
  const color = shapeName.color(style.backgroundColor);
  return tidy(`${color} ${iconName(element)}`) || element.id.slice(0, 40);
}
