/**
 * Shows the document of an arrival, one page at a time: first its text, placed over the page and selectable, then, when there is time, the
 * picture. PDF.js does the reading, in this thread: these documents are small, and a worker would have to be started for each.
 */
import { track } from './busy.js';
import { askInBackground } from './router.js';

/** @type {Promise<any> | null} */
let loading = null;

/** Loads PDF.js once. */
export function loadPdf() {
  loading ??= (async () => {
    const [pdf, code] = await Promise.all([import('../pdf/pdf.min.mjs'), import('../pdf/pdf.worker.min.mjs')]);
    // PDF.js looks here for a worker that runs in the page.
    globalThis.pdfjsWorker = code;
    return pdf;
  })();
  return loading;
}

const idle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ work) => setTimeout(work, 1));
const data = new URL('../pdf/', import.meta.url).href;

class Viewer {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
    this.sheet = /** @type {HTMLElement} */ (section.querySelector('[data-part="sheet"]'));
    this.number = 1;
    /** @type {any} */
    this.task = null;
    /** @type {any} */
    this.document = null;
    /** @type {any} */
    this.painting = null;
    /** @type {any} */
    this.size = null;
    this.closed = false;
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(section);
    for (const button of section.querySelectorAll('[data-turn]'))
      button.addEventListener('click', () => void track(this.turn(this.number + Number(/** @type {HTMLElement} */ (button).dataset.turn))));
  }

  /** @param {string} text */
  say(text) {
    const status = this.section.querySelector('[data-part="viewer-status"]');
    if (status && status.textContent !== text) status.textContent = text;
  }

  async open() {
    const response = await askInBackground(this.section.dataset.file ?? '');
    try {
      if (!response) throw new TypeError('no file');
      const [pdf, bytes] = await Promise.all([loadPdf(), response.arrayBuffer()]);
      if (this.closed) return;
      this.task = pdf.getDocument({
        data: bytes,
        verbosity: 0,
        cMapUrl: `${data}cmaps/`,
        standardFontDataUrl: `${data}standard_fonts/`,
        wasmUrl: `${data}wasm/`,
        iccUrl: `${data}iccs/`,
        // Pixels; a picture beyond it is left out.
        maxImageSize: 1 << 26,
      });
      this.document = await this.task.promise;
      await this.turn(1);
    } catch {
      if (!this.closed) this.say("This file can't be read.");
    } finally {
      this.section.removeAttribute('aria-busy');
    }
  }

  /** @param {number} number from 1 */
  async turn(number) {
    const { document: source } = this;
    if (!source || number < 1 || number > source.numPages) return;
    this.number = number;
    this.painting?.cancel();
    const pdf = await loadPdf();
    const page = await source.getPage(number);
    const viewport = page.getViewport({ scale: 1 });
    const layer = document.createElement('div');
    layer.className = 'textLayer';
    // The layer's own size and its texts' follow --total-scale-factor.
    const text = new pdf.TextLayer({ textContentSource: page.streamTextContent(), container: layer, viewport });
    let readable = true;
    try {
      await text.render();
    } catch {
      readable = false;
    }
    if (this.closed || this.number !== number) return;
    this.size = { width: viewport.width, height: viewport.height };
    this.sheet.hidden = false;
    this.fit();
    this.sheet.replaceChildren(layer);
    this.showNumber(source.numPages);
    const empty = (layer.textContent ?? '').trim() === '';
    this.say(readable ? (empty ? 'This page is a picture without text.' : '') : "This page can't be read.");
    if (document.documentElement.dataset.paint === 'on') idle(() => void this.paint(page, number));
  }

  /** @param {number} count */
  showNumber(count) {
    const place = this.section.querySelector('[data-part="page-number"]');
    if (place) place.textContent = `Page ${this.number} of ${count}`;
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.section.querySelectorAll('[data-turn]'))) {
      const to = this.number + Number(button.dataset.turn);
      button.disabled = to < 1 || to > count;
    }
  }

  /** Makes the page as wide as its place. */
  fit() {
    if (!this.size || !this.section.isConnected) return;
    const scale = Math.max(0.2, this.section.clientWidth / this.size.width);
    this.sheet.style.setProperty('--total-scale-factor', String(scale));
    this.sheet.style.width = `${this.size.width * scale}px`;
    this.sheet.style.height = `${this.size.height * scale}px`;
  }

  /**
   * @param {any} page
   * @param {number} number
   */
  async paint(page, number) {
    if (this.closed || this.number !== number) return;
    const canvas = document.createElement('canvas');
    canvas.setAttribute('aria-hidden', 'true');
    const scale = Math.max(1.5, (this.section.clientWidth / page.getViewport({ scale: 1 }).width) * devicePixelRatio);
    const viewport = page.getViewport({ scale });
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    try {
      this.painting = page.render({ canvas, viewport });
      await this.painting.promise;
      if (!this.closed && this.number === number) this.sheet.prepend(canvas);
    } catch {
      // A cancelled or impossible picture; the text stands.
    }
  }

  close() {
    this.closed = true;
    this.resized.disconnect();
    this.painting?.cancel();
    void this.task?.destroy();
  }
}

/** @type {Map<Element, Viewer>} */
const viewers = new Map();

/** @param {Element} root */
export function mountViewer(root) {
  const section = /** @type {HTMLElement | null} */ (root.querySelector('[data-part="viewer"]'));
  // A page with a log-in may be followed by the page before it: its viewer stays.
  if (root.querySelector('form.log-in')) return;
  for (const [element, viewer] of viewers)
    if (element !== section) {
      viewer.close();
      viewers.delete(element);
    }
  if (!section || viewers.has(section)) return;
  const viewer = new Viewer(section);
  viewers.set(section, viewer);
  void track(viewer.open());
}
