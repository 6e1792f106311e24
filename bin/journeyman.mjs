#!/usr/bin/env node
/** The command `journeyman`: sets up what is missing, then runs `recipes/journeyman.ts` in the caller's folder. */
import { join } from 'node:path';
import { runNode } from './run-child.mjs';
import { ROOT, SetUpError, setUp } from './set-up.mjs';

try {
  process.exitCode = await runNode(await setUp(), [join(ROOT, 'recipes', 'journeyman.ts'), ...process.argv.slice(2)]);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
