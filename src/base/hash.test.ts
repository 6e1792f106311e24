import { describe, expect, it } from 'vitest';
import { hashBytes, hashJson } from './hash.ts';

describe('hashBytes', () => {
  it.each([
    // printf '' | sha256sum; printf 'journeyman' | sha256sum; printf '\xf0\x9f\x90\x8b\x00x' | sha256sum
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['journeyman', '8df7d2d06163a37fd8be26e39852c5eabc8fdb541520499ef744eb5bf3436867'],
    ['\u{1f40b}\0x', 'c8fdcd1145fa865a2dcc88733f5168949ed356c2b20c25f05c21665451f80e9f'],
  ])('agrees with sha256sum on %j', (text, hash) => {
    expect(hashBytes(text)).toBe(hash);
    expect(hashBytes(new TextEncoder().encode(text))).toBe(hash);
  });

  it('hashes the parts as one', () => {
    expect(hashBytes('journey', new Uint8Array(), 'man')).toBe(hashBytes('journeyman'));
  });
});

describe('hashJson', () => {
  it('does not depend on the order of keys', () => {
    // printf '{"a":[1,2],"b":"x"}' | sha256sum
    expect(hashJson({ b: 'x', a: [1, 2] })).toBe(hashBytes('{"a":[1,2],"b":"x"}'));
    expect(hashJson({ b: 'x', a: [1, 2] })).not.toBe(hashJson({ b: 'x', a: [2, 1] }));
  });
});
