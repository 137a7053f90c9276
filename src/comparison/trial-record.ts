/**
 * What is kept of one trained model: its costs, its training loss, and how it was judged at each length.
 *
 * @module
 */
import type { Items } from "../measures/items.ts";

/** One model: one encoding, one seed. */
export interface Trial {
  readonly encoding: string;
  readonly seed: number;
  /** Learned numbers in the whole model, the encoding's own among them. */
  readonly parameters: number;
  /**
   * Median time of a training step. In the results of a comparison it is that of the encoding alone, measured in turns
   * with the other encodings after all trials; in a trial's own record, that of its steps beside whatever ran then.
   */
  readonly secondsPerStep: number;
  readonly peakMemoryBytes: number;
  /** Mean nats per token of the training batch. */
  readonly trainingLoss: readonly { readonly step: number; readonly loss: number }[];
  readonly evaluations: readonly Evaluation[];
  /**
   * On text: mean nats per token at each position of the longest window that the encoding could run, from windows
   * that do not overlap. The array is as long as that window; absent where no window could be run.
   */
  readonly lossByPosition?: readonly number[];
  readonly scorePicture?: ScorePicture;
}

/** How a model was judged at one place, or why it was not. */
export type Evaluation = Measured | (Place & Unsupported);

/** A length, and how or on what models are judged there: "windows", "sliding", a task's condition. */
export interface Place {
  readonly length: number;
  readonly protocol: string;
}

/** The measurements at one place. */
export interface Measured extends Place {
  /** By measure id; NaN (null in JSON) where the model's losses were not finite. */
  readonly values: Readonly<Record<string, number>>;
  /** Tokens judged. */
  readonly tokens: number;
  /**
   * What each stretch of text, or each sample, contributed, by column, see `src/measures/`. Every encoding, seed and
   * length is judged on the same stretches of text, every encoding with a seed on the same samples: differences are
   * paired item by item.
   */
  readonly items: Items;
}

/** Why something was not measured: "its table has 128 rows". */
export interface Unsupported {
  readonly unsupported: string;
}

/** What an encoding adds to the scores, or how alike its position vectors are. */
export interface ScorePicture {
  readonly size: number;
  /** `size * size` numbers, queries down, keys right; NaN (null in JSON) where a key is not seen. */
  readonly values: readonly number[];
  /** What the values are: "bias added to the scores, mean over heads". */
  readonly caption: string;
}

/** Whether there are measurements. */
export function isMeasured(evaluation: Evaluation): evaluation is Measured {
  return !("unsupported" in evaluation);
}
