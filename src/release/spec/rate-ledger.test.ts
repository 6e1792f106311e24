import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../base/index.ts';
import { countsOf, EMPTY_LEDGER, parseRateLedger, recordAction } from './rate-ledger.ts';
import { WINDOWS_MS } from './spec-rule.ts';

const { hour, day } = WINDOWS_MS;
const NOW = 2_000_000_000_000;

describe('a ledger of rates', () => {
  it('counts what lies in the window', () => {
    const ledger = [hour, hour - 1, 5, 0].reduce((before, ago) => recordAction(before, ['a', 'constructor'], NOW - ago), EMPTY_LEDGER);
    const count = countsOf(ledger, NOW);
    expect([count('a', hour), count('a', day), count('constructor', hour), count('b', day), count('toString', day)]).toEqual([
      3, 4, 3, 0, 0,
    ]);
    expect(EMPTY_LEDGER.timesMs).toEqual({});
  });

  it('counts as a list of all times does, and survives JSON (property)', () => {
    const event = fc.record({
      afterMs: fc.integer({ min: 0, max: day / 4 }),
      rules: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), (events) => {
        let [ledger, nowMs] = [EMPTY_LEDGER, NOW];
        const all: { rule: string; atMs: number }[] = [];
        for (const { afterMs, rules } of events) {
          nowMs += afterMs;
          const before = JSON.stringify(ledger);
          const after = recordAction(ledger, rules, nowMs);
          expect(JSON.stringify(ledger)).toBe(before);
          ledger = parseRateLedger(JSON.parse(JSON.stringify(after)));
          all.push(...rules.map((rule) => ({ rule, atMs: nowMs })));
          for (const rule of ['a', 'b'])
            for (const windowMs of [hour, day])
              expect(countsOf(ledger, nowMs)(rule, windowMs)).toBe(
                all.filter((one) => one.rule === rule && one.atMs > nowMs - windowMs).length,
              );
        }
      }),
    );
  });

  it('forgets what is older than a day, and counts what a clock that was set back leaves ahead', () => {
    const ledger = recordAction(recordAction(EMPTY_LEDGER, ['a'], NOW - day), ['b'], NOW);
    expect(Object.keys(ledger.timesMs)).toEqual(['b']);
    expect(countsOf(ledger, NOW - 10 * day)('b', hour)).toBe(1);
  });

  it.each([
    null,
    [],
    {},
    { schemaVersion: 2, timesMs: {} },
    { schemaVersion: 1, timesMs: { a: [-1] } },
    { schemaVersion: 1, timesMs: { 'A b': [1] } },
  ])('refuses %j', (value) => expect(() => parseRateLedger(value)).toThrow(DataError));

  it.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY])('refuses the time %d', (atMs) =>
    expect(() => recordAction(EMPTY_LEDGER, ['a'], atMs)).toThrow(DataError),
  );
});
