/** The accounting app of the invoices gym: start it, reset it, look into its books. */
export { InvoicesApp } from './app.ts';
export { LABELS, type LabelKind, type Labels } from './labels.ts';
export { type Block, type FieldName, type Look, lookOf } from './look.ts';
export type { AppState, Arrival } from './state.ts';
