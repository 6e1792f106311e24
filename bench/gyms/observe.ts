/** One look at a page of 100 elements: fields with labels, lists, buttons, links and a table, as a form has them. The time is the page program's own. */
import { Browser } from '../../src/gym/index.ts';
import { type Bench, median, spreadOf } from '../row.ts';
import { quantile } from './episodes.ts';

const ELEMENTS = 100;
const LOOKS = 300;

/** 25 × (a labelled field, a button, a link, a cell of text): 100 elements. */
const PAGE = `<!doctype html><title>100 elements</title><form>${Array.from(
  { length: ELEMENTS / 4 },
  (_, i) =>
    `<div><label for="f${i}">Field ${i}</label><input id="f${i}" value="${i}"> <button type="button">Do ${i}</button> <a href="#${i}">Go ${i}</a><p>Text number ${i}</p></div>`,
).join('')}</form>`;

export const observe: Bench = {
  names: ['observe-100-elements-ms'],
  measure: async ({ seed }) => {
    const browser = await Browser.launch();
    try {
      const page = await browser.openPage({ clock: { now: '2026-01-01T00:00:00Z' } });
      await page.goto(`data:text/html,${encodeURIComponent(PAGE)}`);
      const { elements } = await page.look();
      if (elements.length !== ELEMENTS) throw new Error(`the page has ${elements.length} elements instead of ${ELEMENTS}`);
      const times: number[] = [];
      const field = elements.find(({ role }) => role === 'field')?.key ?? '';
      for (let i = 0; i < LOOKS; i++) {
        // Something changes before each look, as in an episode: nothing can be remembered whole.
        await page.perform({ kind: 'fill', key: field, text: String(i) });
        if (i >= 20) times.push(page.lastObserveMs);
      }
      return [
        {
          name: 'observe-100-elements-ms',
          value: median(times),
          unit: 'ms',
          spread: spreadOf(times),
          seed,
          note: `inside the page, after a change each; 95th percentile ${quantile(times, 0.95).toFixed(1)}`,
        },
      ];
    } finally {
      await browser.close();
    }
  },
};
