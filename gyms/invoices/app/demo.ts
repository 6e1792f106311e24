/** A state of the app for people who want to look at it, and for its own tests: a few vendors, orders and bills, two small documents. */
import { PDFDocument, StandardFonts } from 'pdf-lib';
import type { Books } from '../types.ts';
import type { AppState } from './state.ts';

export const DEMO_BOOKS: Books = {
  company: 'Alder & Sons',
  vendors: [
    { id: 1, name: 'Nordlicht Papier GmbH', iban: 'DE89370400440532013000', taxId: 'DE811907980', currency: 'EUR' },
    { id: 2, name: 'Ferrero & Figli', iban: 'IT60X0542811101000000123456', taxId: 'IT00743110157', currency: 'EUR' },
    { id: 3, name: 'Brook <b>Tools</b> Ltd', iban: 'GB29NWBK60161331926819', taxId: 'GB980780684', currency: 'GBP' },
  ],
  orders: [
    { id: 1, vendorId: 1, number: 'PO-4711', currency: 'EUR', netMinor: 120000 },
    { id: 2, vendorId: 1, number: 'PO-4712', currency: 'EUR', netMinor: 30000 },
    { id: 3, vendorId: 2, number: 'PO-4713', currency: 'EUR', netMinor: 9950 },
  ],
  bills: [
    {
      id: 1,
      vendorId: 1,
      kind: 'invoice',
      number: 'R-2026-001',
      date: '2026-01-15',
      due: '2026-02-14',
      currency: 'EUR',
      netMinor: 50000,
      taxMinor: 9500,
      totalMinor: 59500,
      paid: true,
    },
    {
      id: 2,
      vendorId: 2,
      kind: 'invoice',
      number: 'F/88',
      date: '2026-02-01',
      due: null,
      currency: 'EUR',
      netMinor: 10000,
      taxMinor: 2200,
      totalMinor: 12200,
      paid: false,
    },
  ],
};

/** A small PDF: each text of a page on a line of its own; a page without texts is a picture (a grey box). */
export async function drawPlainDocument(pages: readonly (readonly string[])[]): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false });
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (const lines of pages) {
    const page = document.addPage([595, 842]);
    if (lines.length === 0) page.drawRectangle({ x: 60, y: 300, width: 400, height: 400 });
    lines.forEach((line, i) => {
      page.drawText(line, { x: 60, y: 770 - 24 * i, size: i === 0 ? 18 : 11, font });
    });
  }
  return document.save();
}

const INVOICE = [
  [
    'Nordlicht Papier GmbH',
    'Rechnung R-2026-017',
    'Datum 12.03.2026',
    'Bestellung PO-4711',
    'Kopierpapier A4   40   25,00   1.000,00',
    'Umschläge C5   10   20,00   200,00',
  ],
  ['Übertrag 1.200,00', 'Netto 1.200,00', 'USt. 19 %   228,00', 'Gesamt EUR 1.428,00', 'IBAN DE89 3704 0044 0532 0130 00'],
];

export const DEMO_STATE: AppState = {
  books: DEMO_BOOKS,
  arrivals: [
    { fileName: 'R-2026-017.pdf', received: '2026-03-14', bytes: () => drawPlainDocument(INVOICE) },
    { fileName: 'scan-0003.pdf', received: '2026-03-15', bytes: () => drawPlainDocument([[]]) },
  ],
  user: 'clerk',
  password: 'paper-clip',
  interface: { drift: '', confirm: false },
  faults: { delayMs: 0, failAt: null, expireAt: null },
  now: '2026-03-16',
  pageInjection: '',
  loggedOut: false,
};
