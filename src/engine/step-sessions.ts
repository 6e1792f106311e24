/**
 * The compiled steps of an engine, by width and number of lanes, each compiled when it is first asked for. Every one holds
 * the weights, so only those of the last few numbers of lanes are kept, by default two: an engine that goes to and fro between two of them
 * compiles nothing anew. `get` and `dispose` free sessions: no step may be under way.
 */
import type { Session } from '../tensor/index.ts';
import type { StepShape } from './incremental-graph.ts';

/** What is kept of a session. */
type Disposable = Pick<Session, 'dispose'>;

export class StepSessions<S extends Disposable = Session> {
  readonly #compile: (shape: StepShape) => Promise<S>;
  /** By number of lanes, the one used last at the end; then by width. */
  readonly #layouts = new Map<number, Map<number, Promise<S>>>();

  readonly #layoutsKept: number;

  constructor(compile: (shape: StepShape) => Promise<S>, layoutsKept = 2) {
    this.#compile = compile;
    this.#layoutsKept = layoutsKept;
  }

  /** The session of this shape. A compilation that fails is forgotten, and tried again the next time. */
  async get(shape: StepShape): Promise<S> {
    const layout = this.#layouts.get(shape.lanes) ?? new Map<number, Promise<S>>();
    this.#layouts.delete(shape.lanes);
    this.#layouts.set(shape.lanes, layout);
    for (const lanes of [...this.#layouts.keys()].slice(0, -this.#layoutsKept)) await this.#drop(lanes);
    let session = layout.get(shape.tokens);
    if (!session) {
      session = this.#compile(shape);
      layout.set(shape.tokens, session);
      session.catch(() => layout.delete(shape.tokens));
    }
    return session;
  }

  /** Disposes every session; the next `get` compiles anew. */
  async dispose(): Promise<void> {
    for (const lanes of [...this.#layouts.keys()]) await this.#drop(lanes);
  }

  async #drop(lanes: number): Promise<void> {
    const sessions = [...(this.#layouts.get(lanes)?.values() ?? [])];
    this.#layouts.delete(lanes);
    await Promise.all(sessions.map(async (session) => (await session).dispose()));
  }
}
