/** Reports to fill a book with. */
import type { Transcript } from '../records/index.ts';
import type { TriageReport } from './triage-entry.ts';

/** Somebody asks for `what`, sees it, and answers with it. References are dealt from `reference` on. */
export const transcriptAbout = (what: string, reference = 0): Transcript => ({
  schemaVersion: 1,
  segments: [
    { kind: 'goal', pieces: [{ kind: 'text', text: `Find ${what}.` }] },
    {
      kind: 'observe',
      pieces: [
        { kind: 'reference', reference },
        { kind: 'text', text: what },
      ],
    },
    {
      kind: 'act',
      pieces: [
        { kind: 'word', word: 'answer' },
        { kind: 'reference', reference },
        { kind: 'echo', text: what },
      ],
    },
  ],
});

/** Of a live app unless `sandbox` says otherwise. */
export const reportAbout = (what: string, more: Partial<TriageReport> = {}): TriageReport => ({
  compartment: 'acme',
  job: `job about ${what}`,
  agent: { name: 'finder', version: 3 },
  gym: { name: 'finding', version: '1' },
  sandbox: null,
  kind: 'intervention',
  transcript: transcriptAbout(what),
  ...more,
});
