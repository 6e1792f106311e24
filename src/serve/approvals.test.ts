import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApprovalBook, openApprovals, type Refusal } from './approvals.ts';

const at = (seconds: number): Date => new Date(Date.parse('2026-03-01T08:00:00.000Z') + 1000 * seconds);
const digest = (n: number): string => n.toString(16).padStart(64, '0');
const yes = (seconds: number, by = 'R. Sample') => ({ isApproved: true, by, now: at(seconds) });

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'approvals-'));
  path = join(folder, 'approvals.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const asked = (book: ApprovalBook, seconds = 60): string => book.ask(digest(1), { now: at(0), seconds }).id;

describe('an approval', () => {
  it('lets its action pass once', () => {
    const book = openApprovals(path);
    const id = asked(book);
    expect(book.waiting(at(1)).map((approval) => approval.id)).toEqual([id]);
    expect(book.use(id, { digest: digest(1), now: at(1) })).toBe('unanswered');
    book.answer(id, yes(2));
    expect(book.waiting(at(3))).toEqual([]);
    expect(book.use(id, { digest: digest(1), now: at(3) })).toBe('allowed');
    expect(book.use(id, { digest: digest(1), now: at(3) })).toBe('used');
    expect(book.get(id)).toMatchObject({ answer: { by: 'R. Sample', isApproved: true }, usedAt: at(3).toISOString() });
  });

  it('is void once it was tried on something else, though the screen comes back', () => {
    const book = openApprovals(path);
    const id = asked(book);
    book.answer(id, yes(2));
    expect(book.use(id, { digest: digest(2), now: at(3) })).toBe('changed');
    expect(book.use(id, { digest: digest(1), now: at(4) })).toBe('changed');
    expect(openApprovals(path).use(id, { digest: digest(1), now: at(5) })).toBe('changed');
  });

  it.each<readonly [why: Refusal, use: (book: ApprovalBook) => string]>([
    ['unknown', () => '00000000-0000-4000-8000-000000000000'],
    [
      'denied',
      (book) => {
        const id = asked(book);
        book.answer(id, { ...yes(2), isApproved: false });
        return id;
      },
    ],
    [
      'expired',
      (book) => {
        const id = asked(book, 5);
        book.answer(id, yes(2));
        return id;
      },
    ],
    ['unanswered', (book) => asked(book)],
  ])('is refused: %s', (why, use) => {
    const book = openApprovals(path);
    expect(book.use(use(book), { digest: digest(1), now: at(10) })).toBe(why);
  });

  it('has expired for a clock that was set back, and for one that is broken', () => {
    const book = openApprovals(path);
    const id = asked(book);
    book.answer(id, yes(2));
    expect(book.use(id, { digest: digest(1), now: at(-1) })).toBe('expired');
    expect(book.use(id, { digest: digest(1), now: new Date(Number.NaN) })).toBe('expired');
  });

  it('is answered once, in time, by somebody', () => {
    const book = openApprovals(path);
    const id = asked(book);
    expect(() => book.answer('../x', yes(1))).toThrow('nobody was asked');
    expect(() => book.answer(id, yes(61))).toThrow('too late');
    expect(() => book.answer(id, yes(1, ''))).toThrow();
    book.answer(id, yes(1));
    expect(() => book.answer(id, { ...yes(2), isApproved: false })).toThrow('approved already');
    expect(() => book.ask(digest(1), { now: at(0), seconds: 0 })).toThrow('positive number');
  });
});

describe('the book', () => {
  it('says the same after a restart, at any moment (property)', () => {
    const step = fc.record({ of: fc.nat(3), what: fc.constantFrom('yes', 'no', 'use', 'misuse'), reopen: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        rmSync(path, { force: true });
        let book = openApprovals(path);
        const ids = [0, 1, 2, 3].map((n) => book.ask(digest(n), { now: at(0), seconds: 100 }).id);
        const passed = new Map<number, number>();
        const denied = new Set<number>();
        const misused = new Set<number>();
        for (const { of, what, reopen } of steps) {
          const id = ids[of] as string;
          const isOpen = book.waiting(at(1)).some((approval) => approval.id === id);
          if (what === 'yes' || what === 'no') {
            if (isOpen) book.answer(id, { ...yes(1), isApproved: what === 'yes' });
            if (isOpen && what === 'no') denied.add(of);
          } else {
            const verdict = book.use(id, { digest: digest(what === 'use' ? of : of + 10), now: at(1) });
            if (verdict === 'allowed') passed.set(of, (passed.get(of) ?? 0) + 1);
            if (verdict === 'allowed') expect(what === 'use' && !denied.has(of) && !misused.has(of)).toBe(true);
            if (verdict === 'changed') misused.add(of);
          }
          if (!reopen) continue;
          const again = openApprovals(path);
          for (const one of ids) expect(again.get(one)).toEqual(book.get(one));
          book = again;
        }
        for (const times of passed.values()) expect(times).toBe(1);
      }),
      { numRuns: 40 },
    );
  });

  it('forgets a line that a crash tore, and only that', () => {
    const book = openApprovals(path);
    const id = asked(book);
    book.answer(id, yes(1));
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.slice(0, -10));
    const again = openApprovals(path);
    expect(again.use(id, { digest: digest(1), now: at(2) })).toBe('unanswered');
    again.answer(id, yes(3));
    expect(openApprovals(path).use(id, { digest: digest(1), now: at(4) })).toBe('allowed');
  });

  it('refuses lines that were added, changed or taken out', () => {
    const book = openApprovals(path);
    const id = asked(book);
    book.answer(id, { ...yes(1), isApproved: false });
    asked(book);
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.replace('"isApproved":false', '"isApproved":true'));
    expect(() => openApprovals(path)).toThrow('does not follow');
    writeFileSync(path, whole);
    appendFileSync(path, `${whole.split('\n')[1]}\n`);
    expect(() => openApprovals(path)).toThrow('does not follow');
    writeFileSync(path, `${whole.split('\n')[1]}\n`);
    expect(() => openApprovals(path)).toThrow('does not follow');
    writeFileSync(path, `${whole}{"kind":"used"}\n`);
    expect(() => openApprovals(path)).toThrow('one event of an approval');
  });
});
