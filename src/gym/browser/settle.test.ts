import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './browser.ts';
import type { BrowserPage } from './browser-page.ts';
import { find, lines, missingChromium, PracticeSite, titled } from './practice-site.ts';

describe.skipIf(missingChromium() !== null)(titled('how a page settles, and its clock'), () => {
  let site: PracticeSite;
  let browser: Browser;
  let page: BrowserPage;

  beforeAll(async () => {
    site = await PracticeSite.start();
    site.paths.set('/slow', (request, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'x-seen': String(request.headers['x-virtual-clock']) });
        response.write('half ');
        setTimeout(() => response.end('whole'), 30);
      }, 30);
    });
    site.paths.set('/delayed', (_, response) => response.writeHead(200, { 'x-delay-ms': '1800' }).end('at last'));
    site.paths.set('/never', () => {});
    site.paths.set('/late.js', (_, response) => {
      setTimeout(() => response.writeHead(200, { 'content-type': 'text/javascript' }).end('document.body.append("script ran")'), 60);
    });
    browser = await Browser.launch();
    page = await browser.openPage({ clock: { now: '2026-03-01T09:00:00Z' }, settleTimeoutMs: 600 });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  const show = async (body: string) => {
    await page.reset(site.page(body));
    return page.look();
  };
  const click = async (name = 'Go') => page.perform({ kind: 'click', key: find(await page.look(), name).key });

  it('waits for fetch and its body, for requests and for scripts that are added', async () => {
    await show(`<button id=b>Go</button><p id=p></p><script>b.onclick = async () => {
      const answer = await fetch('/slow'); p.textContent = answer.headers.get('x-seen') + ' ' + await answer.text(); }</script>`);
    expect(lines(await click())).toEqual(['button Go', '1 half whole']);
    await show(`<button id=b>Go</button><p id=p></p><script>b.onclick = () => {
      const request = new XMLHttpRequest(); request.onload = () => { p.textContent = request.responseText; }; request.open('GET', '/slow'); request.send(); }</script>`);
    expect(lines(await click())).toEqual(['button Go', 'half whole']);
    await show(
      `<button id=b>Go</button><script>b.onclick = () => { const s = document.createElement('script'); s.src = '/late.js'; document.body.append(s); }</script>`,
    );
    expect(lines(await click())).toEqual(['button Go', 'script ran']);
  });

  it('runs timers of 500 virtual milliseconds at an action and of 2,000 at a wait, in order and without waiting', async () => {
    await show(`<button id=b>Go</button><p id=p></p><script>b.onclick = () => { const at = Date.now();
      for (const ms of [2600, 2400, 501, 499, 20]) setTimeout(() => { p.textContent += (Date.now() - at) + ' '; }, ms);
      let n = 0; const i = setInterval(() => { p.textContent += 'tick '; if (++n === 2) clearInterval(i); }, 100);
      requestAnimationFrame(() => { p.textContent += 'frame '; }); requestIdleCallback(() => { p.textContent += 'idle '; });
      clearTimeout(setTimeout(() => { p.textContent += 'never '; }, 5)); }</script>`);
    const before = performance.now();
    expect(lines(await click())).toEqual(['button Go', 'idle frame 20 tick tick 499']);
    expect(lines(await page.perform({ kind: 'wait' }))).toEqual(['button Go', 'idle frame 20 tick tick 499 501 2400']);
    expect(page.elapsedSeconds()).toBe(2.5);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('has one clock for dates and performance, which goes on over documents and starts anew at a reset', async () => {
    const next = site.page('<p id=p></p><script>p.textContent = new Date().toISOString() + " " + performance.now()</script>');
    await show(
      `<a href="${next}">Next</a><p id=p></p><script>p.textContent = new Date().toISOString() + ' ' + Date() .slice(0, 15) + ' ' + (new Date() instanceof Date) + new Date(2020, 1).getFullYear()</script>`,
    );
    expect(lines(await page.look())[1]).toBe('2026-03-01T09:00:00.000Z Sun Mar 01 2026 true2020');
    await page.perform({ kind: 'wait' });
    expect(lines(await click('Next'))).toEqual(['2026-03-01T09:00:02.000Z 0']);
    expect(page.elapsedSeconds()).toBe(2.5);
    await page.reset(next);
    expect(lines(await page.look())).toEqual(['2026-03-01T09:00:00.000Z 0']);
    expect(page.elapsedSeconds()).toBe(0);
    await page.reset(next, { now: '2027-01-01T00:00:00Z' });
    expect(lines(await page.look())).toEqual(['2027-01-01T00:00:00.000Z 0']);
    await page.reset(next, { now: '2026-03-01T09:00:00Z' });
  });

  it('delivers delayed answers on the virtual clock and does not wait for them', async () => {
    for (const ask of [
      `fetch('/delayed').then((r) => r.text()).then((t) => { p.textContent = t; })`,
      `(() => { const r = new XMLHttpRequest(); r.onload = () => { p.textContent = r.responseText; }; r.open('GET', '/delayed'); r.send(); })()`,
    ]) {
      await show(`<button id=b>Go</button><p id=p>waiting</p><script>b.onclick = () => { ${ask} }</script>`);
      const before = performance.now();
      expect(lines(await click())).toEqual(['button Go', 'waiting']);
      expect(lines(await page.perform({ kind: 'wait' }))).toEqual(['button Go', 'at last']);
      expect(performance.now() - before).toBeLessThan(1500);
    }
  });

  it('drives the clocks of frames together with its own', async () => {
    const inner = site.page('<p id=q>start</p><script>setTimeout(() => { q.textContent = "frame " + Date.now() % 100000; }, 300)</script>');
    await show(
      `<iframe src="${inner}"></iframe><p id=p></p><script>setTimeout(() => { p.textContent = 'page ' + Date.now() % 100000; }, 400)</script>`,
    );
    expect(lines(await page.perform({ kind: 'scroll', direction: 'up' }))).toEqual(['frame 300', 'page 400']);
  });

  it('counts what is busy as pending', async () => {
    await show(`<button id=b>Go</button><div id=v aria-busy=false>old</div><script>
      const worker = new Worker(URL.createObjectURL(new Blob(['onmessage = () => setTimeout(() => postMessage("new"), 80)'])));
      worker.onmessage = (e) => { v.textContent = e.data; v.setAttribute('aria-busy', 'false'); };
      b.onclick = () => { v.setAttribute('aria-busy', 'true'); worker.postMessage(1); };</script>`);
    expect(lines(await click())).toEqual(['button Go', 'new']);
  });

  it('goes with a navigation and looks at what it brings', async () => {
    site.paths.set('/form', (_, response) => {
      setTimeout(
        () =>
          response
            .writeHead(200, { 'content-type': 'text/html' })
            .end('<p>Posted</p><script>setTimeout(() => document.body.append("later"), 400)</script>'),
        40,
      );
    });
    await show('<form action=/form method=post><label>Name <input name=n></label><button>Send</button></form>');
    expect(lines(await click('Send'))).toEqual(['Posted', 'later']);
  });

  it('keeps the keys of what a new document shows again', async () => {
    site.paths.set('/again', '<!doctype html><form action=/again><label>Name <input></label><button>Send</button></form>');
    await page.reset(site.url('/again'));
    const first = await page.look();
    const second = await click('Send');
    expect(second.elements.map(({ key }) => key)).toEqual(first.elements.map(({ key }) => key));
  });

  it('gives up on what never settles, says so, and does not wait for it twice', async () => {
    await show(`<button id=b>Go</button><script>b.onclick = () => { fetch('/never'); }</script>`);
    expect((await click()).notices).toEqual(['the page has not settled']);
    expect((await page.perform({ kind: 'wait' })).notices).toBeUndefined();
    await show(`<button id=b>Go</button><p id=p></p><script>b.onclick = () => { const c = new MessageChannel(); let n = 0;
      c.port1.onmessage = () => { p.textContent = ++n; c.port2.postMessage(0); }; c.port2.postMessage(0); }</script>`);
    expect((await click()).notices).toEqual(['the page has not settled']);
    await show(
      `<button id=b>Go</button><p id=p>x</p><script>b.onclick = () => { const loop = () => setTimeout(loop, 0); loop(); setInterval(() => {}, 1); requestAnimationFrame(function f() { requestAnimationFrame(f); }); }</script>`,
    );
    expect((await click()).notices).toBeUndefined();
  });

  it('waits for short real timers where the clock is real', async () => {
    const real = await browser.openPage({});
    await real.goto(
      site.page(
        `<button id=b>Go</button><p id=p></p><script>b.onclick = () => setTimeout(() => { p.textContent = 'later'; setTimeout(() => { p.textContent = 'much later'; }, 60000); }, 120)</script>`,
      ),
    );
    const screen = await real.perform({ kind: 'click', key: find(await real.look(), 'Go').key });
    expect(lines(screen)).toEqual(['button Go', 'later']);
    expect(real.elapsedSeconds()).toBeGreaterThan(0.1);
    await real.close();
  });
});
