/** A report of the made-up exam, for tests and for looking at. */
import type { EpisodeRecord } from '../../records/index.ts';
import { certify } from '../certify.ts';
import { type PretendClerk, pretendContext, pretendEvents, pretendPlay } from '../pretend-exam.fixture.ts';
import { type ReportOptions, renderReport } from './report.ts';

export interface PretendReport {
  readonly page: string;
  readonly options: ReportOptions;
}

export async function pretendReport(
  clerk: PretendClerk,
  changes: Partial<ReportOptions> & { readonly isFull?: boolean } = {},
): Promise<PretendReport> {
  const { isFull = false, ...rest } = changes;
  const episodes = new Map<string, EpisodeRecord>();
  const play = pretendPlay(clerk, { onPlayed: (record) => episodes.set(record.id, record) });
  const result = await certify({ ...pretendContext({ isFull }), play });
  if (result.kind !== 'finished') throw new Error('was interrupted');
  const { certificate, scores } = result;
  const opened = {
    run: 'r0',
    gym: 'ledger-desk',
    version: '3',
    commitment: certificate.seeds.commitment,
    agent: 'desk-clerk',
    openedAt: certificate.madeAt,
  };
  const options: ReportOptions = {
    certificate: { ...certificate, cost: { ...certificate.cost, wallSeconds: 182, episodesPerSecond: scores.length / 182 } },
    scores,
    episode: (id) => episodes.get(id),
    events: pretendEvents(),
    attempts: certificate.slices.map(({ slice, attempt, alpha }) => ({ ...opened, slice, attempt, alpha })),
    compute: [
      { name: 'greedy', decisionMs: 8.1, successes: 194, n: 200, lowerBound: 0.942 },
      { name: 'best of 4', decisionMs: 21, successes: 196, n: 200, lowerBound: 0.955 },
      { name: 'search', decisionMs: 64, successes: 199, n: 200, lowerBound: 0.976 },
    ],
    ...rest,
  };
  return { page: renderReport(options), options };
}
