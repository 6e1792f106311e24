/**
 * An invoice of one's own in the accounting app of the invoices gym: the app is started with the document in its inbox, the agent works on it as on a
 * live app (the real clock, no verdict), and every value that it entered is kept with where it came from.
 *
 * Invariant: what is said to have been entered was read off the screen afterwards; where it came from is the text that the agent pointed at.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as z from 'zod';
import { InvoicesApp } from '../../gyms/invoices/app/index.ts';
import { invoices } from '../../gyms/invoices/gym.ts';
import type { Books } from '../../gyms/invoices/types.ts';
import { appStateOf } from '../../gyms/invoices/world.ts';
import { DataError, type Json } from '../../src/base/index.ts';
import { textTable } from '../../src/evals/index.ts';
import type { Action, Gym, Observation, Session, Target, Task } from '../../src/records/index.ts';

/** One value that the agent put into a field. */
export interface Entry {
  readonly field: string;
  /** What the field shows since. */
  readonly text: string;
  /** What it was copied from, as it stands there; '' for a secret, or where it was typed. */
  readonly sourceText: string;
  /** What stands behind that: the name of another field, a word of the goal; '' for running text. */
  readonly source: string;
}

export interface DocumentResult {
  readonly entries: readonly Entry[];
  /** Bills that were entered, as the books have them now. */
  readonly bills: readonly Readonly<Record<string, Json>>[];
  /** What became of the document: `new`, `entered`, `rejected`, `flagged`. */
  readonly status: string;
}

export interface OpenedDocument {
  /** Has one task, the document, in the app that was started for it. */
  readonly gym: Gym;
  readonly task: Task;
  result(): DocumentResult;
  close(): Promise<void>;
}

export interface DocumentOptions {
  readonly path: string;
  /** JSON with vendors, orders and bills; by default those of a made-up company, which will not know the vendor. */
  readonly books?: string | undefined;
}

/** Throws `DataError` for a file that is no PDF, and for books that can't be read. */
export async function openDocument({ path, books }: DocumentOptions): Promise<OpenedDocument> {
  const bytes = readPdf(path);
  const instance = invoices.instance(invoices.task({ split: 'validate', n: 0 }));
  const state = appStateOf(instance);
  const held = books === undefined ? state.books : readBooks(books);
  const app = await InvoicesApp.start();
  const now = new Date().toISOString();
  const { path: place } = app.reset({
    ...state,
    books: held,
    arrivals: [{ fileName: basename(path), received: now.slice(0, 10), bytes }],
    now,
    loggedOut: false,
  });
  const entries: Entry[] = [];
  const model = invoices.task({ split: 'validate', n: 0 });
  const task: Task = { ...model, slice: 'live' };
  const open = async (): Promise<Session> => {
    const target = { url: `${app.url}${place}`, secrets: { password: instance.password } };
    const session = await (invoices.attach as NonNullable<Gym['attach']>)(target, model.goal);
    return watched(session, (entry) => entries.push(entry));
  };
  return {
    gym: { manifest: invoices.manifest, task: () => task, open },
    task,
    result: () => ({ entries, ...booksOf(app) }),
    close: () => app.stop(),
  };
}

/** The session, with every entry told of after the screen has shown it. */
function watched(session: Session, onEntry: (entry: Entry) => void): Session {
  let seen: Observation | undefined;
  const observe = async (): Promise<Observation> => {
    seen = await session.observe();
    return seen;
  };
  return {
    task: session.task,
    goal: session.goal,
    observe,
    async act(action) {
      const before = seen ?? (await observe());
      seen = await session.act(action);
      const entry = entryOf(action, before, seen);
      if (entry) onEntry(entry);
      return seen;
    },
    score: () => session.score(),
    close: () => session.close(),
  };
}

