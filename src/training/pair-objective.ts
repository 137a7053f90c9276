/**
 * From a source to its target: the objective of an encoder-decoder, by teacher forcing.
 *
 *     loss = Σ weight · crossEntropy(logits of the target so far, its next token) / Σ weight
 *
 * The decoder reads the begin symbol and the target, and is to predict the target and the end symbol. A batch is
 * padded on the right: the source's padding is masked, in the encoder and in attention to it. The target's needs no
 * mask, because it comes after every token of text and attention is causal; its losses have the weight 0.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { forwardPair } from "../model/encode-decode.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { sequencePositions } from "../model/positions.ts";
import { divide, multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { sum } from "../operators/reduction.ts";
import { scope } from "../tensor/tensor.ts";
import { objective } from "./define-objective.ts";
import type { Objective, ObjectiveInput } from "./objective.ts";

/** The size of a micro-batch. */
export interface PairBatchSize {
  /** Pairs. */
  readonly batch: number;
  /** Tokens of a source with its padding. */
  readonly sourceLength: number;
  /** Tokens of a target with its begin symbol and its padding. */
  readonly targetLength: number;
}

/** How the loss of a target is made. */
export interface PairLoss {
  /** The share of each target token that is spread evenly over the vocabulary, see `crossEntropy`. Default 0. */
  readonly labelSmoothing?: number;
}

const names: NamesOf<PairBatchSize & PairLoss> = {
  ...{ batch: true, sourceLength: true, targetLength: true },
  labelSmoothing: true,
};

/**
 * Mean cross-entropy of target tokens, in nats, over all micro-batches of a step. Inputs: `source`, int32
 * `[batch, sourceLength]`, and `sourceMask`, bool, true where it is no padding; `target`, what the decoder reads, and
 * `next`, what it is to predict, int32 `[batch, targetLength]`; `weights`, float32, 0 where the target is padding;
 * `sourcePositions` and `targetPositions`, int32 `[length]`, or `[layers, length]` where each layer samples its own.
 *
 * Equals: torch.nn.functional.cross_entropy(ignore_index=…, label_smoothing=…), whose mean is over the tokens that
 * count.
 *
 * @throws {ShapeError} a size that is no whole number above 0
 */
export function pairObjective(model: EncoderDecoder, size: PairBatchSize & PairLoss): Objective {
  refuseUnknownNames("training", size, names);
  const { batch, sourceLength, targetLength, labelSmoothing = 0 } = size;
  const { parameters, encoder, decoder, config } = model;
  const sources: ObjectiveInput = { shape: [batch, sourceLength], dtype: "int32" };
  const targets: ObjectiveInput = { shape: [batch, targetLength], dtype: "int32" };
  const { encoderLayers, decoderLayers } = config;
  const positionsOf = (shape: readonly number[]): ObjectiveInput => ({
    ...{ shape, dtype: "int32", shared: true },
    optional: true, // not every encoding reads positions
  });
  const shapes = [
    sequencePositions(encoder, encoderLayers, sourceLength).input.shape,
    sequencePositions(decoder, decoderLayers, targetLength).input.shape,
  ] as readonly (readonly number[])[];
  return objective<string>({
    parameters,
    reshaped: ({ source, target }) =>
      pairObjective(model, {
        ...{ batch: source![0]!, sourceLength: source![1]!, targetLength: target![1]! },
        labelSmoothing,
      }),
    inputs: {
      source: sources,
      sourceMask: { shape: sources.shape, dtype: "bool" },
      target: targets,
      next: targets,
      weights: { shape: targets.shape },
      sourcePositions: positionsOf(shapes[0]!),
      targetPositions: positionsOf(shapes[1]!),
    },
    // As shares of their sum, scaled so that the mean over micro-batches is the mean over all target tokens.
    prepare: (inputs, microBatches) => ({
      ...inputs,
      weights: multiply(divide(inputs["weights"]!, sum(inputs["weights"]!)), microBatches),
    }),
    loss(inputs, { dropout }) {
      const { source, sourceMask, target, next, weights } = inputs;
      const { sourcePositions, targetPositions } = inputs;
      const from = sequencePositions(encoder, encoderLayers, sourceLength, {
        tensor: sourcePositions,
      });
      const to = sequencePositions(decoder, decoderLayers, targetLength, {
        tensor: targetPositions,
      });
      const { logits, stages } = forwardPair(model, {
        source: {
          ...{ tokens: source!, keyMask: sourceMask },
          ...{ positions: from.positions, layerPositions: from.layerPositions },
        },
        target: { tokens: target!, positions: to.positions, layerPositions: to.layerPositions },
        dropout,
      });
      const loss = scope("loss", () => {
        const all = [batch * targetLength];
        const losses = crossEntropy(flattenRows(logits), reshape(next!, all), {
          smoothing: labelSmoothing,
        });
        return sum(multiply(losses, reshape(weights!, all)));
      });
      return { loss, stages: [...stages, { name: "head", output: logits }] };
    },
  });
}
