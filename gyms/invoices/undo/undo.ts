/**
 * The adapter by which what an agent did in the accounting app is taken back. What lasts there is a decision about an arrival (a bill entered, a duplicate
 * rejected, a difference flagged) and a vendor's name and account. The app takes the first back on its page `/take-back`, the second by the form of the
 * vendor. Payments and deletions it takes back nowhere: those are named. A form that is filled in and not saved leaves nothing, and who is logged in is not
 * what the books hold.
 *
 * What a click did is told by the form that the page sent and by what the app answered, the books then say what came of it. So what another clerk decides in
 * the same minute is never taken for the agent's, and an answer that comes late still counts.
 */
import type { Request } from 'playwright-core';
import * as z from 'zod';
import { canonicalJson, DataError, type Json } from '../../../src/base/index.ts';
import type { BrowserPage } from '../../../src/gym/index.ts';
import type { Applied, Command, Inverse, UndoAdapter, Undoing } from '../../../src/records/index.ts';
import type { BooksClient } from './books-client.ts';
import type { Holdings } from './holdings.ts';

export interface InvoicesUndoOptions {
  readonly page: Pick<BrowserPage, 'page' | 'evaluate'>;
  readonly client: BooksClient;
  /** Where the books are at hand; else they are downloaded. */
  readonly holdings?: () => Holdings;
}

const text = z.string();
const cell = z.union([text, z.number(), z.null()]);
const row = z.record(text, cell);
const vendorSchema = z.strictObject({ name: text, iban: text });
type VendorForm = z.infer<typeof vendorSchema>;

const dataSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('reopen'),
    arrival: z.int().positive(),
    /** What the job left. */
    left: z.strictObject({ arrival: row, bill: row.nullable() }),
  }),
  z.strictObject({ kind: z.literal('vendor'), vendor: z.int().positive(), before: vendorSchema, left: vendorSchema }),
]);
type Data = z.infer<typeof dataSchema>;
type Of<Kind extends Data['kind']> = Extract<Data, { readonly kind: Kind }>;

const NOTHING: Undoing = { kind: 'nothing' };
const DONE: Applied = { isDone: true };
const DECISION = /^\/arrivals\/([1-9]\d{0,9})\/(?:save|reject|flag)$/;
const VENDOR = /^\/vendors\/([1-9]\d{0,9})$/;
const impossible = (why: string): Undoing => ({ kind: 'impossible', why });
const refused = (why: string): Applied => ({ isDone: false, why });

/** Milliseconds that an answer to a form is waited for. */
const ANSWER_MS = 30_000;

/** A form that the page has sent. */
interface SentForm {
  readonly path: string;
  /** Whether the app did what it asks; null: nobody knows. */
  readonly isAccepted: Promise<boolean | null>;
}

export class InvoicesUndo implements UndoAdapter {
  readonly volatile = { journal: 'the log of all changes, which only grows' };
  readonly #options: InvoicesUndoOptions;
  /** By the last command. */
  #sent: readonly SentForm[] = [];
  /** What a vendor's form held when its page was made; null where none was shown at the last command. */
  #vendor: VendorForm | null = null;

  constructor(options: InvoicesUndoOptions) {
    this.#options = options;
  }

  /** Carries `command` out by `perform`, and remembers what the page sends meanwhile. */
  async follow<Result>(command: Command, perform: () => Promise<Result>): Promise<Result> {
    const sent: SentForm[] = [];
    this.#sent = sent;
    if (command.kind !== 'click' && command.kind !== 'press') return perform();
    const { page } = this.#options.page;
    this.#vendor = VENDOR.test(pathOf(page.url())) ? await this.#vendorForm() : null;
    const context = page.context();
    const listen = (request: Request): void => {
      if (request.method() === 'POST') sent.push({ path: pathOf(request.url()), isAccepted: answerOf(request) });
    };
    context.on('request', listen);
    try {
      return await perform();
    } finally {
      context.off('request', listen);
    }
  }

  async inverse(): Promise<Undoing> {
    for (const { path, isAccepted } of this.#sent) {
      const undoing = await this.#ofForm(path, isAccepted);
      // A page sends one form at a time.
      if (undoing.kind !== 'nothing') return undoing;
    }
    return NOTHING;
  }

  async apply({ data }: Inverse): Promise<Applied> {
    const parsed = dataSchema.safeParse(data);
    if (!parsed.success)
      throw new DataError({
        operation: 'take an action in the accounting app back',
        got: `an inverse that is none: ${z.prettifyError(parsed.error)}`,
        expected: 'one that the adapter of the invoices gym made',
      });
    const inverse = parsed.data;
    const found = inverse.kind === 'reopen' ? await this.#lookAtArrival(inverse) : await this.#lookAtVendor(inverse);
    if (found !== 'as it was left') return found;
    const said = inverse.kind === 'reopen' ? await this.#reopen(inverse) : await this.#putVendorBack(inverse);
    if (said === null) return DONE;
    // An answer that was lost on the way may have been a yes.
    const now = inverse.kind === 'reopen' ? await this.#lookAtArrival(inverse) : await this.#lookAtVendor(inverse);
    return now === 'as it was left' ? refused(said) : now;
  }

  async state(): Promise<Readonly<Record<string, Json>>> {
    return this.#holdings();
  }

