import { describe, expect, it } from 'vitest';
import { pieceWords, placeWords, plain, scopeWords, timeLeft } from './client/words.ts';

describe('plain', () => {
  it('shows what would hide or turn the rest around', () => {
    expect(plain('pay \u202E001\u202C\u200B now\u0000')).toBe('pay \uFFFD001\uFFFD\uFFFD now\uFFFD');
  });
  it('makes one line of many, and leaves every script as it is', () => {
    expect(plain('a\n\tb')).toBe('a b');
    expect(plain('Größe 寸法 مقاس 👍')).toBe('Größe 寸法 مقاس 👍');
  });
});

describe('pieceWords', () => {
  it('tells pieces apart', () => {
    const pieces = [
      { kind: 'word', word: 'click' },
      { kind: 'reference', reference: 7 },
      { kind: 'echo', text: 'a\nb' },
    ] as const;
    expect(pieces.map(pieceWords)).toEqual(['click', '⟨7⟩', '«a b»']);
  });
});

describe('words', () => {
  it('say how long an answer is waited for', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(timeLeft('2026-01-01T00:00:30Z', now)).toBe('less than a minute left');
    expect(timeLeft('2026-01-01T01:00:00Z', now)).toBe('60 min left');
    expect(timeLeft('2026-01-01T05:10:00Z', now)).toBe('5 hours left');
    expect(timeLeft('2026-01-04T00:00:00Z', now)).toBe('3 days left');
  });
  it('name scopes and places, and no secret', () => {
    expect(scopeWords({ kind: 'agent', agent: 'ledger' })).toBe('Agent ledger');
    const goal = [{ text: 'Log in with' }, { text: 'hunter2', secret: true }];
    expect(placeWords({ kind: 'live', url: 'https://a.example', goal, secrets: {} })).toBe('Log in with ••••');
  });
});
