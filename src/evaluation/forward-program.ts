/**
 * A trained model's forward pass at one length, compiled: what all evaluations share.
 *
 * @module
 */
import { UnsupportedLength, unsupportedReason } from "../model/length-limit.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { forward } from "../model/transformer.ts";
import { input } from "../operators/source.ts";
import { fittingWeights } from "../parameters/weights.ts";
import { random } from "../random/random.ts";
import { compileBound } from "../runtime/bound.ts";
import type { Compile, CompileOptions, HostTensor } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How an evaluation runs. */
export interface EvaluationOptions extends CompileOptions {
  /** Default: the runtime of the entry point. */
  readonly compile?: Compile;
  /** About how many tokens run together. Default 2,048. */
  readonly tokensAtOnce?: number;
}

/** A compiled forward pass over rows of one length. */
export interface ForwardProgram {
  /** Rows at once. */
  readonly batch: number;
  /** Runs on int32 arrays `[batch, length]`; gives the one output. */
  run(rows: Readonly<Record<string, Int32Array>>): Promise<HostTensor["data"]>;
  dispose(): Promise<void>;
}

/** What an evaluation makes of the logits, and the rows that it takes beside `tokens`. */
interface Scoring {
  readonly inputs: readonly string[];
  /** From the logits `[batch, length, vocab]` and the further rows, int32 `[batch, length]`. */
  readonly output: (logits: Tensor, rows: Readonly<Record<string, Tensor>>) => Tensor;
}

/**
 * Compiles the forward pass at one length. Positions that an encoding samples are the same for every row of a length,
 * and for every model with that encoding.
 *
 * @throws {UnsupportedLength} the encoding cannot run at the length
 * @throws {RangeError} the weights do not fit the model
 */
export async function forwardProgram(
  { model, weights }: TrainedModel,
  length: number,
  { inputs, output }: Scoring,
  { compile = compileBound, tokensAtOnce = 2048, ...options }: EvaluationOptions,
): Promise<ForwardProgram> {
  const { encoding, config, parameters } = model;
  const reason = unsupportedReason(model, length);
  if (reason !== undefined) throw new UnsupportedLength(`length ${length}: ${reason}`);
  const values = Object.fromEntries(
    fittingWeights(parameters.specs, weights, { speaker: "evaluation", others: "an error" }),
  );
  const batch = Math.max(1, Math.floor(tokensAtOnce / length));
  const shape = [batch, length];
  const row = (name: string): Tensor => input(name, shape, "int32");
  const tokens = row("tokens");
  const rows = Object.fromEntries(inputs.map((name) => [name, row(name)]));
  const { input: positions, ...places } = sequencePositions(encoding, config.layers, length);
  const result = output(forward(model, { tokens, ...places }).logits, rows);
  const program = await compile(
    {
      inputs: [tokens, ...Object.values(rows), positions, ...parameters.tensors],
      outputs: { result },
    },
    options,
  );
  const stream = random(0, "evaluation", "positions", length);
  const sampled = positionsFeed(encoding, config.layers, length, stream, false);
  return {
    batch,
    async run(arrays) {
      const fed = Object.entries(arrays).map(([name, data]) => [name, { shape, data }]);
      const feeds = Object.fromEntries(fed) as Record<string, HostTensor>;
      const outputs = await program.run({ ...values, ...feeds, positions: sampled });
      return outputs["result"]!.data;
    },
    dispose: () => program.dispose(),
  };
}
