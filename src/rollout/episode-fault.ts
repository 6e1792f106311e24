/**
 * Whose failure it was. An episode breaks off for one of three reasons, which are values and are recorded; whatever else is thrown is a
 * mistake in somebody's program or configuration and goes on up.
 *
 * Errors are told apart by their stable codes: the classes belong to the gym's harness, which this folder doesn't know.
 */
import { JourneymanError } from '../base/index.ts';
import type { EpisodeRecord } from '../records/index.ts';

export type Fault = NonNullable<EpisodeRecord['fault']>;

/** Who was asked when it happened. */
export type Party = 'policy' | 'gym' | 'verifier';

/** The jobs themselves are wrong: every other one would fail in the same way. */
const CALLERS_MISTAKES: readonly string[] = ['config', 'gym'];

/** The fault that `error` is, or null: then it should be thrown. A verifier may throw whatever it likes, and there is no verdict. */
export function faultOf(error: unknown, party: Party): Fault | null {
  if (party === 'verifier') return isOfSandbox(error) ? fault('infrastructure', error) : fault('verifier', error);
  if (!(error instanceof JourneymanError) || CALLERS_MISTAKES.includes(error.code)) return null;
  return fault(party === 'policy' ? 'policy' : 'infrastructure', error);
}

/** A browser that died under the verifier comes as the verifier's error, with the sandbox's as its cause. */
function isOfSandbox(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++)
    if (at instanceof JourneymanError && (at.code === 'infrastructure' || at.code === 'session')) return true;
  return false;
}

function fault(kind: Fault['kind'], error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return { kind, code: error instanceof JourneymanError ? error.code : 'unknown', message: message.slice(0, 2000) };
}
