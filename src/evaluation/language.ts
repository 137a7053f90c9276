/**
 * The loss of a language model on text, at any length: by window, by position, per byte.
 *
 * @module
 */
import type { EvaluationWindow } from "../data/windows.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { forwardProgram } from "./forward-program.ts";
import type { EvaluationOptions } from "./forward-program.ts";

/** Losses of windows of one length, token by token. */
export interface LanguageEvaluator {
  /** Windows at once. */
  readonly batch: number;
  readonly length: number;
  /**
   * Losses in nats of each window's positions, context positions included.
   *
   * @param first the place of the first of these windows among all that are evaluated: where the encoding samples
   *   positions, those of a window depend on its place. Default 0
   */
  score(windows: readonly EvaluationWindow[], first?: number): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/**
 * Compiles the forward pass and the loss at one length.
 *
 * @throws {UnsupportedLength} the encoding cannot run at the length
 * @throws {RangeError} the weights do not fit the model
 */
export async function languageEvaluator(
  trained: TrainedModel,
  length: number,
  options: EvaluationOptions = {},
): Promise<LanguageEvaluator> {
  const scoring = {
    inputs: ["targets"],
    output: (logits: Tensor, { targets }: Readonly<Record<string, Tensor>>): Tensor =>
      scope("loss", () => {
        const flat = flattenRows(logits);
        return crossEntropy(flat, reshape(targets!, flat.shape.slice(0, 1)));
      }),
  };
  const program = await forwardProgram(trained, length, scoring, options);
  const { batch } = program;
  return {
    batch,
    length,
    async score(windows, first = 0) {
      const results: Float32Array[] = [];
      for (let done = 0; done < windows.length; done += batch) {
        const group = windows.slice(done, done + batch);
        const rows = (part: "tokens" | "targets"): Int32Array => {
          const data = new Int32Array(batch * length);
          // The last group is filled up with rows of token 0, whose results are not read.
          group.forEach((window, row) => data.set(window[part], row * length));
          return data;
        };
        const arrays = { tokens: rows("tokens"), targets: rows("targets") };
        const data = (await program.run(arrays, first + done)) as Float32Array;
        group.forEach((_, row) => results.push(data.slice(row * length, (row + 1) * length)));
      }
      return results;
    },
    dispose: () => program.dispose(),
  };
}

/** Losses gathered over windows. */
export interface LossSummary {
  /** Scored tokens. */
  readonly tokens: number;
  /** Mean nats a token. */
  readonly nats: number;
  /** Total nats of each window's scored part, in the text's order, and the targets scored. */
  readonly byWindow: readonly { readonly nats: number; readonly targets: Int32Array }[];
  /** Mean nats at each position of the window, over windows that scored it; NaN where none did. */
  readonly byPosition: readonly number[];
}

/** Scores every window and gathers the losses. */
export async function summariseLosses(
  evaluator: LanguageEvaluator,
  windows: Iterable<EvaluationWindow>,
): Promise<LossSummary> {
  const sums = new Float64Array(evaluator.length);
  const counts = new Float64Array(evaluator.length);
  const byWindow: { nats: number; targets: Int32Array }[] = [];
  const list = [...windows];
  for (let first = 0; first < list.length; first += evaluator.batch) {
    const group = list.slice(first, first + evaluator.batch);
    const losses = await evaluator.score(group, first);
    group.forEach(({ scoredFrom, targets }, row) => {
      let total = 0;
      for (let position = scoredFrom; position < evaluator.length; position++) {
        const loss = losses[row]![position]!;
        total += loss;
        sums[position]! += loss;
        counts[position]!++;
      }
      byWindow.push({ nats: total, targets: targets.subarray(scoredFrom) });
    });
  }
  const tokens = counts.reduce((a, b) => a + b, 0);
  return {
    tokens,
    nats: sums.reduce((a, b) => a + b, 0) / tokens,
    byWindow,
    byPosition: Array.from(sums, (total, position) => total / counts[position]!),
  };
}
