/**
 * What every request passes before a page is made: host and origin, delay, session (with ticket and forced expiry), forced failure.
 *
 * The order matters: what comes from elsewhere counts for nothing, and a request without a session neither fails nor counts.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Episode } from './episode.ts';

export type Env = { Variables: { user: string | null } };

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer. */
export const secure: MiddlewareHandler<Env> = async (c, next) => {
  c.header('content-security-policy', CONTENT_SECURITY_POLICY);
  c.header('x-content-type-options', 'nosniff');
  // Not `no-referrer`: with it, browsers send forms with the origin `null`.
  c.header('referrer-policy', 'same-origin');
  await next();
};

/** `logIn` answers with the log-in, from which one comes back to a path. */
export function guard(
  episode: () => Episode,
  logIn: (c: Context<Env>, next: string) => Response | Promise<Response>,
): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { state, hosts } = episode();
    const host = c.req.header('host') ?? '';
    if (!hosts.includes(host)) return c.text('Unknown host', 403);
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && c.req.header('origin') !== `http://${host}`)
      return c.text('This request comes from another site', 403);
    c.header('cache-control', 'no-store');
    c.header('vary', 'x-fragment');
    if (state.faults.delayMs > 0) {
      if (c.req.header('x-virtual-clock') === '1') c.header('x-delay-ms', String(state.faults.delayMs));
      else await wait(state.faults.delayMs);
    }

    // Looked up after the wait: a reset may have come in between.
    const { store, cookie, faults } = episode();
    let token = getCookie(c, cookie) ?? '';
    const ticket = c.req.query('ticket');
    const handed = ticket === undefined ? null : episode().redeem(ticket);
    if (handed !== null) {
      token = handed;
      setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
    }
    c.set('user', store.userOf(token));
    const isFile = /^\/arrivals\/\d+\/file$/.test(c.req.path);
    const isLog = c.req.path === '/login' || c.req.path === '/logout';
    if (c.get('user') !== null && !isFile && !isLog && faults.expires()) {
      store.run('DELETE FROM sessions');
      c.set('user', null);
    }
    if (c.get('user') === null && !isLog) {
      const back = c.req.method === 'GET' && !isFile ? c.req.path : '/';
      return isFile ? c.text('Log in first', 401) : logIn(c, back);
    }
    if (c.req.method === 'POST' && !isLog && faults.fails()) return c.text('Could not be saved, try again', 503);
    return next();
  };
}
