/// <reference lib="dom" />
/** Lines over two axes that begin at zero, as SVG. What a line shows is said in words as well, for those who don't see it. Colours are the style sheet's. */

export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface ChartOptions {
  readonly title: string;
  readonly description: string;
  readonly x: { readonly label: string; readonly format: (value: number) => string };
  readonly y: { readonly label: string; readonly format: (value: number) => string; readonly top?: number };
  readonly curves: readonly Curve[];
}

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT] = [640, 260];
const [LEFT, RIGHT, TOP, BOTTOM] = [60, WIDTH - 16, 14, HEIGHT - 44];
const COLOURS = 6;
/** Points are marked where there are few. */
const MOST_DOTS = 24;

export function chart({ title, description, x, y, curves }: ChartOptions): SVGSVGElement {
  const all = curves.flatMap(({ points }) => points);
  const right = roundUp(Math.max(0, ...all.map((point) => point.x)));
  const top = y.top ?? roundUp(Math.max(0, ...all.map((point) => point.y)));
  const across = (value: number): number => LEFT + ((RIGHT - LEFT) * value) / right;
  const up = (value: number): number => BOTTOM - ((BOTTOM - TOP) * Math.min(value, top)) / top;
  const drawing = shape('svg', {
    class: 'chart',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    'aria-label': `${title}. ${description}`,
  });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const [atX, atY] = [across(share * right), up(share * top)];
    drawing.append(
      shape('path', { class: share === 0 ? 'axis' : 'grid', d: `M${LEFT} ${near(atY)}H${RIGHT}` }),
      label(y.format(share * top), { x: LEFT - 8, y: atY + 4, 'text-anchor': 'end' }),
      label(x.format(share * right), { x: atX, y: BOTTOM + 17, 'text-anchor': share === 1 ? 'end' : 'middle' }),
    );
  }
  drawing.append(
    label(x.label, { x: (LEFT + RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }),
    label(y.label, { class: 'sideways', transform: `translate(13 ${(TOP + BOTTOM) / 2}) rotate(-90)`, 'text-anchor': 'middle' }),
  );
  for (const [n, { points }] of curves.entries()) {
    const places = points.map((point) => `${near(across(point.x))} ${near(up(point.y))}`);
    const colour = `${n % COLOURS}`;
    drawing.append(
      shape('path', { class: 'curve', 'data-colour': colour, d: places.map((place, i) => `${i === 0 ? 'M' : 'L'}${place}`).join('') }),
    );
    if (points.length <= MOST_DOTS)
      for (const point of points)
        drawing.append(
          shape('circle', { class: 'point', 'data-colour': colour, cx: `${near(across(point.x))}`, cy: `${near(up(point.y))}`, r: '3' }),
        );
  }
  return drawing;
}

/** Which colour is whose: for several curves. */
export function legend(curves: readonly Curve[]): HTMLElement {
  const list = document.createElement('ul');
  list.className = 'legend';
  for (const [n, { name }] of curves.entries()) {
    const mark = shape('svg', { class: 'chart', viewBox: '0 0 22 8', 'aria-hidden': 'true' });
    mark.append(shape('path', { class: 'curve', 'data-colour': `${n % COLOURS}`, d: 'M1 4H21' }));
    const item = document.createElement('li');
    item.append(mark, name);
    list.append(item);
  }
  return list;
}

function shape<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Readonly<Record<string, string>>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function label(text: string, attributes: Readonly<Record<string, string | number>>): SVGTextElement {
  const made = shape('text', Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, `${value}`])));
  made.textContent = text;
  return made;
}

const near = (value: number): number => Math.round(value * 100) / 100;

/** The next number of the kind 1, 2, 4, 8 times a power of ten, whose quarters are short. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 8].find((step) => value <= step * power * (1 + 1e-9)) ?? 10);
}
