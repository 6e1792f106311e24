import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../base/index.ts';
import { GymError, InfrastructureError } from '../errors.ts';
import { Browser } from './browser.ts';
import { BrowserPool } from './browser-pool.ts';
import { findChromium } from './chromium.ts';
import { find, lines, missingChromium, PracticeSite, titled } from './practice-site.ts';

/** Processes of the group that `pid` leads, and the profile folder of the browser. */
function traces(pid: number): { readonly pids: number[]; readonly profile: string } {
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  const pids = execFileSync('ps', ['-eo', 'pid=,pgid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, group]) => group === pid)
    .map(([each]) => each as number);
  return { pids, profile: /--user-data-dir=([^\0]+)/.exec(command)?.[1] ?? '' };
}

/** Zombies hold nothing any more. */
const lives = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

async function until(holds: () => boolean, ms = 4000): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) if (holds()) return true;
  return holds();
}

const isLinux = process.platform === 'linux';

describe.skipIf(missingChromium() !== null)(titled('browsers and pages, from start to end'), () => {
  let site: PracticeSite;
  beforeAll(async () => {
    site = await PracticeSite.start();
  });
  afterAll(async () => {
    await site?.stop();
  });

  it.skipIf(!isLinux)('leaves no process and no profile behind, closed or killed', async () => {
    for (const end of ['close', 'kill'] as const) {
      const browser = await Browser.launch();
      const page = await browser.openPage({});
      await page.goto(site.page('<p>Here</p>'));
      const { pids, profile } = traces(browser.pid);
      expect(pids.length).toBeGreaterThan(2);
      expect(existsSync(profile)).toBe(true);
      if (end === 'close') await browser.close();
      else {
        process.kill(browser.pid, 'SIGKILL');
        await expect(page.look()).rejects.toThrow(InfrastructureError);
        expect(browser.alive).toBe(false);
        await browser.close();
      }
      expect(await until(() => !pids.some(lives) && !existsSync(profile))).toBe(true);
    }
  });

  it('replaces a hung or crashed browser of the pool, at the cost of one episode', async () => {
    const pool = new BrowserPool({ browsers: 1, clock: { now: '2026-03-01T09:00:00Z' }, settleTimeoutMs: 300, hangTimeoutMs: 600 });
    try {
      let page = await pool.acquire();
      await page.reset(site.page('<button onclick="for (;;);">Hang</button>'));
      const first = pool.pids[0];
      const hang = find(await page.look(), 'Hang').key;
      await expect(page.perform({ kind: 'click', key: hang })).rejects.toThrow(/no answer within 600 ms/);
      pool.release(page);
      page = await pool.acquire();
      await page.reset(site.page('<p>Fresh</p>'));
      expect(lines(await page.look())).toEqual(['Fresh']);
      expect(pool.pids[0]).not.toBe(first);
      process.kill(pool.pids[0] as number, 'SIGKILL');
      await expect(page.reset(site.url('/'))).rejects.toThrow(InfrastructureError);
      pool.release(page);
      page = await pool.acquire();
      await page.reset(site.page('<p>Again</p>'));
      let isServed = false;
      const waiting = pool.acquire().then((next) => {
        isServed = true;
        return next;
      });
      await new Promise((done) => setTimeout(done, 20));
      expect(isServed).toBe(false);
      pool.release(page);
      pool.release(await waiting);
    } finally {
      await pool.close();
    }
    await expect(pool.acquire()).rejects.toThrow(/closed pool/);
  });

  it('resets to nothing within the same process', async () => {
    const browser = await Browser.launch();
    try {
      const page = await browser.openPage({ clock: { now: '2026-03-01T09:00:00Z' } });
      const url =
        site.page(`<p id=p></p><input aria-label=Name><script>p.textContent = [document.cookie, localStorage.length, sessionStorage.length, name].join('|');
        document.cookie = 'a=1'; localStorage.a = 1; sessionStorage.a = 1; window.name = 'kept'; onbeforeunload = (e) => e.preventDefault();</script>`);
      const times: number[] = [];
      for (let i = 0; i < 6; i++) {
        const before = performance.now();
        await page.reset(url);
        times.push(performance.now() - before);
        const screen = await page.look();
        expect(screen.elements.map(({ key, name }) => [key, name])).toEqual([
          ['e1', '|0|0|'],
          ['e2', 'Name'],
        ]);
        await page.perform({ kind: 'fill', key: 'e2', text: 'x' });
        await page.evaluate('setTimeout(() => alert("left open"), 100)');
        expect((await page.perform({ kind: 'wait' })).elements[0]?.role).toBe('dialog');
      }
      console.log(`reset: median ${times.sort((a, b) => a - b)[3]?.toFixed(1)} ms`);
    } finally {
      await browser.close();
    }
  });

  it('saves and loads a page exactly, in another browser too, and refuses what it can not restore', async () => {
    const body = `<label>Name <input></label><label><input type=checkbox> Paid</label><label>Currency <select><option>EUR<option>USD</select></label><label>Note <textarea></textarea></label>
      <div contenteditable aria-label=Free></div><button onclick="localStorage.n = 5; extra.textContent = 'n ' + localStorage.n">Store</button><button onclick="count.textContent = 'clicked'">Count</button>
      <p id=extra></p><p id=count></p><p id=at></p><script>if (localStorage.n) extra.textContent = 'n ' + localStorage.n; at.textContent = 'cookie ' + document.cookie;
      document.cookie = 'seen=1'; onload = () => setTimeout(() => { at.textContent += ' ' + Date.now(); }, 0)</script>`;
    const [one, two] = await Promise.all([Browser.launch(), Browser.launch()]);
    try {
      const options = { clock: { now: '2026-03-01T09:00:00Z' } };
      const [page, other] = await Promise.all([one.openPage(options), two.openPage(options)]);
      const url = site.page(
        body.replace(" at.textContent += ' ' + Date.now(); ", '').replace("at.textContent = 'cookie ' + document.cookie;", ''),
      );
      await page.reset(url);
      let screen = await page.look();
      const key = (name: string) => find(screen, name).key;
      await page.perform({ kind: 'fill', key: key('Name'), text: 'Acme' });
      await page.perform({ kind: 'click', key: key('Paid') });
      await page.perform({ kind: 'select', key: key('Currency'), option: { text: 'USD' } });
      await page.perform({ kind: 'fill', key: key('Note'), text: 'a\nb' });
      await page.perform({ kind: 'fill', key: key('Free'), text: 'free' });
      screen = await page.perform({ kind: 'click', key: key('Store') });
      const saved = JSON.parse(JSON.stringify(await page.save())) as unknown;
      await other.load(saved);
      expect(await other.look()).toEqual(screen);
      expect(other.elapsedSeconds()).toBe(page.elapsedSeconds());
      expect(await other.evaluate('document.cookie')).toBe('seen=1');
      // What a script holds in the document alone is lost, and that is said.
      await page.perform({ kind: 'click', key: key('Count') });
      const lost = await page.save();
      await expect(page.load(lost)).rejects.toThrow(GymError);
      await expect(page.load({})).rejects.toThrow(GymError);
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });

  it('fills and clicks fast', async () => {
    const launched = performance.now();
    const browser = await Browser.launch();
    const launchMs = performance.now() - launched;
    try {
      const page = await browser.openPage({ clock: { now: '2026-03-01T09:00:00Z' } });
      await page.goto(
        site.page(Array.from({ length: 20 }, (_, i) => `<label>Field ${i} <input></label><button>Do ${i}</button>`).join('')),
      );
      const screen = await page.look();
      const rate = async (command: (i: number) => Parameters<typeof page.perform>[0]) => {
        for (let i = 0; i < 30; i++) await page.perform(command(i));
        const before = performance.now();
        for (let i = 0; i < 150; i++) await page.perform(command(i));
        return 150_000 / (performance.now() - before);
      };
      const fills = await rate((i) => ({ kind: 'fill', key: find(screen, `Field ${i % 20}`).key, text: `v${i}` }));
      const clicks = await rate((i) => ({ kind: 'click', key: find(screen, `Do ${i % 20}`).key }));
      console.log(`launch ${launchMs.toFixed(0)} ms, ${fills.toFixed(0)} fills/s, ${clicks.toFixed(0)} clicks/s`);
      expect(Math.min(fills, clicks)).toBeGreaterThan(30);
    } finally {
      await browser.close();
    }
  });

  it('leaves nothing of its own in the page that scripts could read', async () => {
    const browser = await Browser.launch();
    try {
      const page = await browser.openPage({ clock: { now: '2026-03-01T09:00:00Z' } });
      await page.goto(site.page('<p>x</p>'));
      expect(await page.evaluate(`Object.getOwnPropertyNames(window).filter((name) => /journeyman|^k[0-9a-f]{24}/.test(name))`)).toEqual(
        [],
      );
      expect(await page.evaluate<string>('document.documentElement.outerHTML + name')).not.toMatch(/journeyman|k[0-9a-f]{24}/);
    } finally {
      await browser.close();
    }
  });
});

it('says how to get a browser where there is none', () => {
  const before = process.env.JOURNEYMAN_CHROMIUM;
  process.env.JOURNEYMAN_CHROMIUM = '/nowhere/chromium';
  try {
    expect(() => findChromium()).toThrow(ConfigError);
    expect(() => findChromium()).toThrow(/apt-get install chromium/);
  } finally {
    if (before === undefined) delete process.env.JOURNEYMAN_CHROMIUM;
    else process.env.JOURNEYMAN_CHROMIUM = before;
  }
  expect(readdirSync(new URL('./page/', import.meta.url)).length).toBeGreaterThan(5);
});
