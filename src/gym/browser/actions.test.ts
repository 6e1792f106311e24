import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Screen } from '../../records/index.ts';
import { Browser } from './browser.ts';
import type { BrowserPage } from './browser-page.ts';
import { find, lines, missingChromium, PracticeSite, titled } from './practice-site.ts';

describe.skipIf(missingChromium() !== null)(titled('what an action does'), () => {
  let site: PracticeSite;
  let browser: Browser;
  let page: BrowserPage;
  const folder = mkdtempSync(join(tmpdir(), 'journeyman-uploads-'));

  beforeAll(async () => {
    writeFileSync(join(folder, 'scan.pdf'), 'a scan');
    site = await PracticeSite.start();
    browser = await Browser.launch();
    page = await browser.openPage({ clock: { now: '2026-03-01T09:00:00Z' }, uploadsFrom: folder });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const show = async (body: string) => {
    await page.reset(site.page(body));
    return page.look();
  };
  const fill = (screen: Screen, name: string, text: string) => page.perform({ kind: 'fill', key: find(screen, name).key, text });
  const click = (screen: Screen, name: string) => page.perform({ kind: 'click', key: find(screen, name).key });
  const select = (screen: Screen, name: string, text: string) =>
    page.perform({ kind: 'select', key: find(screen, name).key, option: { text } });

  it('clicks: buttons, boxes, links within the page, with the events of a mouse', async () => {
    const screen = await show(`<button id=b>Go</button><label><input type=checkbox id=c> Paid</label><p id=log></p><script>
      for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) b.addEventListener(type, (e) => { log.textContent += type + (e.clientX > 0) + ' '; });
      c.onchange = () => { log.textContent += c.checked; };</script>`);
    const clicked = await click(screen, 'Go');
    expect(lines(clicked)).toContain('pointerdowntrue mousedowntrue pointeruptrue mouseuptrue clicktrue');
    expect(lines(await click(clicked, 'Paid'))).toContain('check Paid (checked)');
  });

  it('fills: events, focus, and only what a kind of field takes', async () => {
    const screen =
      await show(`<label>Name <input id=n maxlength=5></label><label>Date <input type=date></label><label>Count <input type=number></label>
      <label>Time <input type=time></label><label>Colour <input type=color></label><label>Volume <input type=range max=10></label>
      <div contenteditable aria-label=Note>old</div><label>Fixed <input readonly value=1></label><label>Off <input disabled></label><p id=log></p>
      <script>for (const type of ['focus', 'keydown', 'input', 'keyup', 'change']) n.addEventListener(type, () => { log.textContent += type + ' '; });</script>`);
    const filled = await fill(screen, 'Name', 'Acme');
    expect(find(filled, 'Name').value).toBe('Acme');
    expect(lines(filled)).toContain('focus keydown input keyup change');
    expect((await fill(screen, 'Name', 'too long')).notices).toEqual(['it takes at most 5 characters']);
    expect(find(await fill(screen, 'Date', '2026-03-12'), 'Date').value).toBe('2026-03-12');
    const refused = await fill(screen, 'Date', '12.03.2026');
    expect(refused.notices).toEqual(['it takes only a date like 2026-03-12']);
    expect(find(refused, 'Date').value).toBe('2026-03-12');
    expect(find(await fill(screen, 'Count', '1234.56'), 'Count').value).toBe('1234.56');
    expect((await fill(screen, 'Count', '1.234,56')).notices).toHaveLength(1);
    expect(find(await fill(screen, 'Time', '14:30'), 'Time').value).toBe('14:30');
    expect((await fill(screen, 'Colour', 'blueish')).notices).toHaveLength(1);
    expect(find(await fill(screen, 'Volume', '7'), 'Volume').value).toBe('7');
    expect((await fill(screen, 'Volume', '70')).notices).toHaveLength(1);
    expect(find(await fill(screen, 'Note', 'new text'), 'Note').value).toBe('new text');
    expect((await fill(screen, 'Fixed', '2')).notices).toEqual(['it can only be read']);
    expect((await fill(screen, 'Off', '2')).notices).toEqual(['it is disabled']);
    const cleared = await page.perform({ kind: 'clear', key: find(screen, 'Note').key });
    expect(find(cleared, 'Note').value).toBe('');
  });

  it('is believed by a page that watches the value property itself', async () => {
    const screen = await show(`<label>Name <input id=n></label><p id=log></p><script>
      let tracked = ''; const native = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
      Object.defineProperty(n, 'value', { get() { return native.get.call(this); }, set(v) { tracked = v; native.set.call(this, v); } });
      n.addEventListener('input', () => { if (n.value !== tracked) { tracked = n.value; log.textContent = 'changed to ' + n.value; } });</script>`);
    expect(lines(await fill(screen, 'Name', 'Acme'))).toContain('changed to Acme');
  });

  it('selects by option or by text, and says why not', async () => {
    const screen =
      await show(`<label>Vendor <select id=s><option>Acme GmbH<option>acme gmbh & co<option>Borealis<option disabled>Closed Inc</select></label><p id=log></p>
      <script>s.onchange = () => { log.textContent += s.value + ';' }</script>`);
    const vendor = find(screen, 'Vendor').key;
    const byKey = await page.perform({ kind: 'select', key: vendor, option: { key: find(screen, 'Borealis').key } });
    expect(find(byKey, 'Vendor').value).toBe('Borealis');
    expect(find(await select(screen, 'Vendor', ' ACME  gmbh '), 'Vendor').value).toBe('Acme GmbH');
    expect(find(await select(screen, 'Vendor', 'boreal'), 'Vendor').value).toBe('Borealis');
    expect((await select(screen, 'Vendor', 'gmbh')).notices).toEqual(['2 options match this text']);
    expect((await select(screen, 'Vendor', 'Nobody')).notices).toEqual(['no option matches this text']);
    const last = await select(screen, 'Vendor', 'Closed Inc');
    expect(last.notices).toEqual(['that option is disabled']);
    expect(lines(last)).toContain('Borealis;Acme GmbH;Borealis;');
  });

  it('selects in lists that are not native, opening them first', async () => {
    const screen =
      await show(`<div role=combobox aria-label=City id=c aria-controls=l tabindex=0>Choose</div><ul role=listbox id=l hidden><li role=option>Rome<li role=option>Oslo</ul>
      <script>c.onclick = () => { setTimeout(() => { l.hidden = false; }, 0); };
      for (const o of l.children) o.onclick = () => { c.textContent = o.textContent; l.hidden = true; };</script>`);
    expect(find(await select(screen, 'City', 'oslo'), 'City').value).toBe('Oslo');
  });

  it('says so when the target has gone or is hidden', async () => {
    const screen = await show(
      '<button onclick="x.remove(); y.hidden = true">Remove</button><button id=x>Gone</button><button id=y>Hidden</button>',
    );
    await click(screen, 'Remove');
    for (const name of ['Gone', 'Hidden']) expect((await click(screen, name)).notices).toEqual(['it is not there any more']);
    expect((await page.perform({ kind: 'hover', key: 'e999' })).notices).toEqual(['it is not there any more']);
    expect((await page.perform({ kind: 'drag', key: find(screen, 'Remove').key, to: find(screen, 'Gone').key })).notices).toEqual([
      'it is not there any more',
    ]);
    expect((await page.perform({ kind: 'call', key: 'e1', arguments: [] })).notices).toEqual(['a page has no tools']);
  });

  it('does not click through something that covers the page', async () => {
    const screen = await show('<button>Pay</button><div style="position:fixed;inset:0;background:white">Accept cookies</div>');
    expect((await click(screen, 'Pay')).notices).toEqual(['something else covers it']);
  });

  it('presses keys, hovers and drags with input of the browser itself', async () => {
    const screen = await show(`<form onsubmit="log.textContent += 'sent '; return false"><input aria-label=Find></form>
      <div id=h style="width:50px">Menu</div><div id=a style="position:absolute;left:10px;top:200px;width:50px;height:50px;background:red">Box</div>
      <div id=t style="position:absolute;left:200px;top:200px;width:50px;height:50px">Target</div>
      <p id=d draggable=true>Card</p><p id=z>Zone</p><p id=log></p><script>
      h.addEventListener('mouseenter', (e) => { log.textContent += 'hover' + e.isTrusted + ' '; });
      a.addEventListener('mousedown', () => { document.onmousemove = (e) => { a.style.left = e.clientX - 25 + 'px'; }; });
      document.addEventListener('mouseup', () => { if (document.onmousemove) log.textContent += 'at' + a.style.left + ' '; document.onmousemove = null; });
      d.addEventListener('dragstart', (e) => e.dataTransfer.setData('text', 'card'));
      z.addEventListener('dragover', (e) => e.preventDefault());
      z.addEventListener('drop', (e) => { log.textContent += 'dropped ' + e.dataTransfer.getData('text') + ' '; });</script>`);
    await fill(screen, 'Find', 'x');
    const sent = await page.perform({ kind: 'press', pressed: 'enter' });
    expect(lines(sent).at(-1)).toBe('sent');
    const hovered = await page.perform({ kind: 'hover', key: find(sent, 'Menu').key });
    expect(lines(hovered).at(-1)).toBe('sent hovertrue');
    expect(find(hovered, 'Box').offers).toContain('drag');
    const dragged = await page.perform({ kind: 'drag', key: find(hovered, 'Box').key, to: find(hovered, 'Target').key });
    expect(lines(dragged).at(-1)).toBe('sent hovertrue at200px');
    const dropped = await page.perform({ kind: 'drag', key: find(dragged, 'Card').key, to: find(dragged, 'Zone').key });
    expect(lines(dropped).at(-1)).toBe('sent hovertrue at200px dropped card');
  });

  it('clicks with input of the browser itself where that is asked for', async () => {
    const trusting = await browser.openPage({ clock: { now: '2026-03-01T09:00:00Z' }, trustedClicks: true });
    await trusting.goto(
      site.page(
        '<p style="height:3000px">far</p><button id=b>Go</button><script>b.onclick = (e) => { b.textContent = "trusted " + e.isTrusted; }</script>',
      ),
    );
    const screen = await trusting.perform({ kind: 'click', key: find(await trusting.look(), 'Go').key });
    expect(lines(screen)).toContain('button trusted true');
    await trusting.close();
  });

  it('scrolls the page and boxes', async () => {
    const screen =
      await show(`<div id=s style="height:50px;overflow:auto" aria-label=Terms><p style="height:300px">Terms</p></div><button id=b disabled>Accept</button><p style="height:3000px">far</p>
      <script>s.addEventListener('scroll', () => { if (s.scrollTop > 200) b.disabled = false; })</script>`);
    const box = screen.elements.find(({ offers }) => offers.includes('scroll'))?.key as string;
    let after = screen;
    for (let i = 0; i < 8 && lines(after).includes('button Accept (disabled)'); i++)
      after = await page.perform({ kind: 'scroll', direction: 'down', key: box });
    expect(lines(after)).toContain('button Accept');
    expect((await page.perform({ kind: 'scroll', direction: 'up' })).notices).toEqual(['it is at its beginning']);
    expect((await page.perform({ kind: 'scroll', direction: 'down' })).notices).toBeUndefined();
  });

  it('gives files only from its folder', async () => {
    const screen = await show(
      '<label>Scan <input type=file id=f></label><p id=log></p><script>f.onchange = async () => { log.textContent = await f.files[0].text(); }</script>',
    );
    expect(find(screen, 'Scan').offers).toEqual(['upload']);
    await fill(screen, 'Scan', 'scan.pdf');
    // The page reads the file in its own time.
    await expect.poll(async () => lines(await page.look())).toEqual(['file Scan = scan.pdf', 'a scan']);
    expect((await fill(screen, 'Scan', '../../etc/passwd')).notices?.[0]).toMatch(/no such file|not in the folder/);
    expect((await fill(screen, 'Scan', '/etc/passwd')).notices).toEqual(['that file is not in the folder of files']);
  });

  it('shows native dialogs as screens, and goes on when they are answered', async () => {
    const screen = await show(
      `<button onclick="const ok = confirm('Delete it?'); const name = ok ? prompt('Name?', 'Acme') : 'none'; alert('Hi ' + name); log.textContent = name">Ask</button><p id=log></p>`,
    );
    const asked = await click(screen, 'Ask');
    expect(lines(asked)).toEqual(['dialog Delete it?', 'button OK', 'button Cancel']);
    expect(await page.look()).toEqual(asked);
    expect((await click(screen, 'Ask')).notices).toEqual(['a dialog is open; answer it first']);
    const prompted = await click(asked, 'OK');
    expect(lines(prompted)).toEqual(['dialog Name?', 'field = Acme', 'button OK', 'button Cancel']);
    const written = await page.perform({ kind: 'fill', key: find(prompted, '', 'field').key, text: 'Borealis' });
    expect(find(written, '', 'field').value).toBe('Borealis');
    const alerted = await click(written, 'OK');
    expect(lines(alerted)).toEqual(['dialog Hi Borealis', 'button OK']);
    expect(lines(await click(alerted, 'OK'))).toEqual(['button Ask', 'Borealis']);
  });

  it('shows a dialog that opens as the page loads, or on a key', async () => {
    const screen = await show(
      `<script>alert('Welcome')</script><form onsubmit="alert('Sent'); return false"><input aria-label=Find></form>`,
    );
    expect(lines(screen)).toEqual(['dialog Welcome', 'button OK']);
    const after = await click(screen, 'OK');
    expect(lines(after)).toEqual(['field Find = ']);
    await fill(after, 'Find', 'x');
    const sent = await page.perform({ kind: 'press', pressed: 'enter' });
    expect(lines(sent)).toEqual(['dialog Sent', 'button OK']);
    expect(lines(await page.perform({ kind: 'press', pressed: 'escape' }))).toEqual(['field Find = x']);
  });

  it('asks before a page is left that wants to be asked about', async () => {
    const screen = await show(
      `<a href="${site.page('<p>Next</p>')}">Leave</a><script>onbeforeunload = (event) => { event.preventDefault(); }</script>`,
    );
    const asked = await click(screen, 'Leave');
    expect(lines(asked)).toEqual(['dialog Leave this page? What was entered may be lost.', 'button Leave', 'button Stay']);
    const stayed = await click(asked, 'Stay');
    expect(lines(stayed)).toEqual(['link Leave']);
    expect(lines(await click(await click(stayed, 'Leave'), 'Leave'))).toEqual(['Next']);
  });

  it('follows the newest tab, and goes back when it closes', async () => {
    const next = site.page('<button onclick="window.close()">Done</button>');
    const screen = await show(`<a href="${next}" target=_blank>Link</a><button onclick="window.open('${next}')">Script</button>`);
    for (const name of ['Script', 'Link']) {
      const opened = await click(screen, name);
      expect(lines(opened)).toEqual(['button Done']);
      expect(opened.notices).toEqual(['a new tab opened']);
      if (name === 'Link') break;
      const closed = await click(opened, 'Done');
      expect(lines(closed)).toEqual(['link Link', 'button Script']);
      expect(closed.notices).toEqual(['the tab closed; this is the one before']);
    }
    await page.reset(site.page('<p>Alone</p>'));
    expect(lines(await page.look())).toEqual(['Alone']);
    expect(page.page.context().pages()).toHaveLength(1);
  });
});
