/**
 * What was compared and how it was trained, as results.json has it. What was trained on is added by the kind of
 * comparison, see `kinds/`.
 *
 * @module
 */

/** What was compared, and how it was trained. */
export interface TrainingConfiguration {
  /** Encoding ids in the order the user gave them; the report keeps one colour for each. */
  readonly encodings: readonly string[];
  readonly seeds: readonly number[];
  /** Kinds of tokens. */
  readonly vocab: number;
  readonly model: ModelSize;
  /** Tokens in a training window, or the length of the longest samples of training. */
  readonly trainLength: number;
  /** Lengths that models are judged at, ascending. */
  readonly testLengths: readonly number[];
  readonly steps: number;
  /** Windows or samples in a training step. */
  readonly batch: number;
  /** Absent where each encoding has one of its own, see `Results.tuning`. */
  readonly learningRate?: number;
  /** Further facts (schedule, weight decay, …), shown unchanged. */
  readonly notes?: Readonly<Record<string, string | number>>;
}

/** The sizes of the model. */
export interface ModelSize {
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly hidden: number;
}

/** The tested length that growth is measured from: the train length, or the shortest if it was not tested. */
export function baseLength({
  trainLength,
  testLengths,
}: Pick<TrainingConfiguration, "trainLength" | "testLengths">): number {
  return testLengths.includes(trainLength) ? trainLength : Math.min(...testLengths);
}
