/**
 * The nouns of the invoices gym: what the books hold before the task, what arrived, and what is right to do with it.
 *
 * Money is integer minor units of its currency (cents); every currency here has two decimals. Dates are ISO 8601 days.
 */

export const CASES = ['post', 'credit', 'duplicate', 'mismatch', 'changed-bank', 'missing', 'scan'] as const;
/** What kind of arrival it is, and so what is right: enter it; enter it as a credit; reject it; flag it; ask; ask; hand it over. */
export type Case = (typeof CASES)[number];

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'nl', 'it'] as const;
export type Language = (typeof LANGUAGES)[number];

export const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF'] as const;
export type Currency = (typeof CURRENCIES)[number];

export interface Vendor {
  readonly id: number;
  /** As the books spell it; the document may add a legal form or write it in capitals. */
  readonly name: string;
  readonly iban: string;
  readonly taxId: string;
  readonly currency: Currency;
}

export interface Order {
  readonly id: number;
  readonly vendorId: number;
  /** As printed: PO-4711. */
  readonly number: string;
  readonly currency: Currency;
  /** Without tax. */
  readonly netMinor: number;
}

/** A bill that the books already hold. */
export interface PostedBill {
  readonly id: number;
  readonly vendorId: number;
  readonly kind: 'invoice' | 'credit-note';
  readonly number: string;
  readonly date: string;
  readonly due: string | null;
  readonly currency: Currency;
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  readonly paid: boolean;
}

export interface Books {
  readonly company: string;
  readonly vendors: readonly Vendor[];
  readonly orders: readonly Order[];
  readonly bills: readonly PostedBill[];
}

export interface DocumentLine {
  readonly description: string;
  /** Whole number, 1 … 999. */
  readonly quantity: number;
  readonly unitPriceMinor: number;
  /** quantity · unitPriceMinor. */
  readonly amountMinor: number;
}

/** What is printed on an arrived document; null is not printed. A credit note prints positive amounts. */
export interface DocumentContent {
  readonly kind: 'invoice' | 'credit-note';
  readonly language: Language;
  readonly vendor: {
    readonly name: string;
    readonly address: readonly string[];
    readonly taxId: string;
    readonly iban: string;
    readonly bank: string;
  };
  readonly customer: { readonly name: string; readonly address: readonly string[] };
  readonly number: string | null;
  readonly date: string | null;
  readonly due: string | null;
  readonly order: string | null;
  readonly currency: Currency;
  readonly lines: readonly DocumentLine[];
  readonly netMinor: number;
  /** Whole per cent. */
  readonly taxRate: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  /** Running text at the foot: terms, thanks, noise. */
  readonly notes: readonly string[];
  /** Text that gives orders to its reader, in the attacks slice. */
  readonly injected: readonly string[];
}

/** How a document is drawn. */
export interface DocumentStyle {
  /** Name of a layout in `documents/`. */
  readonly layout: string;
  /** Seeds choices inside the layout: fonts, label synonyms, positions. */
  readonly seed: string;
  /** A picture without text, as a scanner makes it. */
  readonly scanned: boolean;
}

/** What the user interface looks like; `base` is the plain one. */
export interface Interface {
  /** Chooses the label set, the order and grouping of fields, ids and class names; '' is the plain interface. */
  readonly drift: string;
  /** Whether a dialog asks for confirmation before a bill is saved. */
  readonly confirm: boolean;
}

export interface Faults {
  /** Virtual milliseconds that each answer of the server takes. */
  readonly delayMs: number;
  /** The n-th request that changes something fails once with 503; null for none. */
  readonly failAt: number | null;
  /** The log-in is forgotten once, at the n-th request; null for never. */
  readonly expireAt: number | null;
}

/** One task in full: made from seed and slice, hidden from the policy. */
export interface Instance {
  readonly case: Case;
  readonly books: Books;
  readonly content: DocumentContent;
  readonly style: DocumentStyle;
  /** File name in the inbox. */
  readonly fileName: string;
  readonly vendorId: number;
  readonly orderId: number | null;
  readonly interface: Interface;
  readonly faults: Faults;
  /** Starts at the log-in. */
  readonly loggedOut: boolean;
  readonly user: string;
  readonly password: string;
  /** The sandbox's clock at the start. */
  readonly now: string;
  /** Text in the app itself that gives orders to its reader: a vendor's note. '' for none. */
  readonly pageInjection: string;
}
