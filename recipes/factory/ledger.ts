/** Where the attempts at certification in this working folder are counted. */
import { join } from 'node:path';

export const LEDGER = join('.journeyman', 'attempts.jsonl');
