/// <reference lib="dom" />
/**
 * SVG: shapes by kind, colour and size, its text as text. Small pictures that nobody listens to are decoration and left out.
 */
import { MARK } from './bridge.ts';
import { add, addText, type Walk } from './items.ts';
import { tidy } from './text.ts';

const SHAPES = new Set('circle ellipse rect line polyline polygon path image use'.split(' '));
/** Pixels; an SVG no larger than this is an icon. */
const ICON_SIZE = 40;

const COLORS: readonly (readonly [name: string, red: number, green: number, blue: number])[] = [
  ['black', 0, 0, 0],
  ['white', 255, 255, 255],
  ['gray', 128, 128, 128],
  ['red', 255, 0, 0],
  ['green', 0, 128, 0],
  ['lime', 0, 255, 0],
  ['blue', 0, 0, 255],
  ['yellow', 255, 255, 0],
  ['cyan', 0, 255, 255],
  ['magenta', 255, 0, 255],
  ['orange', 255, 165, 0],
  ['purple', 128, 0, 128],
  ['brown', 165, 42, 42],
  ['pink', 255, 192, 203],
];

export const shapeName = {
  /** Basic name of a computed colour where it is exactly one, else `#rrggbb`; '' for a transparent one. */
  color(computed: string): string {
    const parts = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(computed);
    if (!parts || parts[4] === '0') return '';
    const [red, green, blue] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
    const known = COLORS.find((color) => color[1] === red && color[2] === green && color[3] === blue);
    return known ? known[0] : `#${[red, green, blue].map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
  },
  of(shape: Element): string {
    const label = shape.getAttribute('aria-label') ?? shape.querySelector('title')?.textContent;
    if (label) return tidy(label);
    const style = getComputedStyle(shape);
    const rect = shape.getBoundingClientRect();
    const corners = (shape.getAttribute('points') ?? '').trim().split(/[\s,]+/).length / 2;
    const kind = shape.localName === 'polygon' && corners === 3 ? 'triangle' : shape.localName;
    const color = shapeName.color(style.fill) || shapeName.color(style.stroke);
    return tidy(`${color} ${kind} ${Math.round(rect.width)}×${Math.round(rect.height)}`);
  },
};

export function visitShapes(svg: SVGSVGElement, walk: Walk): void {
  const { bridge } = walk;
  const markOf = (element: Element): number => bridge.markOf(element) | (element.hasAttribute('onclick') ? MARK.click : 0);
  const own = markOf(svg);
  const size = svg.getBoundingClientRect();
  const label = tidy(svg.getAttribute('aria-label') ?? '');
  const isIcon = Math.max(size.width, size.height) <= ICON_SIZE;
  if (label !== '' || (isIcon && own)) {
    const offers = own & MARK.click ? (['click'] as const) : [];
    add(walk, {
      element: svg,
      suffix: '',
      role: offers.length > 0 ? 'item' : 'image',
      name: label || shapeName.of(svg),
      offers: [...offers],
      row: false,
      context: '',
    });
    return;
  }
  const visitShape = (element: Element, above: number): void => {
    const mark = above | markOf(element);
    const name = element.localName;
    if (!element.checkVisibility({ visibilityProperty: true }) || name === 'defs' || name === 'clipPath' || name === 'mask') return;
    if (name === 'text') {
      const text = tidy(element.textContent ?? '');
      if (text !== '' && mark & (MARK.click | MARK.drag))
        add(walk, { element, suffix: '', role: 'item', name: text, offers: offersOf(mark), row: false, context: '' });
      else if (text !== '') addText(walk, element, 't', text, false);
      return;
    }
    if (SHAPES.has(name)) {
      if (isIcon && mark === 0) return;
      const listens = mark & (MARK.click | MARK.drag);
      add(walk, {
        element,
        suffix: '',
        role: listens ? 'item' : 'image',
        name: shapeName.of(element),
        offers: listens ? offersOf(mark) : [],
        row: false,
        context: '',
      });
      return;
    }
    for (const child of element.children) visitShape(child, mark);
  };
  for (const child of svg.children) visitShape(child, own);
}

function offersOf(mark: number): ('click' | 'drag' | 'drop')[] {
  return [...(mark & MARK.click ? (['click'] as const) : []), ...(mark & MARK.drag ? (['drag', 'drop'] as const) : [])];
}
