/**
 * The loss of a language model on text, at any length: by window, by position, per byte.
 *
 * @module
 */
import type { EvaluationWindow, Span } from "../data/windows.ts";
import { checkTokenIds } from "../model/token-ids.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { scope } from "../tensor/tensor.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { forwardProgram } from "./forward-program.ts";
import type { EvaluationOptions } from "./forward-program.ts";

/** Losses of windows of one length, token by token. */
export interface LanguageEvaluator {
  /** Windows at once. */
  readonly batch: number;
  readonly length: number;
  /** Number of token ids. Where it is given, `summariseLosses` checks all windows before it scores the first. */
  readonly vocab?: number;
  /**
   * Losses in nats of each window's positions, context positions included.
   *
   * @param first the place of the first of these windows among all that are evaluated: where the encoding samples
   *   positions, those of a window depend on its place. Default 0
   * @throws {RangeError} an id is outside the model's vocabulary, or a window has another length
   */
  score(windows: readonly EvaluationWindow[], first?: number): Promise<Float32Array[]>;
  /**
   * Scores with other weights of the same model from now on.
   *
   * @throws {RangeError} the weights do not fit the model
   */
  useWeights(weights: Weights): void;
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
  const { vocab } = trained.model.config;
  return {
    batch,
    length,
    vocab,
    async score(windows, first = 0) {
      checkWindows(windows, length, vocab);
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
    useWeights: (weights) => program.useWeights(weights),
    dispose: () => program.dispose(),
  };
}

function checkWindows(windows: readonly EvaluationWindow[], length: number, vocab: number): void {
  for (const { start, tokens, targets } of windows) {
    if (tokens.length !== length || targets.length !== length)
      throw new RangeError(
        `evaluation: the window at ${start} has ${tokens.length} tokens and ${targets.length} targets, and this ` +
          `evaluator takes ${length}. Cut the text into windows of that length.`,
      );
    const place = (at: number): string => `${at} of the window at ${start}`;
    checkTokenIds(tokens, vocab, (at) => `evaluation: token ${place(at)}`);
    checkTokenIds(targets, vocab, (at) => `evaluation: target ${place(at)}`);
  }
}

/** Losses gathered over windows. */
export interface LossSummary {
  /** Scored tokens. */
  readonly tokens: number;
  /** Mean nats a token. */
  readonly nats: number;
  /** Total nats of each window's scored part, in the text's order, and the targets scored. */
  readonly byWindow: readonly { readonly nats: number; readonly targets: Int32Array }[];
  /** Total nats of each stretch of the text; empty where none were given. */
  readonly byStretch: readonly number[];
  /** Mean nats at each position of the window, over windows that scored it; NaN where none did. */
  readonly byPosition: readonly number[];
}

/**
 * Scores every window and gathers the losses.
 *
 * @param stretches ascending parts of the text, by which losses are summed as well: the same at every length
 * @throws {RangeError} an id is outside the model's vocabulary, or a window has another length */
export async function summariseLosses(
  evaluator: Pick<LanguageEvaluator, "batch" | "length" | "vocab" | "score">,
  windows: Iterable<EvaluationWindow>,
  stretches: readonly Span[] = [],
): Promise<LossSummary> {
  const byStretch = stretches.map(() => 0);
  const ends = stretches.map(({ start, targets }) => start + targets);
  let stretch = 0;
  const sums = new Float64Array(evaluator.length);
  const counts = new Float64Array(evaluator.length);
  const byWindow: { nats: number; targets: Int32Array }[] = [];
  const list = [...windows];
  if (evaluator.vocab !== undefined) checkWindows(list, evaluator.length, evaluator.vocab);
  for (let first = 0; first < list.length; first += evaluator.batch) {
    const group = list.slice(first, first + evaluator.batch);
    const losses = await evaluator.score(group, first);
    group.forEach(({ start, scoredFrom, targets }, row) => {
      let total = 0;
      for (let position = scoredFrom; position < evaluator.length; position++) {
        const loss = losses[row]![position]!;
        total += loss;
        while (stretch < ends.length && start + position >= ends[stretch]!) stretch++;
        if (stretch < ends.length) byStretch[stretch]! += loss;
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
    byStretch,
    byPosition: Array.from(sums, (total, position) => total / counts[position]!),
  };
}
