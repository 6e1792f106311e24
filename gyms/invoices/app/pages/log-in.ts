/** The log-in. */
import { type Html, html } from '../html.ts';
import type { Look } from '../look.ts';

export function renderLogIn(look: Look, options: { next: string; error?: string }): Html {
  const { words } = look;
  return html`<form class="log-in" method="post" action="/login"><input type="hidden" name="next" value="${options.next}">
<p><label for="user">${words['field.user']}</label><input id="user" name="user" autocomplete="username" required></p>
<p><label for="password">${words['field.password']}</label><input id="password" name="password" type="password" autocomplete="current-password" required></p>
${options.error !== undefined && html`<p class="error" role="alert">${options.error}</p>`}
<button class="main">${words['button.log-in']}</button></form>`;
}
