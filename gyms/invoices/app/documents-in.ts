/** Documents on their way in: drawn when they are first asked for, or uploaded by a person. All end in the database. */
import type { Episode } from './episode.ts';
import type { Store } from './store.ts';

export const MAX_UPLOAD_BYTES = 10 * 1024 * 1024;

/** The PDF of an arrival; null where there is none. */
export async function documentOf(episode: Episode, id: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const { store, state } = episode;
  const stored = store.get('SELECT pdf FROM arrivals WHERE id = ?', id)?.pdf;
  if (stored instanceof Uint8Array) return stored as Uint8Array<ArrayBuffer>;
  const given = state.arrivals[id - 1];
  if (!given) return null;
  const bytes = typeof given.bytes === 'function' ? await given.bytes() : given.bytes;
  // A reset may have come in between; then these bytes belong to nobody.
  if (store.given === state) store.run('UPDATE arrivals SET pdf = ? WHERE id = ?', bytes, id);
  return new Uint8Array(bytes);
}

export type Upload =
  | { readonly ok: true; readonly name: string; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly message: string; readonly code: 400 | 413 };

/** Looks at a file of a submitted form. */
export async function readUpload(file: File | string | null): Promise<Upload> {
  if (!(file instanceof File) || file.size === 0) return { ok: false, message: 'Choose a PDF file', code: 400 };
  if (file.size > MAX_UPLOAD_BYTES) return { ok: false, message: 'Only files up to 10 MB', code: 413 };
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== '%PDF') return { ok: false, message: 'Only PDF files', code: 400 };
  // The name is shown, never used as a path.
  return { ok: true, name: (file.name.split(/[/\\]/).at(-1) ?? '').slice(0, 120) || 'document.pdf', bytes };
}

/** Puts a file into the inbox. `now` is an ISO 8601 day or time. Returns the arrival's id. */
export function addUpload(store: Store, upload: Extract<Upload, { ok: true }>, now: string): number {
  const sql = 'INSERT INTO arrivals (file_name, received, pdf) VALUES (?, ?, ?)';
  return store.run(sql, upload.name, now.slice(0, 10), upload.bytes);
}
