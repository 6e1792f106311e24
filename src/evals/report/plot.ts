/** A plot with two axes as SVG: scales, grid, labels, and the few marks that the charts need. Colours come from classes, so that they follow the theme. */
import { type Content, html, type Markup } from './markup.ts';

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly label: string;
  readonly format: (value: number) => string;
}

export interface PlotOptions {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  /** What one would say of it to somebody who can't see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: (scale: Scale) => Content;
  /** Default 380. */
  readonly width?: number;
}

export interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const HEIGHT = 292;
const MARGIN = { left: 62, right: 24, top: 26, bottom: 46 };

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function plot({ id, title, description, x, y, marks, width = 380 }: PlotOptions): Markup {
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, HEIGHT - MARGIN.bottom];
  const scale: Scale = {
    x: (value) => place(value, x, left, right),
    y: (value) => place(value, y, bottom, top),
    ...{ left, right, top, bottom },
  };
  return html`<svg class="plot" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-text"><title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>
${y.ticks.map((tick) => html`<path class="grid" d="M${left} ${near(scale.y(tick))}H${right}"/><text class="tick" x="${left - 8}" y="${near(scale.y(tick) + 4)}" text-anchor="end">${y.format(tick)}</text>`)}
${x.ticks.map((tick) => html`<path class="grid" d="M${near(scale.x(tick))} ${bottom}v4"/><text class="tick" x="${near(scale.x(tick))}" y="${bottom + 18}" text-anchor="middle">${x.format(tick)}</text>`)}
<path class="axis" d="M${left} ${bottom}H${right}"/>
<text class="label" x="${(left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${x.label}</text>
<text class="label" transform="translate(13 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${y.label}</text>
${marks(scale)}</svg>`;
}

function place(value: number, { from, to }: Axis, start: number, end: number): number {
  const share = to === from ? 0.5 : (Math.min(Math.max(value, Math.min(from, to)), Math.max(from, to)) - from) / (to - from);
  return start + share * (end - start);
}

/** Two digits are enough for a screen. */
export const near = (value: number): number => Math.round(value * 100) / 100;

const path = (points: readonly Point[]): string => points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${near(x)} ${near(y)}`).join('');

export const line = (points: readonly Point[], className: string): Markup => html`<path class="${className}" d="${path(points)}"/>`;
export const area = (points: readonly Point[], className: string): Markup => html`<path class="${className}" d="${path(points)}Z"/>`;
export const dot = ({ x, y }: Point, className: string, radius = 3.5): Markup =>
  html`<circle class="${className}" cx="${near(x)}" cy="${near(y)}" r="${near(radius)}"/>`;
/** A vertical whisker with caps. */
export const whisker = (x: number, from: number, to: number): Markup =>
  html`<path class="whisker" d="M${near(x - 3)} ${near(from)}h6M${near(x)} ${near(from)}V${near(to)}M${near(x - 3)} ${near(to)}h6"/>`;

/** Some four round numbers from 0 to `largest`. */
export function roundTicks(largest: number): readonly number[] {
  if (!(largest > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => largest / size <= 5) ?? largest;
  return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, i) => i * step);
}
