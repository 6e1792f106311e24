/**
 * The one root of every error that Journeyman throws on purpose, and its few subclasses, one for each boundary that
 * was crossed. A message names the operation, what came, what was expected, and what to do about it.
 *
 * Not for expected outcomes (a truncated episode, an abstention): those are values.
 */

export type Details = Readonly<Record<string, unknown>>;

export interface ErrorParts {
  /** What was being done, e.g. `load checkpoint runs/a`. */
  readonly operation: string;
  /** What came. */
  readonly got: string;
  /** What was expected instead. */
  readonly expected: string;
  /** What the reader can do about it. */
  readonly fix?: string;
  readonly details?: Details;
  readonly cause?: unknown;
}

/** Root error. `code` is stable and machine-readable, `message` is for people. */
export class JourneymanError extends Error {
  readonly code: string;
  readonly details: Details;

  constructor(code: string, parts: ErrorParts) {
    const fix = parts.fix === undefined ? '' : ` To fix it: ${parts.fix}`;
    super(`${parts.operation}: got ${parts.got}, expected ${parts.expected}.${fix}`, { cause: parts.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = parts.details ?? {};
  }
}

/** Options, command lines and configuration files. */
export class ConfigError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('config', parts);
  }
}

/** Corpora, transcripts, tokenizers: what is read to learn from. */
export class DataError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('data', parts);
  }
}

/** Tensors whose shapes or types don't fit together. */
export class ShapeError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('shape', parts);
  }
}

/** A graph that can't be built, differentiated or written. */
export class GraphError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('graph', parts);
  }
}

/** The runtime that executes graphs: loading it, making a session, running it, using it after `dispose`. */
export class RuntimeError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('runtime', parts);
  }
}

/** Weight files and checkpoints. */
export class CheckpointError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('checkpoint', parts);
  }
}

/** Training that can't go on: a loss that is not a number, or that explodes. */
export class TrainingError extends JourneymanError {
  constructor(parts: ErrorParts) {
    super('training', parts);
  }
}
