/**
 * A trained model's forward pass at one length, compiled: what all evaluations share.
 *
 * @module
 */
import { UnsupportedLength, unsupportedReason } from "../model/length-limit.ts";
import {
  positionRowsFeed,
  positionsFeed,
  samplesEachText,
  sequencePositions,
} from "../model/positions.ts";
import type { PositionsFeed } from "../model/positions.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { forward } from "../model/transformer.ts";
import { input } from "../operators/source.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
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
  /** Seed of the positions that an encoding samples for each text. A trained model's own is a good choice. Default 0. */
  readonly seed?: number;
}

/** The names of the options of an evaluation. */
export const evaluationNames: NamesOf<EvaluationOptions> = {
  device: true,
  threads: true,
  compile: true,
  tokensAtOnce: true,
  seed: true,
};

/** A compiled forward pass over rows of one length. */
export interface ForwardProgram {
  /** Rows at once. */
  readonly batch: number;
  /**
   * Runs on int32 arrays `[batch, length]`; gives the one output. `first` is the place of the first row among all rows
   * that are evaluated: with the seed, it decides the positions that an encoding samples for the row.
   */
  run(rows: Readonly<Record<string, Int32Array>>, first: number): Promise<HostTensor["data"]>;
  /** Runs with other weights of the same model from now on. */
  useWeights(weights: Weights): void;
  dispose(): Promise<void>;
}

/** What an evaluation makes of the logits, and the rows that it takes beside `tokens`. */
interface Scoring {
  readonly inputs: readonly string[];
  /** Of how many last tokens of each row there are logits. Default: of all. */
  readonly logits?: number;
  /** From the logits `[batch, length, vocab]` and the further rows, int32 `[batch, length]`. */
  readonly output: (logits: Tensor, rows: Readonly<Record<string, Tensor>>) => Tensor;
}

/**
 * Compiles the forward pass at one length. Positions that an encoding samples differ from row to row and from seed to
 * seed; rows in the same place get the same ones in every model with that encoding, however many run together.
 *
 * @throws {UnsupportedLength} the encoding cannot run at the length
 * @throws {RangeError} the weights do not fit the model
 */
export async function forwardProgram(
  { model, weights }: TrainedModel,
  length: number,
  { inputs, output, logits: last }: Scoring,
  given: EvaluationOptions,
): Promise<ForwardProgram> {
  refuseUnknownNames("evaluation", given, evaluationNames);
  const { compile = compileBound, tokensAtOnce = 2048, seed = 0, ...options } = given;
  const { encoding, config, parameters } = model;
  const reason = unsupportedReason(model, length);
  if (reason !== undefined) throw new UnsupportedLength(`length ${length}: ${reason}`);
  const valuesOf = (given: Weights): Record<string, HostTensor> =>
    Object.fromEntries(
      fittingWeights(parameters.specs, given, { speaker: "evaluation", others: "an error" }),
    );
  let values = valuesOf(weights);
  const batch = Math.max(1, Math.floor(tokensAtOnce / length));
  const shape = [batch, length];
  const row = (name: string): Tensor => input(name, shape, "int32");
  const tokens = row("tokens");
  const rows = Object.fromEntries(inputs.map((name) => [name, row(name)]));
  const byRow = samplesEachText(encoding);
  const { input: positions, ...places } = sequencePositions(
    encoding,
    config.layers,
    length,
    byRow ? { batch } : {},
  );
  const { logits } = forward(model, { tokens, ...places, ...(last && { logits: last }) });
  const result = output(logits, rows);
  const program = await compile(
    {
      inputs: [tokens, ...Object.values(rows), positions, ...parameters.tensors],
      outputs: { result },
    },
    options,
  );
  const stream = random(seed, "evaluation", "positions", length);
  const shared = byRow ? undefined : positionsFeed(encoding, config.layers, length, stream, false);
  const positionsFrom = (first: number): PositionsFeed => {
    if (shared !== undefined) return shared;
    const streams = Array.from({ length: batch }, (_, row) => stream.split(first + row));
    return positionRowsFeed(encoding, config.layers, length, streams);
  };
  return {
    batch,
    async run(arrays, first) {
      const fed = Object.entries(arrays).map(([name, data]) => [name, { shape, data }]);
      const feeds = Object.fromEntries(fed) as Record<string, HostTensor>;
      const outputs = await program.run({ ...values, ...feeds, positions: positionsFrom(first) });
      return outputs["result"]!.data;
    },
    useWeights(given) {
      values = valuesOf(given);
    },
    dispose: () => program.dispose(),
  };
}
