/** Amounts as people type them here (`1234.56`) and as the books hold them (integer minor units, two decimals). No other notation is read. */

const AMOUNT = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/;

/** Minor units; null for what is no amount. */
export function parseAmount(text: string): number | null {
  const match = AMOUNT.exec(text.trim());
  if (!match) return null;
  const minor = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' ? 0 - minor : minor;
}

export function formatAmount(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Without blanks, in capitals: how IBANs are compared and stored. */
export function plainIban(text: string): string {
  return text.replace(/\s+/g, '').toUpperCase();
}