  async #ofForm(path: string, isAccepted: Promise<boolean | null>): Promise<Undoing> {
    if (path === '/login' || path === '/logout') return NOTHING;
    const accepted = await isAccepted;
    if (accepted === false) return NOTHING;
    const arrivalId = DECISION.exec(path)?.[1];
    if (arrivalId !== undefined) return this.#ofArrival(Number(arrivalId), accepted);
    const vendorId = VENDOR.exec(path)?.[1];
    if (vendorId !== undefined && this.#vendor !== null) return this.#ofVendor(Number(vendorId), { before: this.#vendor, accepted });
    return impossible(
      accepted
        ? `the app has no way to take ${path} back`
        : `nobody knows whether the app did ${path}, and it has no way to take that back`,
    );
  }

  async #ofArrival(id: number, accepted: true | null): Promise<Undoing> {
    const { arrivals, bills } = await this.#holdings();
    const arrival = arrivals[id];
    if (arrival === undefined || arrival.status === 'new') return NOTHING;
    if (accepted === null)
      return impossible(`arrival ${id} is ${arrival.status}, but the app never answered: it may have been somebody else`);
    const bill = arrival.bill_id === null ? null : (bills[String(arrival.bill_id)] ?? null);
    const as = bill === null ? String(arrival.status) : `${arrival.status} as bill ${bill.number}`;
    return inverseOf(`reopen arrival ${id} (${arrival.file_name}), ${as}`, { kind: 'reopen', arrival: id, left: { arrival, bill } });
  }

  async #ofVendor(id: number, { before, accepted }: { readonly before: VendorForm; readonly accepted: true | null }): Promise<Undoing> {
    const left = vendorIn(await this.#holdings(), id);
    if (left === null || isSame(left, before)) return NOTHING;
    if (accepted === null) return impossible(`vendor ${id} has changed, but the app never answered: it may have been somebody else`);
    const what = `give vendor ${id} the name ${JSON.stringify(before.name)} and the account ${JSON.stringify(before.iban)} again`;
    return inverseOf(what, { kind: 'vendor', vendor: id, before, left });
  }

  async #lookAtArrival({ arrival: id, left }: Of<'reopen'>): Promise<Applied | 'as it was left'> {
    const { arrivals, bills, payments } = await this.#holdings();
    const arrival = arrivals[id];
    if (arrival === undefined) return refused(`arrival ${id} is not in the books any more`);
    if (arrival.status === 'new') return DONE;
    const bill = arrival.bill_id === null ? null : (bills[String(arrival.bill_id)] ?? null);
    if (!isSame({ arrival, bill }, left))
      return refused(`somebody else has changed arrival ${id} or its bill since; it is ${arrival.status} now`);
    if (bill !== null && Object.values(payments).some(({ bill_id }) => bill_id === bill.id))
      return refused(`bill ${bill.number} is paid, and a paid bill stays in the books`);
    return 'as it was left';
  }

  async #lookAtVendor({ vendor: id, before, left }: Of<'vendor'>): Promise<Applied | 'as it was left'> {
    const now = vendorIn(await this.#holdings(), id);
    if (now === null) return refused(`vendor ${id} is not in the books any more`);
    if (isSame(now, before)) return DONE;
    return isSame(now, left) ? 'as it was left' : refused(`somebody else has changed vendor ${id} since`);
  }

  #reopen({ arrival: id, left }: Of<'reopen'>): Promise<string | null> {
    const { status, bill_id } = left.arrival;
    return this.#options.client.submit(`/arrivals/${id}/reopen`, { status: String(status), bill: String(bill_id ?? '') });
  }

  #putVendorBack({ vendor, before }: Of<'vendor'>): Promise<string | null> {
    return this.#options.client.submit(`/vendors/${vendor}`, before);
  }

  async #holdings(): Promise<Holdings> {
    const { holdings, client } = this.#options;
    return holdings ? holdings() : client.holdings();
  }

  /** What the fields of the vendor's form held when the page was made; null where another page is shown in its place. */
  async #vendorForm(): Promise<VendorForm | null> {
    const found = await this.#options.page.evaluate<unknown>(
      `(() => { const form = document.querySelector('form.vendor');
        return form && { name: form.elements.name.defaultValue, iban: form.elements.iban.defaultValue }; })()`,
    );
    return vendorSchema.nullable().catch(null).parse(found);
  }
}

const inverseOf = (what: string, data: Data): Undoing => ({ kind: 'inverse', inverse: { what, data: data as Json } });
const isSame = (a: Json, b: Json): boolean => canonicalJson(a) === canonicalJson(b);

function vendorIn({ vendors }: Holdings, id: number): VendorForm | null {
  const vendor = vendors[id];
  return vendor === undefined ? null : { name: String(vendor.name), iban: String(vendor.iban) };
}

function pathOf(url: string): string {
  try {
    return new URL(url).pathname;
  } catch {
    return '';
  }
}

/** What the app has done it answers with the next page, or it sends the browser there. */
async function answerOf(request: Request): Promise<boolean | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ANSWER_MS);
    timer.unref();
  });
  try {
    const response = await Promise.race([request.response(), late]);
    if (response === null) return null;
    const status = response.status();
    // 503 is the app's word for not saved; of its other mistakes nobody knows what they left.
    return status < 400 ? true : status < 500 || status === 503 ? false : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
