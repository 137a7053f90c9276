/**
 * One call of a decoder at a time, and none after `dispose()`.
 *
 * @module
 */

/** Whether a decoder runs a call, and whether it is disposed. */
export class OneCall {
  #state: "idle" | "running" | "disposed" = "idle";

  get disposed(): boolean {
    return this.#state === "disposed";
  }

  /** @throws {Error} another call runs, or the decoder is disposed */
  requireIdle(call: string): void {
    if (this.#state === "disposed")
      throw new Error(`decoder: ${call}() after dispose(). Compile the model again.`);
    if (this.#state === "running")
      throw new Error(`decoder: ${call}() while another call runs. Await that one first.`);
  }

  /** Runs the work of a call; until it has ended, no other call is idle. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#state = "running";
    try {
      return await work();
    } finally {
      this.#state = "idle";
    }
  }

  /**
   * From now on every call is refused.
   *
   * @throws {Error} a call runs, or the decoder is disposed
   */
  dispose(): void {
    this.requireIdle("dispose");
    this.#state = "disposed";
  }
}
