/**
 * Makes sure of a browser for what drives one: where none is found and this is Debian as root, its package is installed; elsewhere it is said how to get
 * one, and what needs it is skipped or says so itself. Plain JavaScript, as the rest of the set-up.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const USUAL_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
/** Fonts: without any, pages have no widths. */
const PACKAGES = ['chromium', 'fonts-liberation'];

/** Returns whether a browser is there now. Never throws. */
export function ensureChromium(say = console.error) {
  if (process.env.JOURNEYMAN_CHROMIUM || process.platform !== 'linux') return true;
  if (USUAL_PATHS.some((path) => existsSync(path))) return true;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(
      'There is no Chromium here: what drives a browser is left out. To have it: apt-get install chromium, or point JOURNEYMAN_CHROMIUM at one.',
    );
    return false;
  }
  say(`Installing ${PACKAGES.join(' and ')} with apt-get ...`);
  const options = { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], options);
  const { status, stderr } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], options);
  if (status === 0) return true;
  say(`  apt-get could not: ${(stderr ?? '').trim().split('\n').slice(-3).join(' ')}\n  What drives a browser is left out.`);
  return false;
}
