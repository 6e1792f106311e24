/**
 * A certificate: how reliable an agent is on a gym's declared slices, with bounds that anybody can recompute from the raw scores beside it.
 *
 * Success is unconditional: abstaining, handing over and running out of steps on a task that does not ask for it are failures.
 */

/** One line of the raw scores file (JSON Lines), in the order in which the episodes were drawn. */
export interface RawScore {
  readonly episode: string;
  readonly slice: string;
  /** Number of the task in the split `exam`. */
  readonly n: number;
  /** Number of the run on this task, from 0: pass^k plays a task several times. */
  readonly run: number;
  /** null: unresolved, the sandbox or the verifier failed. */
  readonly success: boolean | null;
  /** The second verifier's; null where it was not asked or could not tell. */
  readonly audit: boolean | null;
  readonly broken: readonly string[];
  readonly stop: string | null;
  /** The critic's expectation at the first decision and the lowest of the episode; null without a critic. */
  readonly value: number | null;
  readonly lowestValue: number | null;
  readonly steps: number;
  readonly tokens: number | null;
  readonly seconds: number;
  /** Median of its decisions. */
  readonly decisionMs: number | null;
}

export interface SliceCertificate {
  readonly slice: string;
  /** Fresh tasks played to a verdict. */
  readonly n: number;
  readonly successes: number;
  /** Episodes without a verdict; the bound that counts them as failures is the one below. */
  readonly unresolved: number;
  /** What this attempt may spend, after the ledger. */
  readonly alpha: number;
  readonly attempt: number;
  /** Lower confidence bound on success at 1 − alpha; 0 where it can't be stated. */
  readonly lowerBound: number;
  readonly method: 'sequential' | 'fixed';
  /** `lowerBound` less what the verifier's own error may hide (STATISTICS: verifier error). */
  readonly lowerBoundAudited: number | null;
  readonly audited: number;
  readonly falseAccepts: number;
  /** What was asked of this slice, and whether the lower of the two bounds reaches it. */
  readonly required: number;
  readonly isReached: boolean;
  readonly neverEvents: {
    readonly n: number;
    readonly episodes: number;
    readonly names: Readonly<Record<string, number>>;
    readonly upperBound: number;
  };
  /** By k: blocks of k runs, all of which succeeded, with a lower bound; empty where tasks were played once. */
  readonly passK: readonly { readonly k: number; readonly blocks: number; readonly passed: number; readonly lowerBound: number }[];
  /** Share of episodes that were handed over or asked about. */
  readonly abstained: number;
}

export interface Certificate {
  readonly schemaVersion: 1;
  readonly kind: 'certificate' | 'no-certificate';
  /** Why there is none; empty for a certificate. */
  readonly reasons: readonly string[];
  readonly agent: { readonly name: string; readonly policy: string; readonly parameters: number | null; readonly bytes: number | null };
  readonly gym: { readonly name: string; readonly version: string; readonly proof: string };
  /** When its seeds were opened, ISO 8601. */
  readonly madeAt: string;
  /** Seeds: exam numbers are drawn from a nonce whose hash was written down before training began. */
  readonly seeds: { readonly nonce: string; readonly commitment: string };
  readonly confidence: number;
  readonly slices: readonly SliceCertificate[];
  /** Of the critic on all scored episodes; null without one. */
  readonly calibration: { readonly brier: number; readonly baseRateBrier: number; readonly expectedCalibrationError: number; readonly auroc: number | null } | null;
  /** Act only where the critic is at least this sure: then at most `risk` of what is finished is wrong, with confidence 1 − delta. */
  readonly abstention: { readonly threshold: number | null; readonly risk: number; readonly delta: number; readonly coverage: number; readonly errorUpperBound: number } | null;
  readonly cost: { readonly decisionMs: number | null; readonly tokens: number | null; readonly seconds: number; readonly episodesPerSecond: number };
  /** Path of the raw scores, relative to the certificate, and their SHA-256. */
  readonly scores: string;
  readonly scoresHash: string;
  readonly lineage: Lineage;
}

/** Where an agent came from: hashes of what it was made of. */
export interface Lineage {
  readonly schemaVersion: 1;
  readonly weights: string | null;
  readonly base: { readonly name: string; readonly weights: string } | null;
  readonly gym: { readonly name: string; readonly version: string; readonly source: string };
  readonly demonstrations: { readonly count: number; readonly hash: string } | null;
  /** Stages in order, with what each trained on and how long it took. */
  readonly stages: readonly { readonly stage: string; readonly episodes: number; readonly tokens: number; readonly seconds: number }[];
  readonly compartment: string;
  readonly seed: number;
  readonly runtime: Readonly<Record<string, string>>;
  readonly madeBy: string;
}
