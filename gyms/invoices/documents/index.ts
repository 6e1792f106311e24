/** Documents of the invoices gym: the words they are made of, their labels and formats, and how they are drawn as PDF. */
export { drawDocument } from './draw.ts';
export { LAYOUTS, type Layout, type Producer } from './layouts.ts';
export { LABEL_KEYS, type LabelKey, LEXICON, labels } from './lexicon.ts';
export {
  address,
  companyName,
  IBAN_COUNTRIES,
  iban,
  injection,
  isIban,
  itemDescription,
  legalForm,
  note,
  vendorName,
  WORD_LISTS,
  type WordSplit,
} from './words.ts';
