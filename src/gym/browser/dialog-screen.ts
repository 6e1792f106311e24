/** A native dialog as a screen of its own: its text, a field where it asks for one, and the buttons that answer it. */
import type { Command, Screen, ScreenElement } from '../../records/index.ts';
import { splitLong, tidy } from './page/text.ts';

export interface DialogState {
  /** Number of the dialog, so that two after another don't share keys. */
  readonly n: number;
  readonly type: string;
  readonly message: string;
  readonly value: string;
}

export function dialogScreen({ n, type, message, value }: DialogState, notices: readonly string[] = []): Screen {
  const text = tidy(type === 'beforeunload' ? 'Leave this page? What was entered may be lost.' : message);
  const [first = '', ...rest] = splitLong(text);
  const button = (key: string, name: string): ScreenElement => ({ key: `dialog${n}:${key}`, role: 'button', name, offers: ['click'] });
  const elements: ScreenElement[] = [
    { key: `dialog${n}:text`, role: 'dialog', name: first, offers: ['copy'] },
    ...rest.map((part, i): ScreenElement => ({ key: `dialog${n}:text${i + 1}`, role: '', name: part, offers: ['copy'] })),
  ];
  if (type === 'prompt')
    elements.push({ key: `dialog${n}:field`, role: 'field', name: '', value, offers: value === '' ? ['fill'] : ['fill', 'copy'] });
  elements.push(button('ok', type === 'beforeunload' ? 'Leave' : 'OK'));
  if (type !== 'alert') elements.push(button('cancel', type === 'beforeunload' ? 'Stay' : 'Cancel'));
  return { elements, ...(notices.length > 0 ? { notices } : {}) };
}

export type DialogAnswer =
  | { readonly kind: 'accept' | 'dismiss' }
  | { readonly kind: 'write'; readonly text: string }
  | { readonly kind: 'refuse' };

/** What a command means to an open dialog. */
export function dialogAnswer(state: DialogState, command: Command): DialogAnswer {
  const key = 'key' in command ? (command.key ?? '') : '';
  if (command.kind === 'press' && command.pressed === 'enter') return { kind: 'accept' };
  if (command.kind === 'press' && command.pressed === 'escape') return { kind: state.type === 'alert' ? 'accept' : 'dismiss' };
  if (key === `dialog${state.n}:ok` && command.kind === 'click') return { kind: 'accept' };
  if (key === `dialog${state.n}:cancel` && command.kind === 'click') return { kind: 'dismiss' };
  if (key === `dialog${state.n}:field` && command.kind === 'fill') return { kind: 'write', text: command.text };
  if (key === `dialog${state.n}:field` && command.kind === 'clear') return { kind: 'write', text: '' };
  return { kind: 'refuse' };
}
