/**
 * What each field, button, column and message of the app is called: the plain word, and the synonyms that a drifted interface draws from.
 *
 * Synonyms for training and for the exam share nothing, neither with each other nor, for the exam, with the plain words. `{amount}` stands for a number.
 */

export interface Labels {
  readonly kind: string;
  readonly plain: string;
  readonly train: readonly string[];
  readonly exam: readonly string[];
}

const TABLE = {
  'field.type': ['Document type', ['Type', 'Kind of document', 'Voucher type'], ['Category', 'Document class']],
  'field.vendor': ['Vendor', ['Supplier', 'Creditor', 'Payee'], ['Billed by', 'Seller']],
  'field.number': ['Number', ['Invoice no.', 'Document number', 'Bill number'], ['Reference', 'Serial no.']],
  'field.date': ['Date', ['Invoice date', 'Document date', 'Dated'], ['Issued on', 'Day of issue']],
  'field.due': ['Due date', ['Due', 'Payable by', 'Payment due'], ['Pay until', 'Deadline']],
  'field.currency': ['Currency', ['Currency code', 'Money unit'], ['Billed in', 'Denomination']],
  'field.order': ['Order', ['Purchase order', 'PO', 'Order number'], ['Commission', 'Based on order']],
  'field.iban': ['IBAN', ['Bank account', 'Account (IBAN)', 'Pay to account'], ['Remit to', 'Bank details']],
  'field.net': ['Net', ['Subtotal', 'Net amount', 'Before tax'], ['Sum of lines', 'Untaxed']],
  'field.tax': ['Tax', ['VAT', 'Tax amount', 'Sales tax'], ['Value-added tax', 'Duty']],
  'field.total': ['Total', ['Grand total', 'Total amount', 'Amount due'], ['To be paid', 'Payable sum']],
  'line.description': ['Description', ['Item', 'Text', 'Article'], ['Particulars', 'Goods or service']],
  'line.quantity': ['Quantity', ['Qty', 'Units', 'Count'], ['How many', 'Pieces']],
  'line.price': ['Unit price', ['Price', 'Price each', 'Rate'], ['Per unit', 'Single price']],
  'line.amount': ['Amount', ['Line total', 'Line amount'], ['Line sum', 'Extended']],
  'group.document': ['Document', ['Header', 'General', 'Basic data'], ['Particulars of the paper', 'Heading']],
  'group.terms': ['Terms', ['Details', 'References', 'Conditions'], ['Arrangement', 'Context']],
  'group.lines': ['Lines', ['Items', 'Positions', 'Entries'], ['What was billed', 'Listing']],
  'group.sums': ['Sums', ['Amounts', 'Totals', 'Summary'], ['Figures', 'Bottom line']],
  'button.save': ['Save bill', ['Save', 'Post bill', 'Enter bill'], ['Book it', 'Record']],
  'button.reject': [
    'Reject duplicate',
    ['Reject as duplicate', 'Discard duplicate', 'Already entered'],
    ['Turn away: twice', 'Refuse copy'],
  ],
  'button.flag': ['Flag difference', ['Report difference', 'Flag mismatch', 'Amount differs'], ['Dispute sum', 'Mark deviation']],
  'button.yes': ['Yes', ['OK', 'Confirm'], ['Go ahead', 'Proceed']],
  'button.no': ['No', ['Cancel', 'Back'], ['Not yet', 'Stop']],
  'button.log-in': ['Log in', ['Sign in', 'Enter'], ['Continue', 'Open session']],
  'dialog.save': ['Save this bill?', ['Post this bill now?', 'Really save?'], ['Is all of it right?', 'Shall it be booked?']],
  'field.user': ['User', ['User name', 'Login'], ['Member', 'Who are you']],
  'field.password': ['Password', ['Pass phrase', 'Secret'], ['Passcode', 'Key word']],
  'option.invoice': ['Invoice', ['Supplier invoice', 'Bill'], ['Demand', 'Charge']],
  'option.credit-note': ['Credit note', ['Credit', 'Credit memo'], ['Refund note', 'Correction in our favour']],
  'option.none': ['none', ['no order', 'without order'], ['unordered', 'not applicable']],
  'status.saved': ['Bill saved', ['Bill posted', 'Saved'], ['Booked', 'Recorded']],
  'status.rejected': ['Rejected as duplicate', ['Duplicate rejected', 'Discarded'], ['Turned away', 'Refused']],
  'status.flagged': ['Difference flagged', ['Difference reported', 'Flagged'], ['Disputed', 'Deviation marked']],
  'check.number': [
    'Number already in the books',
    ['Number exists already', 'This number was entered before'],
    ['Known number', 'Number taken'],
  ],
  'check.iban': [
    'IBAN differs from the books',
    ['Bank account is not the one on file', 'IBAN was changed'],
    ['Unknown IBAN', 'Not the usual bank'],
  ],
  'check.order': [
    'Differs from order by {amount}',
    ['Order differs by {amount}', 'Difference to order: {amount}'],
    ['Off by {amount} against the order', 'Order deviation {amount}'],
  ],
  'check.total': [
    'Total does not add up',
    ['Sum is wrong', 'Net and tax do not make the total'],
    ['Check the addition', 'Figures disagree'],
  ],
  'column.file': ['File', ['File name', 'Scan'], ['Attachment', 'Paper']],
  'column.received': ['Received', ['Arrived', 'Received on'], ['Came in', 'Since']],
  'column.status': ['Status', ['State', 'Progress'], ['Stage', 'Standing']],
  'page.inbox': ['Inbox', ['Arrivals', 'Incoming'], ['To do', 'Tray']],
  'page.vendors': ['Vendors', ['Suppliers', 'Creditors'], ['Sellers', 'Trading partners']],
  'page.orders': ['Orders', ['Purchase orders', 'Order book'], ['Commissions', 'What we ordered']],
  'page.bills': ['Bills', ['Invoices', 'Vouchers'], ['Booked papers', 'Liabilities']],
  'page.payments': ['Payments', ['Paid bills', 'Transfers'], ['Outgoings', 'Money sent']],
} as const satisfies Readonly<Record<string, readonly [string, readonly string[], readonly string[]]>>;

export type LabelKind = keyof typeof TABLE;

export const LABEL_KINDS = Object.keys(TABLE) as readonly LabelKind[];

export const LABELS: readonly Labels[] = LABEL_KINDS.map((kind) => {
  const [plain, train, exam] = TABLE[kind];
  return { kind, plain, train, exam };
});

/** As `LABELS`, by kind. */
export function labelsOf(kind: LabelKind): Labels {
  const [plain, train, exam] = TABLE[kind];
  return { kind, plain, train, exam };
}
