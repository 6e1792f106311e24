/** Agents at work: what happens to their jobs when the server is killed, what overseeing them costs, how soon a stop holds. */
import type { Bench } from '../row.ts';
import { kills } from './kills.ts';
import { oversight } from './oversight.ts';

export const SERVE_SUITE: readonly Bench[] = [oversight, kills];
