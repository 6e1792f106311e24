/** Errors of the three boundaries that a gym has: its own definition and proof, an episode in its sandbox, its verifier. */
import { type ErrorParts, JourneymanError } from '../base/index.ts';

/** A gym that is unknown, malformed, unproved, or asked for what it lacks. */
export class GymError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('gym', parts);
  }
}

/** A session that is used wrongly: after its end, with another task's snapshot. */
export class SessionError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('session', parts);
  }
}

/** A verifier that threw or contradicts itself: there is no score. */
export class VerifierError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('verifier', parts);
  }
}

/** The sandbox failed, not the policy: the episode has no score and says nothing about the agent. */
export class InfrastructureError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('infrastructure', parts);
  }
}
