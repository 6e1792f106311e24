/**
 * The settings of a run that its result depends on. They are saved with it, and whoever resumes it with others is told
 * which ones: half a run with one learning rate and half with another is no run that anybody could repeat.
 */
import { ConfigError, canonicalJson, type Json } from '../base/index.ts';

export interface Settings {
  readonly [name: string]: Json;
}

/** Throws `ConfigError` that names every setting in which `wanted` is not what the run in `folder` began with. */
export function checkSettings(wanted: Settings, { saved, folder }: { readonly saved: Settings; readonly folder: string }): void {
  const [before, now] = [flatten(saved), flatten(wanted)];
  const different = [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name)).sort();
  if (different.length === 0) return;
  const list = (values: ReadonlyMap<string, string>): string =>
    different.map((name) => `${name} = ${shorten(values.get(name) ?? 'nothing')}`).join(', ');
  throw new ConfigError({
    operation: `resume the run in ${folder}`,
    got: list(now),
    expected: `what it began with: ${list(before)}`,
    fix: 'use the same settings and data, or another folder for a new run',
    details: { different },
  });
}

/** Leaves by dotted path, spelled canonically. */
function flatten(value: Json, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, canonicalJson(value)]]);
  const entries = Object.entries(value as Settings).flatMap(([name, part]) => [...flatten(part, path === '' ? name : `${path}.${name}`)]);
  return new Map(entries);
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}…` : text);
