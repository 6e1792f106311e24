/** How the tests run: in processes of their own (native code may crash one), at most two at a time. */
import { defineConfig } from 'vitest/config';
import { hasChromium } from './test/chromium.ts';

/** They drive a browser; without one they are left out, and that is said. The driver's own tests skip themselves, by name. */
const BROWSER_TESTS = [
  'gyms/invoices/app/app.browser.test.ts',
  'gyms/invoices/gym.test.ts',
  'gyms/miniwob/gym.test.ts',
  'recipes/factory/own-document.test.ts',
  'src/gym/recorder/*.test.ts',
  'src/gym/web-app/{define-web-app-gym,scaffold,to-do}.test.ts',
  'src/console/*.browser.test.ts',
  'gyms/invoices/undo/*.browser.test.ts',
  'test/{record,attach,serve}-invoices.test.ts',
];
if (!hasChromium) console.warn(`There is no Chromium here; left out: ${BROWSER_TESTS.join(', ')}`);

const FOLDERS = '{src,test,bench,recipes,gyms,base}';

export default defineConfig({
  test: {
    environment: 'node',
    include: [`${FOLDERS}/**/*.test.ts`],
    exclude: ['**/node_modules/**', ...(hasChromium ? [] : BROWSER_TESTS)],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    typecheck: { enabled: true, include: [`${FOLDERS}/**/*.test-d.ts`], tsconfig: './tsconfig.json' },
  },
});
