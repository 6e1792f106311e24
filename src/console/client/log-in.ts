/// <reference lib="dom" />
/** The first thing one sees: a field for one's token. */
import { type Person, post, Refused } from './api.ts';
import { element } from './dom.ts';

export function logInForm(loggedIn: (person: Person) => void): HTMLElement {
  const token = element('input', { id: 'token', type: 'password', required: '', autocomplete: 'current-password', spellcheck: 'false' });
  const complaint = element('p', { class: 'complaint', role: 'alert' });
  const form = element(
    'form',
    { class: 'card log-in' },
    element('h1', { tabindex: '-1' }, 'Log in'),
    element('p', { class: 'muted' }, 'You were given a token when you were made known to this server.'),
    element('label', { for: 'token' }, 'Token'),
    token,
    complaint,
    element('div', { class: 'buttons' }, element('button', { class: 'main' }, 'Log in')),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      loggedIn(await post<Person>('/api/login', { token: token.value.trim() }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      complaint.textContent = error.message;
      token.select();
    }
  });
  return form;
}
