/** `90s`, `30m`, `2h` → seconds. */
import type { Options } from '../../src/cli/index.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Throws `UsageError` for what is no time, or less than 20 s, in which nothing can be made. */
export function parseDuration(text: string, options: Options): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text.trim()) ?? [];
  const seconds = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (!(seconds >= 20 && seconds <= 7 * 24 * 3600))
    throw options.wrong(`--budget ${text}`, 'a time such as 90s, 30m or 2h, from 20s to a week');
  return seconds;
}
