import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, trusted } from './markup.ts';
import { roundTicks } from './plot.ts';

describe('markup', () => {
  it('lets no outside text become a tag or leave an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '`', '&', '=', ' ', 'a', '\n', '\u202e') }), (text) => {
        const [, attribute = '', content = ''] =
          /^<p title="([^"]*)">(.*)<\/p>$/su.exec(String(html`<p title="${text}">${[text]}</p>`)) ?? [];
        expect(`${attribute}${content}`).not.toMatch(/[<>"'`\n\u202e]/u);
        const back = content.replace(/&(?:(amp|lt|gt|quot)|#(\d+));/g, (_, name: string | undefined, code: string) =>
          name
            ? (({ amp: '&', lt: '<', gt: '>', quot: '"' } as Record<string, string>)[name] as string)
            : String.fromCharCode(Number(code)),
        );
        expect(back).toBe(text.replace(/[\n\u202e]/g, ' '));
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  it('leaves out what is nothing, and keeps what a template made', () => {
    expect(String(html`${null}${false}${0}${''}${[html`<b>${1}</b>`, trusted('<i>')]}`)).toBe('0<b>1</b><i>');
  });
});

describe('ticks', () => {
  it('begin at zero, end at or beyond the largest, and are few', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), (largest) => {
        const ticks = roundTicks(largest);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(largest * (1 - 1e-9));
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(6);
      }),
      { seed: 2 },
    );
  });
});
