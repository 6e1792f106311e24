/**
 * The verbs of package.json: `start`, `test`, `check`, `fix`, `bench`. Each sets up what is missing, then runs its programs
 * in the repository's root, one after the other, up to the first that fails. Its exit code is passed on.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { runNode } from './run-child.mjs';
import { ROOT, SetUpError, setUp } from './set-up.mjs';

const TYPESCRIPT = 'node_modules/typescript/bin/tsc';
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const VITEST = 'node_modules/vitest/vitest.mjs';

const VERBS = {
  start: (run, args) => run('recipes/start.ts', ...args),
  test: async (run, args) => (args.length > 0 ? 0 : await check(run)) || (await test(run, args)),
  check,
  fix: (run, args) => run(BIOME, 'check', '--write', ...(args.length > 0 ? args : ['.'])),
  bench: (run, args) => run('bench/main.ts', ...args),
};

async function check(run) {
  return (await run(TYPESCRIPT, '-p', '.')) || (await run(BIOME, 'check', '.'));
}

/** Runs the tests and closes with `N passed, N failed`, read from the record that this very run wrote. */
async function test(run, args) {
  const record = `.cache/vitest-${process.pid}.json`;
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  rmSync(join(ROOT, record), { force: true });
  try {
    const code = await run(VITEST, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${record}`, ...args);
    return summarize(readRecord(join(ROOT, record)), code);
  } finally {
    rmSync(join(ROOT, record), { force: true });
  }
}

function readRecord(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function summarize(record, code) {
  if (record === undefined) {
    console.error('count the tests: got no record from vitest, expected one. To fix it: read what vitest wrote above.');
    return code || 1;
  }
  const passed = record.numPassedTests;
  const skipped = record.numPendingTests + record.numTodoTests;
  // A file that could not be loaded has no tests; it counts as one that failed.
  let failed = record.numFailedTests + record.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length;
  if (passed + failed === 0) {
    console.error(`run the tests: got no test that ran (${skipped} skipped), expected at least one.`);
    return code || 1;
  }
  if (code !== 0 && failed === 0) {
    console.error(`vitest ended with code ${code} although no test failed; that counts as one failure.`);
    failed = 1;
  }
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return code || (failed > 0 ? 1 : 0);
}

const [verb = '', ...args] = process.argv.slice(2);
try {
  if (!Object.hasOwn(VERBS, verb))
    throw new SetUpError({
      operation: 'read the command line',
      got: verb === '' ? 'no verb' : `the verb '${verb}'`,
      expected: `one of ${Object.keys(VERBS).join(', ')}`,
      fix: 'npm start, npm test, or npm run check | fix | bench',
    });
  const node = await setUp();
  if (['start', 'test', 'bench'].includes(verb)) ensureChromium();
  process.exitCode = await VERBS[verb]((...command) => runNode(node, command, { folder: ROOT }), args);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
