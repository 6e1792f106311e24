/** The gyms suite: how fast places to practise are, how short their transcripts, and whether their verifiers hold over a thousand episodes. */
import type { Bench } from '../row.ts';
import { invoicesSpeed, invoicesThousand, invoicesWithPolicy } from './invoices.ts';
import { observe } from './observe.ts';
import { countdown, warehouse } from './text-gyms.ts';
import { tokens } from './tokens.ts';

export const GYMS_SUITE: readonly Bench[] = [observe, countdown, warehouse, invoicesSpeed, tokens, invoicesWithPolicy, invoicesThousand];
