/**
 * The loss of a language model on text, at any length: by window, by position, per byte.
 *
 * @module
 */
import { sequencePositions, positionsFeed } from "../model/positions.ts";
import { UnsupportedLength, unsupportedReason } from "../model/length-limit.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { input } from "../operators/source.ts";
import { random } from "../random/random.ts";
import type { Compile, CompileOptions, HostTensor, Program } from "../runtime/session.ts";
import type { EvaluationWindow } from "../data/windows.ts";
import { scope } from "../tensor/tensor.ts";

/** Scores, per token, one window after another. */
export interface LanguageEvaluator {
  /** Windows at once. */
  readonly batch: number;
  readonly length: number;
  /** Losses in nats of each window's positions, context positions included. */
  score(windows: readonly EvaluationWindow[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

export { UnsupportedLength, unsupportedReason };

/** Compiles the forward pass at one length; about `tokensAtOnce` tokens run together. */
export async function languageEvaluator(
  model: LanguageModel,
  parameters: ReadonlyMap<string, HostTensor>,
  length: number,
  compile: Compile,
  options: CompileOptions & { readonly tokensAtOnce?: number } = {},
): Promise<LanguageEvaluator> {
  const reason = unsupportedReason(model, length);
  if (reason !== undefined) throw new UnsupportedLength(`length ${length}: ${reason}`);
  const batch = Math.max(1, Math.floor((options.tokensAtOnce ?? 2048) / length));
  const tokens = input("tokens", [batch, length], "int32");
  const targets = input("targets", [batch, length], "int32");
  const { encoding, config } = model;
  const { input: positions, ...places } = sequencePositions(encoding, config.layers, length);
  const { logits } = forward(model, { tokens, ...places });
  const losses = scope("loss", () =>
    crossEntropy(flattenRows(logits), reshape(targets, [batch * length])),
  );
  const program: Program = await compile(
    { inputs: [tokens, targets, positions, ...model.parameters.tensors], outputs: { losses } },
    options,
  );
  const weights = Object.fromEntries(
    model.parameters.specs.map(({ name }) => [name, parameters.get(name)!]),
  );
  // Drawn positions are the same for every window of a length, and for every model of an encoding.
  const stream = random(0, "evaluation", "positions", length);
  const sampled: HostTensor = positionsFeed(encoding, config.layers, length, stream, false);

  return {
    batch,
    length,
    async score(windows) {
      const results: Float32Array[] = [];
      for (let first = 0; first < windows.length; first += batch) {
        const group = windows.slice(first, first + batch);
        const feed = (part: "tokens" | "targets"): HostTensor => {
          const data = new Int32Array(batch * length);
          // A short last group runs with rows of token 0 that nobody reads.
          group.forEach((window, row) => data.set(window[part], row * length));
          return { shape: [batch, length], data };
        };
        const outputs = await program.run({
          ...weights,
          tokens: feed("tokens"),
          targets: feed("targets"),
          positions: sampled,
        });
        const data = outputs["losses"]!.data as Float32Array;
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
    const losses = await evaluator.score(group);
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
