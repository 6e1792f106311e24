/** Agents at work: what happens to their jobs when the server is killed. */
import type { Bench } from '../row.ts';
import { kills } from './kills.ts';

export const SERVE_SUITE: readonly Bench[] = [kills];
