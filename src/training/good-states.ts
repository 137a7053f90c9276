/**
 * Which states of a training replace the checkpoint in its storage: only those from which it could go on.
 *
 * An update that does harm is finite like any other; the next step finds out. So a state waits until the loss at it is
 * known, and the metrics up to it wait with it. Where the storage replaced a good state by a ruined one, the same
 * training would fail at the same step for ever.
 *
 * @module
 */
import type { Checkpoint, RunStorage, StepMetrics } from "./checkpoint.ts";

/** A loss so many times that of the first step is that of a ruined state, on its way out of the finite range. */
const ruin = 1e4;

/** The states of one training, and those of them that the storage keeps. */
export class GoodStates {
  readonly #storage: RunStorage;
  #kept: number | undefined;
  /** Of the steps since the kept state. */
  #metrics: StepMetrics[] = [];
  #candidate: Checkpoint | undefined;
  #firstLoss: number | undefined;

  /** @param kept steps done at the storage's checkpoint; undefined where it has none */
  constructor(storage: RunStorage, kept: number | undefined) {
    this.#storage = storage;
    this.#kept = kept;
  }

  /** Steps done at the state in the storage; undefined where there is none. */
  get kept(): number | undefined {
    return this.#kept;
  }

  /** Takes the numbers of a step that was done. */
  add(metrics: StepMetrics): void {
    this.#metrics.push(metrics);
  }

  /** A state to keep, if it turns out to be good; it replaces one of which nothing is known yet. */
  consider(state: Checkpoint): void {
    this.#candidate = state;
  }

  /** Judges the state that was considered by the loss of the step that began with it. */
  async judge(loss: number): Promise<void> {
    this.#firstLoss ??= loss;
    if (Math.abs(loss) <= ruin * (1 + Math.abs(this.#firstLoss))) await this.keep();
    else this.#candidate = undefined;
  }

  /** Keeps the state that was considered, with the metrics of the steps before it. */
  async keep(): Promise<void> {
    const state = this.#candidate;
    if (state === undefined) return;
    this.#candidate = undefined;
    const before = this.#metrics.filter(({ step }) => step < state.step);
    await this.#storage.save(state, before);
    this.#metrics = this.#metrics.slice(before.length);
    this.#kept = state.step;
  }
}
