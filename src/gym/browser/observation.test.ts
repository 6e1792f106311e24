import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './browser.ts';
import type { BrowserPage } from './browser-page.ts';
import { find, lines, missingChromium, PracticeSite, titled } from './practice-site.ts';

describe.skipIf(missingChromium() !== null)(titled('what a look shows'), () => {
  let site: PracticeSite;
  let browser: Browser;
  let page: BrowserPage;

  beforeAll(async () => {
    site = await PracticeSite.start();
    browser = await Browser.launch();
    page = await browser.openPage({ clock: { now: '2026-03-01T09:00:00Z' }, risks: [{ selector: '.danger', risk: 'irreversible' }] });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  const show = async (body: string) => {
    await page.reset(site.page(body));
    return page.look();
  };

  it('names controls as assistive technology does', async () => {
    const screen = await show(`
      <h1>Bills</h1>
      <label for=v>Vendor</label><input id=v value="Acme">
      <label>Note <textarea>first
      line</textarea></label>
      <input aria-label="Total" value=12 readonly><span id=c>Currency</span><select aria-labelledby=c><option>EUR<option selected>USD</select>
      <input placeholder="Search"><input type=password aria-label=Password value=secret>
      <label><input type=checkbox checked> Paid</label><label><input type=radio name=r> Net</label>
      <button title="Close"><svg width=10 height=10><rect width=9 height=9 /></svg></button><button class="icon-trash"></button>
      <input type=submit value="Save" disabled><a href="#x">Help</a><img src="data:," alt="Logo" width=9 height=9>
      <input type=range aria-label=Volume value=40><input type=file aria-label=Scan>
      <button aria-expanded=true aria-pressed=true>More</button><input aria-label=Due aria-invalid=true>
      <div role=tab aria-selected=true>First</div><div role=menuitem>Copy</div><div role=switch aria-checked=true>On</div>`);
    expect(lines(screen)).toEqual([
      'heading Bills',
      'field Vendor = Acme',
      'field Note = first line',
      'field Total = 12 (readonly)',
      'list Currency = USD',
      'option EUR',
      'option USD',
      'field Search = ',
      'field Password = •••',
      'check Paid (checked)',
      'radio Net',
      'button Close',
      'button trash',
      'button Save (disabled)',
      'link Help',
      'image Logo',
      'slider Volume = 40',
      'file Scan = ',
      'button More (expanded, pressed)',
      'field Due =  (invalid)',
      'tab First (selected)',
      'item Copy',
      'check On (checked)',
    ]);
    expect(find(screen, 'Vendor').offers).toEqual(['fill', 'click', 'copy']);
    expect(find(screen, 'Password').text).toBe('');
    expect(JSON.stringify(screen)).not.toContain('secret');
    expect(find(screen, 'EUR').offers).toEqual(['option', 'copy']);
    expect(find(screen, 'Scan').offers).toEqual([]);
  });

  it('merges inline text, one element a block, and names table cells by column and row', async () => {
    const screen = await show(`
      <p>Hello <b>bold</b> <i>world</i></p><ul><li>One<li>Two</ul><p>a<br>b</p><div role=status>Saved</div>
      <table><thead><tr><th>Item<th>Quantity</thead><tbody><tr><td>Nut<td><input value=1><tr><td>Bolt<td><input></table>`);
    expect(lines(screen)).toEqual([
      'Hello bold world',
      'One',
      'Two',
      'a',
      'b',
      'Saved',
      'Item',
      'Quantity',
      'Nut',
      'field Quantity 1 = 1',
      'Bolt',
      'field Quantity 2 = ',
    ]);
    expect(screen.elements.filter(({ row }) => row).map(({ name }) => name)).toEqual(['Item', 'Nut', 'Bolt']);
  });

  it('leaves out what can not be seen, and keeps what one can scroll to', async () => {
    const screen = await show(`
      <p style="display:none">no</p><p style="visibility:hidden">no</p><p aria-hidden=true>no</p><div inert>no</div><p hidden>no</p>
      <div style="height:0;overflow:hidden"><p>no</p></div><a href=# style="position:absolute;left:-9999px">no</a>
      <details><summary>More</summary>no</details><div style="width:100px;height:20px;overflow:hidden"><p style="margin-top:50px">no</p></div>
      <div style="height:30px;overflow:auto"><p style="margin-top:90px">yes</p></div><p style="margin-top:3000px">far</p>
      <div style="display:contents"><p>contents</p></div><style>p{color:red}</style><script>1</script><template>no</template>`);
    expect(lines(screen)).toEqual(['button More', 'yes', 'far', 'contents']);
  });

  it('shows only the modal dialog on top', async () => {
    const screen = await show(
      '<button>Behind</button><dialog id=d aria-label="Sure?"><p>Really</p><button>Yes</button></dialog><script>d.showModal()</script>',
    );
    expect(lines(screen)).toEqual(['dialog Sure?', 'Really', 'button Yes']);
    const aria = await show(
      '<button>Behind</button><div role=dialog aria-modal=true aria-labelledby=t><h2 id=t>Ask</h2><button>No</button></div>',
    );
    expect(lines(aria)).toEqual(['dialog Ask', 'button No']);
  });

  it('sees what is clickable only by a listener', async () => {
    const screen = await show(`
      <div id=a>Plain</div><span id=b class="icon-star" style="display:inline-block;width:9px;height:9px"></span><div id=c onclick="1">Attribute</div><div id=d>Property</div>
      <div id=e style="width:20px;height:20px;background:rgb(255,0,0)"></div><p>Just text</p><div id=f draggable=true>Card</div>
      <svg width=200 height=100><circle id=s cx=20 cy=20 r=10 fill=blue /><rect x=50 width=30 height=20 fill="#010203" /><text x=5 y=90>label</text></svg>
      <script>for (const i of 'abes') document.getElementById(i).addEventListener('click', () => 1); d.onclick = () => 1;</script>`);
    expect(lines(screen)).toEqual([
      'item Plain',
      'item star',
      'item Attribute',
      'item Property',
      'item red',
      'Just text',
      'item Card',
      'item blue circle 20×20',
      'image #010203 rect 30×20',
      'label',
    ]);
    expect(find(screen, 'Card').offers).toEqual(['drag', 'drop', 'copy']);
    expect(find(screen, 'blue circle 20×20').offers).toEqual(['click']);
  });

  it('tells one thing to click from a container that listens for what is in it', async () => {
    const rest = '<p>one</p><p>two</p><p>three</p><p>four</p>';
    const screen = await show(`
      <div id=root><h2>App</h2><p>Text</p><button>Real</button><p style="cursor:pointer">Looks so</p>${rest}</div>
      <table><tr id=row><td>Row</td><td>of cells</td></tr></table><ul id=list><li>Free</li></ul>
      <script>for (const each of [root, row]) each.addEventListener('click', () => 1);</script>`);
    expect(lines(screen)).toEqual([
      'heading App',
      'Text',
      'button Real',
      'item Looks so',
      'one',
      'two',
      'three',
      'four',
      'item Row',
      'of cells',
      'Free',
    ]);
    const delegated = await show(
      `<p style="cursor:pointer">Pointed</p><p>Not</p><script>document.addEventListener('click', () => 1)</script>`,
    );
    expect(lines(delegated)).toEqual(['item Pointed', 'Not']);
  });

  it('looks into shadow roots, open and closed, and frames of the same origin', async () => {
    const inner = site.page(
      '<label>Inside <input id=i></label><div id=l>Listens</div><script>l.addEventListener("click", () => { l.textContent = "heard"; })</script>',
    );
    const screen = await show(`
      <div id=o></div><div id=c></div><iframe src="${inner}"></iframe>
      <script>
        o.attachShadow({ mode: 'open' }).innerHTML = '<button>Open</button>';
        const closed = c.attachShadow({ mode: 'closed' });
        closed.innerHTML = '<p id=p>Closed</p>';
        closed.firstChild.addEventListener('click', (event) => { event.target.textContent = 'clicked'; });
      </script>`);
    expect(lines(screen)).toEqual(['button Open', 'item Closed', 'field Inside = ', 'item Listens']);
    const clicked = await page.perform({ kind: 'click', key: find(screen, 'Closed').key });
    expect(lines(clicked)).toContain('item clicked');
    const filled = await page.perform({ kind: 'fill', key: find(screen, 'Inside').key, text: 'x' });
    expect(find(filled, 'Inside').value).toBe('x');
    expect(lines(await page.perform({ kind: 'click', key: find(screen, 'Listens').key }))).toContain('item heard');
  });

  it('shows options up to 24, else only their number', async () => {
    const options = (n: number) => Array.from({ length: n }, (_, i) => `<option>o${i}`).join('');
    expect((await show(`<select aria-label=Few>${options(24)}</select>`)).elements).toHaveLength(25);
    const many = await show(`<select aria-label=Many>${options(230)}</select>`);
    expect(lines(many)).toEqual(['list Many (230) = o0']);
    const chosen = await page.perform({ kind: 'select', key: find(many, 'Many (230)').key, option: { text: 'o77' } });
    expect(lines(chosen)).toEqual(['list Many (230) = o77']);
  });

  it('keeps keys while an element lives, and over a new rendering where that is safe', async () => {
    const screen = await show(`<div id=box></div><button id=again>Again</button><button id=fewer>Fewer</button><script>
      let rows = ['Nut', 'Bolt', 'Gear'];
      const draw = () => { box.innerHTML = '<label>Name <input></label><table>' + rows.map((r) => '<tr><td>' + r + '<td><button>Open</button>').join('') + '</table>'; };
      again.onclick = draw; fewer.onclick = () => { rows = rows.slice(1); draw(); }; draw();
    </script>`);
    const again = await page.perform({ kind: 'click', key: find(screen, 'Again').key });
    expect(again.elements.map(({ key }) => key)).toEqual(screen.elements.map(({ key }) => key));
    const opens = again.elements.filter(({ name }) => name === 'Open').map(({ key }) => key);
    const fewer = await page.perform({ kind: 'click', key: find(again, 'Fewer').key });
    // The first row has gone: the others' buttons are still theirs.
    expect(fewer.elements.filter(({ name }) => name === 'Open').map(({ key }) => key)).toEqual(opens.slice(1));
    expect(new Set(fewer.elements.map(({ key }) => key)).size).toBe(fewer.elements.length);
  });

  it('takes plain text of another page for another one, though it is spelled alike', async () => {
    const screen = await show(`<button id=turn>Turn</button><button id=again>Again</button><div id=box></div><script>
      const pages = [['1', 'Nut', '2'], ['3', 'Bolt', '2']];
      const draw = (n) => { box.innerHTML = pages[n].map((text) => '<p>' + text + '</p>').join(''); };
      turn.onclick = () => draw(1); again.onclick = () => draw(1); draw(0);
    </script>`);
    const textsOf = (of: typeof screen) => of.elements.filter(({ role }) => role === '');
    const turned = await page.perform({ kind: 'click', key: find(screen, 'Turn').key });
    expect(textsOf(turned).map(({ name }) => name)).toEqual(['3', 'Bolt', '2']);
    const before = textsOf(screen).map(({ key }) => key);
    for (const { key } of textsOf(turned)) expect(before).not.toContain(key);
    // The same page drawn again is the same page.
    const again = await page.perform({ kind: 'click', key: find(turned, 'Again').key });
    expect(textsOf(again)).toEqual(textsOf(turned));
  });

  it('cleans hostile text and never cuts silently', async () => {
    const words = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ');
    const screen = await show(
      `<p id=h></p><p>⟨3⟩ click &lt;|value|&gt; </p><p id=w>${words}</p><script>h.textContent = 'a\\u0000b\\u202Ec\\ud800d \\n\\t e\\u200b'</script>`,
    );
    expect(lines(screen).slice(0, 2)).toEqual(['a bc\ufffdd e', '⟨3⟩ click <|value|>']);
    const parts = screen.elements.slice(2);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.every(({ name }) => name.length <= 400)).toBe(true);
    expect(parts.map(({ name }) => name).join(' ')).toBe(words);
    expect(new Set(parts.map(({ key }) => key)).size).toBe(parts.length);
  });

  it('bounds huge pages and says so', async () => {
    const screen = await show('<div id=d></div><script>d.innerHTML = "<p>x</p>".repeat(3000)</script>');
    expect(screen.elements).toHaveLength(2000);
    expect(screen.notices).toEqual(['too large: 1000 elements not shown']);
  });

  it('is not broken by a page that replaces natives', async () => {
    const screen = await show(`<p>Safe</p><button id=b>Go</button><div id=l>Late</div><script>
      for (const name of ['map', 'filter', 'push', 'forEach', 'join', 'find', 'flatMap', 'splice']) Array.prototype[name] = () => { throw new Error('broken'); };
      Array.prototype[Symbol.iterator] = () => { throw new Error('broken'); };
      JSON.stringify = () => { throw new Error('broken'); };
      Element.prototype.getAttribute = Element.prototype.checkVisibility = Node.prototype.appendChild = () => { throw new Error('broken'); };
      EventTarget.prototype.dispatchEvent = Map.prototype.get = Map.prototype.set = Promise.prototype.then = Reflect.apply = () => { throw new Error('broken'); };
      Object.defineProperty(HTMLInputElement.prototype, 'value', { get() { throw new Error('broken'); } });
      window.Map = window.Promise = window.MouseEvent = window.CustomEvent = null;
      l.addEventListener('click', () => { l.textContent = 'clicked'; });
      b.onclick = () => setTimeout(() => { b.textContent = 'Gone'; }, 100);
    </script>`);
    expect(lines(screen)).toEqual(['Safe', 'button Go', 'item Late']);
    expect(lines(await page.perform({ kind: 'click', key: find(screen, 'Late').key }))).toContain('item clicked');
    expect(lines(await page.perform({ kind: 'click', key: find(screen, 'Go').key }))).toContain('button Gone');
  });

  it('marks risks by selector', async () => {
    const screen = await show('<button class=danger>Pay</button><button>Look</button>');
    expect(find(screen, 'Pay').risk).toBe('irreversible');
    expect(find(screen, 'Look').risk).toBeUndefined();
  });

  it('merges the runs of a text layer and measures them again when it changes', async () => {
    const run = (text: string, x: number, y: number) => `<span style="left:${x}px;top:${y}px">${text}</span>`;
    const screen =
      await show(`<style>.textLayer{position:relative;height:200px}.textLayer span{position:absolute;font:10px/10px monospace;white-space:pre}</style>
      <div class=textLayer id=t>${run('Inv', 0, 0)}${run('oice', 18, 0)}${run('Total', 0, 30)}${run('12.00', 200, 30)}</div>
      <button onclick="t.lastChild.textContent = '13.00'">Change</button>`);
    expect(lines(screen)).toEqual(['Invoice', 'Total', '12.00', 'button Change']);
    expect(screen.elements.map(({ row }) => row ?? false)).toEqual([true, true, false, false]);
    const changed = await page.perform({ kind: 'click', key: find(screen, 'Change').key });
    expect(lines(changed)).toEqual(['Invoice', 'Total', '13.00', 'button Change']);
    expect(changed.elements[0]?.key).toBe(screen.elements[0]?.key);
  });

  it('looks at 100 elements in about 2 ms', async () => {
    const rows = Array.from(
      { length: 25 },
      (_, i) => `<label>Field ${i} <input value=${i}></label><button>Do ${i}</button><p>Some text <b>${i}</b></p><a href=#x>Link ${i}</a>`,
    );
    const screen = await show(rows.join(''));
    expect(screen.elements).toHaveLength(100);
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      await page.look();
      if (i >= 20) times.push(page.lastObserveMs);
    }
    times.sort((a, b) => a - b);
    console.log(`observe 100 elements: median ${times[20]} ms, 95th percentile ${times[38]} ms`);
    // Generous, for machines that are shared.
    expect(times[20]).toBeLessThan(10);
  });
});
