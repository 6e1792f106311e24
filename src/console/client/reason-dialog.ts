/// <reference lib="dom" />
/**
 * Asks a person why: nothing is stopped, let go on or cleared without a reason. The field has the focus, so a stop is a click, a word and Enter. Escape
 * leaves everything as it is.
 */
import { Refused } from './api.ts';
import { button, element } from './dom.ts';

export interface Question {
  readonly title: string;
  /** What will happen. */
  readonly consequence: string;
  /** On the button that does it. */
  readonly verb: string;
  readonly isGrave: boolean;
  readonly path: string;
  /** What is sent beside the reason. */
  readonly body: Readonly<Record<string, unknown>>;
}

export function openReasonDialog(question: Question, send: (path: string, body: unknown) => Promise<void>): void {
  const reason = element('input', { id: 'reason', name: 'reason', required: '', maxlength: '2000', autocomplete: 'off' });
  const complaint = element('p', { class: 'complaint', role: 'alert' });
  const cancel = button('Cancel', () => dialog.close());
  const form = element(
    'form',
    {},
    element('h2', { id: 'question' }, question.title),
    element('p', {}, question.consequence),
    element('label', { for: 'reason' }, 'Reason'),
    reason,
    complaint,
    element('div', { class: 'buttons' }, element('button', { class: question.isGrave ? 'grave' : 'main' }, question.verb), cancel),
  );
  const dialog = element('dialog', { 'aria-labelledby': 'question' }, form);
  let isUnderWay = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const words = reason.value.trim();
    if (words === '') return complain('Please say why.');
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      await send(question.path, { ...question.body, reason: words });
      dialog.close();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      complain(error.message);
    } finally {
      isUnderWay = false;
    }
  });
  function complain(sentence: string): void {
    complaint.textContent = sentence;
    reason.focus();
  }
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  reason.focus();
}
