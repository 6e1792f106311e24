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
  /** Of what was read before its decisions, nats a token: the mean over those readings, and the most surprising one; null for an agent that can't tell. */
  readonly surpriseNats: number | null;
  readonly highestSurpriseNats: number | null;
  readonly steps: number;
  readonly tokens: number | null;
  readonly seconds: number;
  /** Median of its decisions. */
  readonly decisionMs: number | null;
}

/** What is played, and what is asked: fixed before the seeds are opened. */
export interface CertificationPlan {
  /** What all attempts together may spend; 1 − alpha is the stated confidence. */
  readonly alpha: number;
  /** The first one's episodes decide about abstention. */
  readonly slices: readonly SlicePlan[];
  /**
   * `every`: the second verifier judges each episode, and only what it confirms counts in the audited bound. `sample`: it judges some of the
   * accepted ones, drawn at random. `none`: there is none.
   */
  readonly audit: 'every' | 'sample' | 'none';
  /** A larger share of episodes without a verdict, over all slices, means no certificate. */
  readonly unresolvedLimit: number;
  /** More episodes that break an invariant mean no certificate. */
  readonly neverEventsTolerated: number;
  /** What the critic's threshold is to guarantee: `AbstentionCertificate`. */
  readonly abstention: { readonly risk: number; readonly delta: number };
}

export interface SlicePlan {
  readonly slice: string;
  /** `sequential`: looked at after each episode, and ended when the bound is reached, or can't be any more. */
  readonly method: 'sequential' | 'fixed';
  /** Fresh tasks: at most, or exactly. */
  readonly tasks: number;
  /** The lower bound that is asked for. */
  readonly required: number;
  /** The first so many tasks are played `runs` times, for pass^k. Fixed slices only. */
  readonly blocks: number;
  readonly runs: number;
}

/** Counts are of the first run of each task: one fresh task, one trial. */
export interface SliceCertificate {
  readonly slice: string;
  /** Fresh tasks played to a verdict. */
  readonly n: number;
  readonly successes: number;
  /** Tasks without a verdict. */
  readonly unresolved: number;
  /** What this attempt may spend, after the ledger. */
  readonly alpha: number;
  readonly attempt: number;
  /** Lower confidence bound on success at 1 − alpha, without the unresolved; 0 where it can't be stated. */
  readonly lowerBound: number;
  /** The same with the unresolved counted as failures. */
  readonly lowerBoundResolved: number;
  readonly method: 'sequential' | 'fixed';
  /** The bound after the second verifier's word, unresolved counted as failures; null where there is no second one. */
  readonly lowerBoundAudited: number | null;
  /** Accepted tasks that the second verifier judged, and those of them that it rejects. */
  readonly audited: number;
  readonly falseAccepts: number;
  /** What was asked of this slice, and whether `gateBound` reaches it. */
  readonly required: number;
  readonly isReached: boolean;
  /** The lowest of the bounds: what gates go by. */
  readonly gateBound: number;
  readonly neverEvents: {
    /** Tasks looked at, and those in whose first run an invariant broke; the bound is on their share. */
    readonly n: number;
    readonly tasks: number;
    /** Episodes of all runs in which one broke, and by name. */
    readonly episodes: number;
    readonly names: Readonly<Record<string, number>>;
    readonly upperBound: number;
  };
  /** By k: blocks of k runs, all of which succeeded, with a lower bound; empty where tasks were played once. */
  readonly passK: readonly { readonly k: number; readonly blocks: number; readonly passed: number; readonly lowerBound: number }[];
  /** Share of tasks that were handed over or asked about. */
  readonly abstained: number;
  /** Share of success among the other ones: information only, no bound; null where there are none. */
  readonly successOfRest: number | null;
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
  readonly plan: CertificationPlan;
  readonly confidence: number;
  readonly slices: readonly SliceCertificate[];
  /** Of the critic on all scored tasks; null without one. */
  readonly calibration: {
    readonly n: number;
    readonly brier: number;
    readonly baseRateBrier: number;
    readonly expectedCalibrationError: number;
    readonly auroc: number | null;
  } | null;
  readonly abstention: AbstentionCertificate | null;
  /** How unlike the slices are; null with fewer than two. Bounds of τ are a likelihood interval; null: unlimited. */
  readonly jaggedness: {
    readonly tau: number;
    readonly tauLower: number;
    readonly tauUpper: number | null;
    readonly worstSlice: string;
    readonly worstBound: number;
    readonly range: number;
    readonly expectedRange: number;
    readonly rangeP: number;
  } | null;
  /** An episode's, on average; decisions: the median. */
  readonly cost: {
    readonly decisionMs: number | null;
    readonly tokens: number | null;
    readonly seconds: number;
    readonly episodesPerSecond: number;
    /** Of the whole exam, on the wall clock. */
    readonly wallSeconds: number;
  };
  /** Path of the raw scores, relative to the certificate, and their SHA-256. */
  readonly scores: string;
  readonly scoresHash: string;
  readonly lineage: Lineage;
}

/** Act only while the critic is at least this sure: then at most `risk` of what is finished is wrong, with confidence 1 − delta. */
export interface AbstentionCertificate {
  /** null: no threshold is safe. */
  readonly threshold: number | null;
  readonly risk: number;
  readonly delta: number;
  /** Share of tasks that would be finished. */
  readonly coverage: number;
  readonly errorUpperBound: number;
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
