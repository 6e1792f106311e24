/**
 * `node bench/table.ts`: writes the rows of `docs/benchmarks.jsonl` (what `npm run bench -- SUITE --json` printed) into the
 * tables of `docs/benchmarks.md`, between `<!-- rows SUITE -->` and `<!-- end -->`. No figure there is typed by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DataError } from '../src/base/index.ts';
import { formatNumber, type Row } from './row.ts';

const row = z.object({
  suite: z.string(),
  name: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  ratio: z.number().optional(),
  peer: z.string().optional(),
  spread: z.tuple([z.number(), z.number()]).nullable(),
  seed: z.number().nullable(),
  note: z.string().optional(),
});

/** JSON has no NaN: a value that was not reached comes as null. */
type StoredRow = Omit<Row, 'value'> & { readonly value: number | null };

export function parseRows(text: string): readonly StoredRow[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => {
      const parsed = row.safeParse(JSON.parse(line));
      if (!parsed.success)
        throw new DataError({ operation: `benchmark row ${i + 1}`, got: line, expected: 'a row of the bench', cause: parsed.error });
      return parsed.data as StoredRow;
    });
}

/** The document with its tables filled from `rows`. */
export function fillTables(document: string, rows: readonly StoredRow[]): string {
  return document.replace(/(<!-- rows (\S+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, open: string, suite: string, close: string) => {
    const lines = rows.filter((one) => one.suite === suite).map(formatLine);
    return `${open}| row | value | against | spread | seed | |\n|---|---|---|---|---|---|\n${lines.join('\n')}\n${close}`;
  });
}

function formatLine({ name, value, unit, ratio, peer, spread, seed, note }: StoredRow): string {
  const against = ratio === undefined ? '' : `**${formatNumber(ratio)} ×** ${peer ?? ''}`;
  const between = spread ? `${formatNumber(spread[0])} … ${formatNumber(spread[1])}` : '';
  return `| \`${name}\` | ${value === null ? 'not reached' : formatNumber(value)} ${unit} | ${against} | ${between} | ${seed ?? ''} | ${note ?? ''} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = new URL('../docs/benchmarks.md', import.meta.url);
  const rows = parseRows(readFileSync(new URL('../docs/benchmarks.jsonl', import.meta.url), 'utf8'));
  writeFileSync(path, fillTables(readFileSync(path, 'utf8'), rows));
}
