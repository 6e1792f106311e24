/**
 * What is remembered of an exam, computed from its raw scores. The lower bound is the certificate's gate bound; its counterpart from above is for
 * the claim that a slice is broken, so there an episode without a verdict counts neither way.
 */
import type { CertificateCheck } from '../evals/index.ts';
import type { CertificationPlan, RawScore, SlicePlan } from '../records/index.ts';
import { sequentialBound, upperBound } from '../stats/index.ts';
import type { Exam, ExamSlice } from './history.ts';

/** `digest`: SHA-256 of the certificate's file. For a certificate that `checkCertificate` found true. */
export function examOf({ certificate, scores }: CertificateCheck, digest: string): Exam {
  const { gym, plan, seeds } = certificate;
  const slices = certificate.slices.map((slice, i): ExamSlice => {
    const all = scores.filter((score) => score.slice === slice.slice);
    const outcomes = outcomesOf(all, plan.audit);
    return {
      slice: slice.slice,
      trials: outcomes.length,
      passes: outcomes.filter(Boolean).length,
      neverEvents: all.filter(({ broken }) => broken.length > 0).length,
      neverEventsBound: slice.neverEvents.upperBound,
      alpha: slice.alpha,
      lowerBound: slice.gateBound,
      upperBound: boundAbove(outcomes, { method: (plan.slices[i] as SlicePlan).method, alpha: slice.alpha }),
    };
  });
  return { gym: { name: gym.name, version: gym.version }, certificate: digest, commitment: seeds.commitment, slices };
}

/** First runs with a verdict, in order; an accepted one needs the second verifier's too, where all have it. */
function outcomesOf(scores: readonly RawScore[], audit: CertificationPlan['audit']): readonly boolean[] {
  return scores
    .filter(({ run, success }) => run === 0 && success !== null)
    .filter((score) => audit !== 'every' || score.success === false || score.audit !== null)
    .map(({ success, audit: second }) => success === true && (audit !== 'every' || second === true));
}

/** For the rate of `true` at level alpha; a sequential slice was looked at after each task, and so its bound must hold then. */
function boundAbove(
  outcomes: readonly boolean[],
  { method, alpha }: { readonly method: SlicePlan['method']; readonly alpha: number },
): number {
  if (method === 'sequential') return 1 - sequentialBound({ outcomes: outcomes.map((passed) => !passed), alpha });
  return upperBound({ events: outcomes.filter(Boolean).length, trials: outcomes.length, alpha });
}
