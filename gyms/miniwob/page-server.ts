/**
 * Serves the files below one folder on the loopback interface, to this machine's browsers only.
 *
 * Pages get an http origin of their own, so that frames of one checkout reach each other, and no page can read a file outside it, as one opened
 * from file:// may try. Invariant: nothing outside the folder is ever read, by `..`, by encoding or by link.
 */
import { readFile, realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, sep } from 'node:path';
import { GymError } from '../../src/gym/index.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

export interface PageServer {
  /** Without a slash at its end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Throws `GymError` where no port can be had. */
export async function servePages(folder: string): Promise<PageServer> {
  const root = await realpath(folder);
  const server = createServer((request, response) => {
    const refuse = (status: number): void => void response.writeHead(status).end();
    // A name that was made to point here is no way in.
    if (request.headers.host !== `127.0.0.1:${(server.address() as AddressInfo | null)?.port}`) return refuse(421);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    findFile(root, request.url ?? '/')
      .then(async (path) => {
        if (path === null) return refuse(404);
        const bytes = await readFile(path);
        response.writeHead(200, {
          'content-type': TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
          'content-length': bytes.byteLength,
          'x-content-type-options': 'nosniff',
        });
        response.end(request.method === 'HEAD' ? undefined : bytes);
      })
      .catch(() => refuse(404));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new GymError({ operation: 'serve pages', got: cause.message, expected: 'a free port on 127.0.0.1', cause })),
    );
    server.listen(0, '127.0.0.1', resolve);
  });
  // What is left open at the end of a program must not keep it alive.
  server.unref();
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The file that a request means, or null: it must lie below `root` after every link is followed, and none of its names may begin with a dot. */
async function findFile(root: string, url: string): Promise<string | null> {
  const path = decodeURIComponent(url.split(/[?#]/)[0] as string);
  if (path.includes('\0') || path.split(/[\\/]/).some((name) => name.startsWith('.'))) return null;
  const real = await realpath(join(root, path));
  return real.startsWith(root + sep) ? real : null;
}
