/** A form with a document beside it, small enough to check by hand: what stands in the document is to be entered and saved. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GymManifest, World } from '../../records/index.ts';
import { type BrowserPage, BrowserPool } from '../browser/index.ts';
import { type DefinedGym, defineGym } from '../define-gym.ts';

export const PIN = 'kestrel-77';

const PAGE = `<!doctype html><meta charset="utf-8"><title>Desk</title>
<main style="display:flex;gap:40px">
<section id="document"><h2>Invoice</h2>
<p id="vendor-line">Lumen AG</p><p>Fällig</p><p id="due-line">12. März 2026</p>
<p>Netto</p><p id="net-line">1.037,45</p><p>Total</p><p id="total-line">1.234,56</p><p>Zu zahlen</p><p id="pay-line">1.234,56</p></section>
<form id="form" style="display:grid">
<label>Vendor <input id="vendor"></label><label>Due <input id="due"></label><label>Total <input id="total"></label>
<label>Currency <select id="currency"><option></option><option>EUR</option><option>USD</option></select></label>
<label><input type="checkbox" id="checked"> Checked</label><label>PIN <input type="password" id="pin"></label>
<button id="save">Save</button><p id="message"></p></form></main>
<script>
window.saved = null;
document.getElementById('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const value = (id) => document.getElementById(id).value;
  if (location.search === '?asks' && !confirm('Really save?')) return;
  window.saved = { vendor: value('vendor'), due: value('due'), total: value('total'), currency: value('currency'), checked: document.getElementById('checked').checked, pin: value('pin') };
  // The answer takes a moment, as a server's would.
  setTimeout(() => { document.getElementById('message').textContent = 'Saved'; }, 200);
});
</script>`;

const WANTED = { vendor: 'Lumen AG', due: '2026-03-12', total: '1234.56', currency: 'EUR', checked: true, pin: PIN };

export interface DeskOptions {
  readonly actions?: GymManifest['actions'];
  /** A dialog of the browser asks before it is saved. */
  readonly asks?: boolean;
}

export class Desk {
  readonly #pool = new BrowserPool({ clock: { now: '2026-02-01T08:00:00Z' }, browsers: 1 });
  #server: Server | null = null;

  gym({ actions = STRICT, asks = false }: DeskOptions = {}): DefinedGym<null> {
    return defineGym<null>({
      manifest: {
        name: 'desk',
        version: '1',
        description: 'Enter the invoice and save it.',
        actions,
        limits: { steps: 30, seconds: 300 },
        invariants: {},
        slices: { base: { description: 'plain' } },
      },
      generate: () => null,
      goal: () => [{ text: 'Enter the invoice, sign with ' }, { text: 'the PIN', key: 'pin', secret: true }],
      open: async () => {
        const page = await this.#pool.acquire();
        await page.reset(`${await this.#origin()}/${asks ? '?asks' : ''}`);
        return deskWorld(page, () => this.#pool.release(page));
      },
    });
  }

  async close(): Promise<void> {
    await this.#pool.close();
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  async #origin(): Promise<string> {
    if (!this.#server) {
      const server = createServer((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      this.#server = server;
    }
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}

/** No text of one's own. */
export const STRICT: GymManifest['actions'] = {
  click: 'reversible',
  fill: 'reversible',
  clear: 'reversible',
  select: 'reversible',
  press: 'reversible',
  wait: 'read',
  ask: 'read',
  done: 'read',
};

function deskWorld(page: BrowserPage, release: () => void): World & { readonly browserPage: BrowserPage } {
  return {
    browserPage: page,
    secrets: { pin: PIN },
    look: () => page.look(),
    perform: (command) => page.perform(command),
    elapsedSeconds: () => page.elapsedSeconds(),
    close: async () => release(),
    async score() {
      const saved = JSON.parse(await page.evaluate<string>('JSON.stringify(window.saved)')) as Readonly<Record<string, unknown>> | null;
      const wrong = Object.entries(WANTED).filter(([name, value]) => saved?.[name] !== value);
      const reasons = saved ? wrong.map(([name]) => `${name} is wrong`) : ['nothing was saved'];
      return { success: wrong.length === 0, credit: wrong.length === 0 ? 1 : 0, broken: [], reasons };
    },
  };
}
