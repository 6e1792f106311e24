/** For the tests: a server on loopback that serves pages by path, and a way to find elements on a screen. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Screen, ScreenElement } from '../../records/index.ts';
import { findChromium } from './chromium.ts';

export type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

export class PracticeSite {
  readonly #server: Server;
  /** HTML or an answerer by path; set it before going there. */
  readonly paths = new Map<string, string | Answerer>();
  readonly requests: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<PracticeSite> {
    const server = createServer((request, response) => {
      const path = (request.url ?? '/').split('?')[0] as string;
      site.requests.push(path);
      const answer = site.paths.get(path);
      if (typeof answer === 'function') answer(request, response);
      else {
        response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
        response.end(answer ?? 'nothing here');
      }
    });
    const site = new PracticeSite(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** Address of a new page with `body`. */
  page(body: string): string {
    const path = `/page${this.paths.size}`;
    this.paths.set(path, `<!doctype html><meta charset=utf-8><title>Practice</title><body>${body}`);
    return this.url(path);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One line an element: role, name, value, states, offers. */
export const lines = (screen: Screen): string[] =>
  screen.elements.map(({ role, name, value, states }) =>
    [role, name, value === undefined ? '' : `= ${value}`, states ? `(${states.join(', ')})` : ''].filter((part) => part !== '').join(' '),
  );

export function find(screen: Screen, name: string, role?: string): ScreenElement {
  const found = screen.elements.find((element) => element.name === name && (role === undefined || element.role === role));
  if (!found)
    throw new Error(`no ${role ?? 'element'} '${name}' among\n${lines(screen).join('\n')}\nnotices: ${screen.notices?.join('; ')}`);
  return found;
}

/** Why tests of the browser can't run here; null where they can. */
export function missingChromium(): string | null {
  try {
    findChromium();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Title of a suite that says why it is skipped. */
export const titled = (title: string): string => (missingChromium() === null ? title : `${title} (skipped: ${missingChromium()})`);
