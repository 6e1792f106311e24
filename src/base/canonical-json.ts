/**
 * JSON with one spelling for each value: keys sorted by code unit, no white space, no `undefined`, finite numbers only,
 * no lone surrogates, plain objects only. Follows RFC 8785 (JSON Canonicalization Scheme), whose number format is ECMAScript's own.
 */
import { DataError } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return spellString(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refusal(String(value), 'a finite number');
    return JSON.stringify(value);
  }
  // Array.from, not map: a hole is an `undefined` to refuse, not one to skip.
  if (Array.isArray(value)) return `[${Array.from(value as readonly Json[], canonicalJson).join(',')}]`;
  if (!isPlainObject(value)) throw refusal(describe(value), 'null, a boolean, a number, a string, an array or a plain object');
  const members = Object.keys(value)
    .sort()
    .map((key) => `${spellString(key)}:${canonicalJson(value[key] as Json)}`);
  return `{${members.join(',')}}`;
}

function spellString(text: string): string {
  if (!text.isWellFormed()) throw refusal(`${JSON.stringify(text)} with a lone surrogate`, 'well-formed Unicode');
  return JSON.stringify(text);
}

function isPlainObject(value: unknown): value is { readonly [key: string]: Json } {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  return typeof value === 'object' ? `a ${value?.constructor.name}` : typeof value;
}

function refusal(got: string, expected: string): DataError {
  return new DataError({ operation: 'canonicalJson', got, expected });
}
