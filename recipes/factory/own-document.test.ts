import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_BOOKS, drawPlainDocument } from '../../gyms/invoices/app/demo.ts';
import type { Observation, Offer } from '../../src/records/index.ts';
import { openDocument, printEntries } from './own-document.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-document-'));
  const lines = ['Nordlicht Papier GmbH', 'Rechnung R-2026-017', 'Datum', '12.03.2026', 'Gesamt', '1.428,00'];
  writeFileSync(join(folder, 'own.pdf'), await drawPlainDocument([lines]));
  writeFileSync(join(folder, 'books.json'), JSON.stringify(DEMO_BOOKS));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = ({ targets }: Observation, name: string | RegExp, offer: Offer): number =>
  targets.find((target) => (typeof name === 'string' ? target.name === name : name.test(target.name)) && target.offers.includes(offer))
    ?.reference ?? -1;

describe('a document of one’s own', () => {
  it('is worked on in the app, and what was entered is kept with where it came from', { timeout: 60_000 }, async () => {
    const opened = await openDocument({ path: join(folder, 'own.pdf'), books: join(folder, 'books.json') });
    try {
      const session = await opened.gym.open(opened.task, { seed: 'l' });
      try {
        const inbox = await session.observe();
        const form = await session.act({ kind: 'click', target: at(inbox, 'own.pdf', 'click') });
        const entered = await session.act({
          kind: 'fill',
          target: at(form, 'Date', 'fill'),
          source: at(form, /12\.03\.2026/, 'copy'),
          as: 'date',
        });
        await session.act({
          kind: 'select',
          target: at(entered, 'Vendor', 'select'),
          source: at(entered, 'Nordlicht Papier GmbH', 'copy'),
        });
        expect((await session.score()).success).toBeNull();
        const found = opened.result();
        expect(found).toMatchObject({ bills: [], status: 'new' });
        expect(found.entries).toMatchObject([
          { field: 'Date', text: '2026-03-12', sourceText: expect.stringContaining('12.03.2026') },
          { field: 'Vendor', text: expect.stringContaining('Nordlicht Papier GmbH'), sourceText: expect.stringContaining('Nordlicht') },
        ]);
        expect(printEntries(found)).toMatch(/Date +2026-03-12 +«.*12\.03\.2026.*»/);
      } finally {
        await session.close();
      }
    } finally {
      await opened.close();
    }
  });

  it('is a PDF, and its books are books', async () => {
    await expect(openDocument({ path: join(folder, 'none.pdf') })).rejects.toThrow(/no such file, expected a PDF file/);
    await expect(openDocument({ path: join(folder, 'books.json') })).rejects.toThrow(/something else, expected a PDF file/);
    const books = join(folder, 'own.pdf');
    await expect(openDocument({ path: books, books })).rejects.toThrow(/read the books [\s\S]*company, vendors/);
  });
});
