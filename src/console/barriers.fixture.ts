/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * What keeps people out of a page, as far as a program can tell: controls without a name, headings out of order, missing landmarks, ids twice, text whose
 * contrast is below WCAG 2.2's 4.5 to 1 (§1.4.3), targets under 24 pixels (§2.5.8), and what scrolls sideways.
 */
import type { Page } from 'playwright-core';

/** One sentence for each; empty where there is none. */
export const barriers = (page: Page): Promise<readonly string[]> => page.evaluate(findBarriers);

/** Runs in the page: it may use nothing from outside. */
function findBarriers(): readonly string[] {
  const found: string[] = [];
  const isShown = (node: Element): boolean => node.checkVisibility({ visibilityProperty: true });
  const all = (selector: string): Element[] => [...document.querySelectorAll(selector)].filter(isShown);
  const wordsOf = (node: Element): string => `${node.tagName.toLowerCase()} ${JSON.stringify((node.textContent ?? '').slice(0, 40))}`;

  if (document.documentElement.lang === '') found.push('the page has no language');
  if (document.title === '') found.push('the page has no title');
  for (const landmark of ['header', 'main']) if (all(`body > ${landmark}`).length !== 1) found.push(`not one ${landmark}`);
  if (all('h1').length !== 1) found.push(`${all('h1').length} headings of the first level`);

  let level = 0;
  for (const heading of all('main h1, main h2, main h3, main h4')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) found.push(`${wordsOf(heading)} comes after a heading of level ${level}`);
    if ((heading.textContent ?? '').trim() === '') found.push('an empty heading');
    level = next;
  }

  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) found.push(`id ${id} twice`);

  for (const control of all('button, a[href], input, select, textarea, summary, dialog')) {
    const labels =
      'labels' in control ? [...((control.labels as NodeListOf<HTMLLabelElement> | null) ?? [])].map((label) => label.textContent) : [];
    const by = (control.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
    const own = control.matches('input, select, textarea, dialog') ? '' : (control.textContent ?? '');
    if ([control.getAttribute('aria-label') ?? '', ...by, ...labels, own].join('').trim() === '')
      found.push(`${wordsOf(control)} has no name`);
    for (const id of (control.getAttribute('aria-describedby') ?? '').split(' '))
      if (id !== '' && document.getElementById(id) === null) found.push(`${wordsOf(control)} is described by nothing`);
    const { width, height } = control.getBoundingClientRect();
    // A link within a sentence is excepted.
    if (control.matches('button, input, select') && (width < 24 || height < 24)) found.push(`${wordsOf(control)} is ${width} × ${height}`);
  }

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  /** Of colours painted over one another, the last on top. */
  const paint = (colours: readonly string[]): readonly number[] => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of ['white', ...colours]) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb: readonly number[]): number => {
    const [r = 0, g = 0, b = 0] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set<string>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || (node.textContent ?? '').trim() === '' || !isShown(parent) || parent.closest('.unseen, noscript, datalist')) continue;
    const behind: string[] = [];
    for (let at: Element | null = parent; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      behind.unshift(style.backgroundColor);
      // Of a gradient the first colour counts.
      const gradient = /rgba?\([^)]*\)/.exec(style.backgroundImage)?.[0];
      if (gradient) behind.splice(1, 0, gradient);
    }
    const { color } = getComputedStyle(parent);
    const key = `${color} ${behind.join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const [front, back] = [luminance(paint([...behind, color])), luminance(paint(behind))];
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (contrast < 4.5) found.push(`${wordsOf(parent)} has a contrast of ${contrast.toFixed(2)}`);
  }
  if (seen.size < 3) found.push('hardly any text was looked at');

  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.push('the page scrolls sideways');
  return found;
}
