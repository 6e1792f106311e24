import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fillTables, parseRows } from './table.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the table of benchmarks', () => {
  it('is what the bench printed, every figure of it', () => {
    const document = read('../docs/benchmarks.md');
    const rows = parseRows(read('../docs/benchmarks.jsonl'));
    expect(rows.length).toBeGreaterThan(10);
    expect(document).toBe(fillTables(document, rows));
    for (const { name } of rows) expect(document).toContain(`\`${name}\``);
  });

  it('notices a figure that was changed by hand', () => {
    const rows = parseRows(read('../docs/benchmarks.jsonl'));
    const forged = read('../docs/benchmarks.md').replace(/(\| `logprob-gap` \| )[^ ]+/, '$10.5');
    expect(fillTables(forged, rows)).not.toBe(forged);
  });
});
