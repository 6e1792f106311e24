/**
 * The files that the browser loads: our own programs and PDF.js. Their path holds a hash of all of them, so that they may be cached for ever.
 *
 * Only what is listed here or lies in PDF.js's own data folders is served; a path is looked up, never joined from a request.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CLIENT = ['main.js', 'router.js', 'bill.js', 'viewer.js', 'busy.js', 'amounts.js', 'style.css'] as const;
const PDF = ['pdf.min.mjs', 'pdf.worker.min.mjs'] as const;
/** Fonts, character maps and decoders that some documents need. */
const DATA_FOLDERS = ['cmaps', 'standard_fonts', 'wasm', 'iccs'] as const;

export type Asset = `client/${(typeof CLIENT)[number]}` | `pdf/${(typeof PDF)[number]}`;

export interface AssetFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

const TYPES: readonly (readonly [string, string])[] = [
  ['.js', 'text/javascript; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.wasm', 'application/wasm'],
];

export class Assets {
  readonly #paths = new Map<string, string>();
  readonly #files = new Map<string, AssetFile>();
  readonly #hash: string;

  constructor() {
    const own = fileURLToPath(new URL('./client/', import.meta.url));
    const pdf = fileURLToPath(new URL('.', import.meta.resolve('pdfjs-dist/build/pdf.min.mjs')));
    for (const name of CLIENT) this.#paths.set(`client/${name}`, `${own}${name}`);
    for (const name of PDF) this.#paths.set(`pdf/${name}`, `${pdf}${name}`);
    const hash = createHash('sha256');
    for (const name of this.#paths.keys()) hash.update(name).update(this.file(name)?.bytes ?? '');
    this.#hash = hash.digest('hex').slice(0, 12);
    for (const folder of DATA_FOLDERS)
      for (const name of readdirSync(`${pdf}../${folder}`)) this.#paths.set(`pdf/${folder}/${name}`, `${pdf}../${folder}/${name}`);
  }

  /** Address of a file on the server. */
  url(name: Asset): string {
    return `/assets/${this.#hash}/${name}`;
  }

  /** The file behind `/assets/HASH/NAME`; null where there is none. Read once. */
  file(name: string, hash?: string): AssetFile | null {
    const path = this.#paths.get(name);
    if (path === undefined || (hash !== undefined && hash !== this.#hash)) return null;
    let file = this.#files.get(name);
    if (!file) {
      const type = TYPES.find(([ending]) => path.endsWith(ending))?.[1] ?? 'application/octet-stream';
      file = { bytes: new Uint8Array(readFileSync(path)), type };
      this.#files.set(name, file);
    }
    return file;
  }
}
