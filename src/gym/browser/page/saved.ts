/// <reference lib="dom" />
/** What a page holds beyond its address: form controls, storage, scrolling, focus, history state. Read and written in document order. */

export interface SavedPage {
  readonly url: string;
  readonly controls: readonly SavedControl[];
  readonly focused: number;
  readonly scroll: readonly [x: number, y: number];
  readonly history: unknown;
  readonly local: readonly (readonly [string, string])[];
  readonly session: readonly (readonly [string, string])[];
}

interface SavedControl {
  readonly kind: string;
  readonly value: string;
  readonly isChecked: boolean;
  readonly chosen: readonly number[];
}

const controlsOf = (document: Document): HTMLInputElement[] =>
  Array.from(document.querySelectorAll<HTMLInputElement>('input,select,textarea,[contenteditable]')).filter(
    (each) => each.type !== 'file' && each.type !== 'hidden',
  );

const kindOf = (control: Element): string =>
  `${control.localName}/${(control as HTMLInputElement).type ?? ''}/${(control as HTMLInputElement).name ?? ''}`;

function readControl(control: HTMLInputElement): SavedControl {
  return {
    kind: kindOf(control),
    value:
      control.localName === 'input' || control.localName === 'textarea'
        ? control.value
        : control.localName === 'select'
          ? ''
          : control.innerHTML,
    isChecked: control.checked === true,
    chosen:
      control.localName === 'select' ? Array.from((control as unknown as HTMLSelectElement).selectedOptions, (option) => option.index) : [],
  };
}

function readStorage(kind: 'localStorage' | 'sessionStorage'): [string, string][] {
  try {
    return Object.entries(window[kind]).map(([key, value]) => [key, String(value)]);
  } catch {
    return [];
  }
}

export function readControls(document: Document): SavedPage {
  const controls = controlsOf(document);
  return {
    url: document.URL,
    controls: controls.map(readControl),
    focused: controls.indexOf(document.activeElement as HTMLInputElement),
    scroll: [document.scrollingElement?.scrollLeft ?? 0, document.scrollingElement?.scrollTop ?? 0],
    history: history.state,
    local: readStorage('localStorage'),
    session: readStorage('sessionStorage'),
  };
}

/** Null where every control of `saved` is there; else what is not. */
export function writeControls(document: Document, saved: SavedPage): string | null {
  // A control that reacts may bring others into being, so the list is read again after each.
  for (let i = 0; i < saved.controls.length; i++) {
    const control = controlsOf(document)[i];
    const wanted = saved.controls[i] as SavedControl;
    if (!control || kindOf(control) !== wanted.kind) return `control ${i} is ${control ? kindOf(control) : 'missing'}, not ${wanted.kind}`;
    const is = readControl(control);
    if (JSON.stringify(is) === JSON.stringify(wanted)) continue;
    if (control.localName === 'select')
      for (const option of (control as unknown as HTMLSelectElement).options) option.selected = wanted.chosen.includes(option.index);
    else if (control.localName === 'input' && (control.type === 'checkbox' || control.type === 'radio')) control.checked = wanted.isChecked;
    else if (control.localName === 'input' || control.localName === 'textarea') control.value = wanted.value;
    else control.innerHTML = wanted.value;
    control.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    control.dispatchEvent(new Event('change', { bubbles: true }));
  }
  controlsOf(document)[saved.focused]?.focus({ preventScroll: true });
  document.scrollingElement?.scrollTo(saved.scroll[0], saved.scroll[1]);
  if (JSON.stringify(history.state) !== JSON.stringify(saved.history)) history.replaceState(saved.history, '');
  return null;
}
