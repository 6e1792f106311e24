import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { expect, it } from 'vitest';
import { Browser } from './browser.ts';
import { find, lines, missingChromium, PracticeSite, titled } from './practice-site.ts';

const require = createRequire(import.meta.url);

function makePdf(): Promise<Buffer> {
  return new Promise((resolve) => {
    const document = new PDFDocument({ size: 'A4', margin: 50 });
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.fontSize(18).text('Invoice 2026-017', 50, 50);
    document.fontSize(10);
    for (const [i, line] of ['Item|Quantity|Amount', 'Hexagon nuts, M8|200|18,00', 'Threaded rod 1 m|12|54,20', 'Total||72,20'].entries())
      for (const [column, text] of line.split('|').entries()) document.text(text, 50 + column * 170, 120 + i * 18, { lineBreak: false });
    document.end();
  });
}

it.skipIf(missingChromium() !== null)(titled('reads what PDF.js shows, with its worker, under the virtual clock'), async () => {
  const pdf = await makePdf();
  const site = await PracticeSite.start();
  for (const name of ['pdf.min.mjs', 'pdf.worker.min.mjs'])
    site.paths.set(`/${name}`, (_, response) =>
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(require.resolve(`pdfjs-dist/build/${name}`))),
    );
  site.paths.set('/a.pdf', (_, response) => response.writeHead(200, { 'content-type': 'application/pdf' }).end(pdf));
  const browser = await Browser.launch();
  try {
    const page = await browser.openPage({ clock: { now: '2026-03-01T09:00:00Z' } });
    await page.goto(
      site.page(`<style>.textLayer{--scale-round-x:1px;--scale-round-y:1px;position:absolute;top:100px;left:0;line-height:1}.textLayer span{position:absolute;white-space:pre;transform-origin:0 0;
          font-size:calc(var(--total-scale-factor) * var(--font-height));transform:scaleX(var(--scale-x,1))}</style>
        <button id=b>Show</button><div id=viewer></div><script type=module>
        b.onclick = async () => {
          viewer.setAttribute('aria-busy', 'true');
          const pdfjs = await import('/pdf.min.mjs');
          pdfjs.GlobalWorkerOptions.workerSrc = '/pdf.worker.min.mjs';
          const pdf = await pdfjs.getDocument({ url: '/a.pdf' }).promise;
          const first = await pdf.getPage(1);
          const viewport = first.getViewport({ scale: 1 });
          const canvas = document.createElement('canvas');
          await first.render({ canvas, viewport }).promise;
          const layer = document.createElement('div');
          layer.className = 'textLayer';
          layer.style.setProperty('--total-scale-factor', 1);
          viewer.append(canvas, layer);
          await new pdfjs.TextLayer({ textContentSource: first.streamTextContent(), container: layer, viewport }).render();
          viewer.setAttribute('aria-busy', 'false');
        };</script>`),
    );
    const before = performance.now();
    const screen = await page.perform({ kind: 'click', key: find(await page.look(), 'Show').key });
    console.log(`PDF.js shown after ${(performance.now() - before).toFixed(0)} ms`);
    expect(screen.notices).toBeUndefined();
    expect(lines(screen)).toEqual([
      'button Show',
      'Invoice 2026-017',
      'Item',
      'Quantity',
      'Amount',
      'Hexagon nuts, M8',
      '200',
      '18,00',
      'Threaded rod 1 m',
      '12',
      '54,20',
      'Total',
      '72,20',
    ]);
    expect(screen.elements.filter(({ row }) => row).map(({ name }) => name)).toEqual([
      'Invoice 2026-017',
      'Item',
      'Hexagon nuts, M8',
      'Threaded rod 1 m',
      'Total',
    ]);
  } finally {
    await browser.close();
    await site.stop();
  }
});
