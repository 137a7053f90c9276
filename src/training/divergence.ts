/**
 * Training whose numbers left the finite range.
 *
 * @module
 */
import type { Checkpoint } from "./checkpoint.ts";

/** What is known of a step that failed. */
interface DivergenceDetails {
  /** What became of its numbers, as the middle of a sentence: `loss became NaN`. */
  readonly what: string;
  readonly where: string;
  readonly rate: number;
  /** The step of the checkpoint in the storage, undefined if none is; absent while no storage was asked. */
  readonly kept?: number | undefined;
  /** How the run goes on, a sentence. */
  readonly next?: string;
}

/** Loss, gradient or state became NaN or infinite; the state before the step is still there. */
export class TrainingDiverged extends Error {
  override readonly name = "TrainingDiverged";
  /** Steps done before the one that failed. */
  readonly step: number;
  /** The first stage or parameter that is not finite, "the loss", or "the backward pass". */
  readonly where: string;
  /** The step whose state is in the storage; undefined if none is. */
  readonly kept: number | undefined;
  readonly #details: DivergenceDetails;

  constructor(step: number, details: DivergenceDetails) {
    const { what, where, rate, kept, next } = details;
    const state = !("kept" in details)
      ? ""
      : kept === undefined
        ? "No checkpoint was kept. "
        : `The checkpoint of step ${kept} was kept. `;
    super(
      `training diverged: at step ${step} the ${what}, first in ${where}. ${state}` +
        `Lower the learning rate (it was ${rate.toPrecision(3)}), lengthen the warm-up, or clip gradients.${next === undefined ? "" : ` ${next}`}`,
    );
    this.step = step;
    this.where = where;
    this.kept = kept;
    this.#details = details;
  }

  /** The same error with what the storage has: a checkpoint's step, or undefined for none. */
  withKept(kept: number | undefined): TrainingDiverged {
    return new TrainingDiverged(this.step, { ...this.#details, kept });
  }

  /** The same error with how the run goes on, a sentence. */
  withNext(next: string): TrainingDiverged {
    return new TrainingDiverged(this.step, { ...this.#details, next });
  }
}

/** The name of the first tensor that is not finite, or undefined. */
export function firstNotFinite(tensors: Checkpoint["tensors"]): string | undefined {
  for (const [name, { data }] of tensors) {
    // 0 · x is NaN where x is NaN or infinite, and so is every sum with it.
    let zero = 0;
    for (let at = 0; at < data.length; at++) zero += 0 * data[at]!;
    if (zero !== 0) return name;
  }
  return undefined;
}