/** References stay with their elements from one screen to the next. */
function entryOf(action: Action, before: Observation, after: Observation): Entry | null {
  if (action.kind !== 'fill' && action.kind !== 'select' && action.kind !== 'type') return null;
  const find = ({ targets }: Observation, reference: number): Target | undefined =>
    targets.find((target) => target.reference === reference);
  const field = find(before, action.target);
  if (field === undefined) return null;
  const source = action.kind === 'type' ? undefined : find(before, action.source);
  const isSecret = source?.role === 'goal' && source.text === '';
  return {
    field: field.name,
    text: isSecret ? '•••' : (find(after, action.target)?.value ?? ''),
    sourceText: source?.text ?? '',
    source: source === undefined ? 'typed by the agent' : source.role === '' || source.role === 'text' ? '' : source.name,
  };
}

function booksOf({ database }: InvoicesApp): Pick<DocumentResult, 'bills' | 'status'> {
  const bills = database
    .prepare(
      `SELECT vendors.name AS vendor, bills.kind, bills.number, bills.date, bills.due, bills.currency, bills.net_minor, bills.tax_minor, bills.total_minor
       FROM bills JOIN vendors ON vendors.id = bills.vendor_id WHERE bills.arrival_id IS NOT NULL`,
    )
    .all() as readonly Readonly<Record<string, Json>>[];
  const arrival = database.prepare('SELECT status, reason FROM arrivals ORDER BY id LIMIT 1').get();
  return {
    bills: bills.map((bill) => ({ ...bill })),
    status: `${arrival?.status ?? 'gone'}${arrival?.reason ? `: ${arrival.reason}` : ''}`,
  };
}

export function printEntries({ entries, bills, status }: DocumentResult): string {
  const table =
    entries.length === 0
      ? 'Nothing was entered.'
      : textTable(
          ['field', 'entered', 'from'],
          entries.map(({ field, text, source, sourceText }) => [field, text, [`«${sourceText}»`, source].filter(Boolean).join(' ')]),
        );
  const kept = bills.map(
    (bill) =>
      `  ${Object.entries(bill)
        .map(([name, value]) => `${name} ${value ?? '–'}`)
        .join(', ')}`,
  );
  return `${table}\n\nThe document is now: ${status}\n${kept.length === 0 ? 'No bill is in the books.' : `In the books:\n${kept.join('\n')}`}`;
}

const MOST_BYTES = 10 * 1024 * 1024;

function readPdf(path: string): Uint8Array {
  const refuse = (got: string): DataError =>
    new DataError({ operation: `open the document ${path}`, got, expected: 'a PDF file of at most 10 MB', fix: 'give the path of one' });
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw refuse((cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : String(cause));
  }
  if (bytes.byteLength > MOST_BYTES) throw refuse(`${bytes.byteLength} bytes`);
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== '%PDF') throw refuse('something else');
  return bytes;
}

const currency = z.enum(['EUR', 'USD', 'GBP', 'CHF']);
const minor = z.int();
const day = z.iso.date();
const booksSchema = z.strictObject({
  company: z.string(),
  vendors: z.array(z.strictObject({ id: z.int(), name: z.string(), iban: z.string(), taxId: z.string(), currency })),
  orders: z.array(z.strictObject({ id: z.int(), vendorId: z.int(), number: z.string(), currency, netMinor: minor })).default([]),
  bills: z
    .array(
      z.strictObject({
        id: z.int(),
        vendorId: z.int(),
        kind: z.enum(['invoice', 'credit-note']),
        number: z.string(),
        date: day,
        due: day.nullable(),
        currency,
        netMinor: minor,
        taxMinor: minor,
        totalMinor: minor,
        paid: z.boolean(),
      }),
    )
    .default([]),
});

function readBooks(path: string): Books {
  try {
    return booksSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new DataError({
      operation: `read the books ${path}`,
      got: cause instanceof z.ZodError ? z.prettifyError(cause) : String((cause as Error).message),
      expected: '{company, vendors: [{id, name, iban, taxId, currency}], orders?, bills?} as JSON, money in cents, dates as ISO 8601 days',
      cause,
    });
  }
}
