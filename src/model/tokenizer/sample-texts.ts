/** Texts for the tests of this folder: a small corpus to train on, several languages, and arbitrary strings. */
import * as fc from 'fast-check';

/** Special tokens with a shared beginning, as references have, and one that begins another. */
export const SPECIALS: readonly string[] = ['<|pad|>', '<|act|>', '<|act|><', '⟨1⟩', '⟨12⟩', '<|page-up|>'];

const documents: readonly string[] = [
  'Invoice 2024-0117\nBill to: Harbour & Sons Ltd.\nDue date: 17 February 2024\n\n  Item        Quantity   Price\n  Paper A4    12         4.90\n',
  'textbox "First name" value ""\ntextbox "Last name" value ""\nbutton "Save"\nbutton "Cancel"\nlink "Back to the list of invoices"\n',
  'The total is the sum of the items; the total with tax is the total times 1.19. The amount paid is less than the total.\n',
  'Rechnung Nr. 2024-118\nFällig am 3. März 2024\nGesamtbetrag: 1.204,50 €\nBitte überweisen Sie den Gesamtbetrag.\n',
  'combobox "Country" value "Österreich"\noption "Österreich"\noption "Schweiz"\noption "Côte d’Ivoire"\noption "日本"\n',
];

/** Each document twice, so that enough pairs recur for some hundred merges. */
export const CORPUS: readonly string[] = [...documents, ...documents];

export const MULTILINGUAL: readonly string[] = [
  ...documents,
  'Ünïcödé façade, naïve — “quoted” ‘single’ … №5 ½ ²³ ªº µm × ÷ ±',
  'Счёт № 42 от 1 марта: итого 1 204,50 ₽',
  '請求書番号：２０２４－１１８、合計 ¥12,345。「支払期限」は三月三日です。',
  'فاتورة رقم ١٢٣ بتاريخ ٣ مارس',
  'हिन्दी में चालान संख्या १२३',
  'e\u0301 vs é, Å vs A\u030a, ﬁ ligature, ﷺ',
  '👩‍👩‍👧‍👦 🏳️‍🌈 🇦🇹 👍🏽 text😀text 😀 1😀2',
  'tab\there\r\nnext \u0085 line \u00a0 nbsp \u2028 sep \u3000 wide \ufeff bom \u200b zero',
  '\ufefffirst',
  '   leading and trailing   ',
  '\n\n\n  \n \t\t x\n',
  '\u0000\u0001\u001b[31mred\u001b[0m\u007f',
  'https://example.org/a?b=c&d=%20#e user@example.org C:\\dir\\file.txt $1,234.56 (12%) {"k": [1, 2]}',
  'letters that later Unicode versions added: \u088f \u0c5c \ua7ce \u{323b0} \u{11de0}',
  'a'.repeat(100),
  ' '.repeat(99),
  '-'.repeat(77),
  'the total is'.replaceAll(' ', '').repeat(20),
];

/** Well-formed strings of every kind: any code points, and parts that meet a rule of the tokenizer. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...SPECIALS, '<|', '|>', '⟨', '⟩', '<|act|', 'Ġ', 'Ċ', 'total', 'Gesamtbetrag', ' the', "'s", '__proto__'),
        fc.constantFrom(' ', '  ', '\n', '\r\n', '\t', '\u0085', '\u00a0', '\u2028', '\u3000', '\ufeff', '\u200b', '\u0000', '\u001f'),
        fc.constantFrom(
          '0',
          '7',
          '42',
          '1.204,50',
          '²',
          '٣',
          '２',
          '½',
          '€',
          '№',
          'ª',
          '😀',
          '👍🏽',
          'é',
          'e\u0301',
          '\ufffd',
          '\u{10ffff}',
        ),
        fc.string({ unit: 'binary', maxLength: 5 }),
        fc.string({ maxLength: 80 }),
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
);
