/** What a run of the factory tells while it works: the lines of `events.jsonl`, and what a terminal or a console shows. */

export const STAGES = ['check', 'demonstrations', 'sft', 'rl', 'search', 'evaluate', 'certify', 'report'] as const;
export type Stage = (typeof STAGES)[number];

interface Stamp {
  /** ISO 8601. */
  readonly at: string;
}

export type RunEvent = Stamp &
  (
    | { readonly kind: 'begun'; readonly run: string; readonly gym: string; readonly stages: readonly Stage[]; readonly resumed: boolean }
    | { readonly kind: 'stage'; readonly stage: Stage; readonly state: 'begun' | 'finished' | 'skipped'; readonly note: string }
    | {
        readonly kind: 'progress';
        readonly stage: Stage;
        readonly done: number;
        readonly of: number | null;
        readonly unit: string;
        readonly perSecond: number | null;
        readonly secondsLeft: number | null;
        /** Whatever else the stage measures, by name: loss, success, lower bound. */
        readonly figures: Readonly<Record<string, number>>;
      }
    | {
        /** A point of the learning curve: success on validation tasks. */
        readonly kind: 'measured';
        readonly stage: Stage;
        readonly round: number;
        readonly slice: string;
        readonly successes: number;
        readonly n: number;
        readonly lowerBound: number;
        readonly trainedTokens: number;
        readonly seconds: number;
      }
    | { readonly kind: 'best'; readonly agent: string; readonly success: number }
    | { readonly kind: 'note'; readonly text: string }
    | {
        readonly kind: 'ended';
        readonly reason: 'finished' | 'interrupted' | 'failed';
        readonly seconds: number;
        readonly certificate: string | null;
      }
  );
