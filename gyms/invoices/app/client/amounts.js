/** Amounts as the server reads them: `1234.56`. Integer minor units. What the server reckons is what counts; this is for show. */
const AMOUNT = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/;

/**
 * @param {string} text
 * @returns {number | null}
 */
export function parseAmount(text) {
  const match = AMOUNT.exec(text.trim());
  if (!match) return null;
  const minor = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' ? 0 - minor : minor;
}

/** @param {number} minor */
export function formatAmount(minor) {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
