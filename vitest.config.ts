/** How the tests run: in processes of their own (native code may crash one), at most two at a time. */
import { defineConfig } from 'vitest/config';

const FOLDERS = '{src,test,bench,recipes,gyms}';

export default defineConfig({
  test: {
    environment: 'node',
    include: [`${FOLDERS}/**/*.test.ts`],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    typecheck: { enabled: true, include: [`${FOLDERS}/**/*.test-d.ts`], tsconfig: './tsconfig.json' },
  },
});
