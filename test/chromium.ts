/** Whether this machine has a browser for the tests that need one. */
import { findChromium } from '../src/gym/index.ts';

export const hasChromium: boolean = (() => {
  try {
    return findChromium() !== '';
  } catch {
    return false;
  }
})();
