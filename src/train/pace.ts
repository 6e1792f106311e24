/** How fast a run goes. The first step is left out (it compiles the graph), and so are pauses for evaluation. */
export class Pace {
  #start: number | undefined;
  #steps = 0;
  #tokens = 0;

  /** One more step is done. */
  count(tokens: number): void {
    if (this.#start === undefined) {
      this.#start = performance.now();
      return;
    }
    this.#steps++;
    this.#tokens += tokens;
  }

  async pause<T>(work: () => Promise<T>): Promise<T> {
    const before = performance.now();
    const result = await work();
    if (this.#start !== undefined) this.#start += performance.now() - before;
    return result;
  }

  get tokensPerSecond(): number | null {
    return this.#steps === 0 ? null : this.#tokens / this.#seconds;
  }

  secondsFor(steps: number): number | null {
    return this.#steps === 0 ? null : (this.#seconds / this.#steps) * steps;
  }

  get #seconds(): number {
    return Math.max(1e-9, (performance.now() - (this.#start as number)) / 1000);
  }
}
