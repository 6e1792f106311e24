/** Where the attempts at certification in this working folder are counted, and the campaigns of its red team. */
import { join } from 'node:path';

export const LEDGER = join('.journeyman', 'attempts.jsonl');
export const CAMPAIGNS = join('.journeyman', 'red-team.jsonl');
