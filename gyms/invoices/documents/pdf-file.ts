/**
 * A small PDF file from its objects: header, numbered objects, cross-reference table, trailer (ISO 32000-1, 7.5). No compression
 * of objects, no encryption, no dates: the same objects give the same bytes.
 */

/** An object's source, or a stream with the entries of its dictionary. */
export type PdfObject = string | { readonly entries: string; readonly bytes: Uint8Array };

/** `objects[0]` is object 1 and the catalogue. */
export function writePdf(objects: readonly PdfObject[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const offsets: number[] = [];
  let length = (parts[0] as Buffer).length;
  const push = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
  };
  for (const [i, object] of objects.entries()) {
    offsets.push(length);
    if (typeof object === 'string') {
      push(Buffer.from(`${i + 1} 0 obj\n${object}\nendobj\n`, 'latin1'));
      continue;
    }
    push(Buffer.from(`${i + 1} 0 obj\n<< ${object.entries} /Length ${object.bytes.length} >>\nstream\n`, 'latin1'));
    push(Buffer.from(object.bytes));
    push(Buffer.from('\nendstream\nendobj\n', 'latin1'));
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`;
  push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${trailer}`, 'latin1'));
  return new Uint8Array(Buffer.concat(parts));
}

/** Catalogue and page tree of pages whose own objects begin at `first`, `stride` apart. */
export function pageTree(count: number, first: number, stride: number): readonly [catalogue: string, pages: string] {
  const kids = Array.from({ length: count }, (_, i) => `${first + i * stride} 0 R`).join(' ');
  return ['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Count ${count} /Kids [${kids}] >>`];
}
