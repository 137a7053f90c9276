/**
 * SHAPE: shifted absolute position embedding, around any encoding that is not shift-invariant.
 *
 * Kiyono et al., "SHAPE: Shifted Absolute Position Embedding for Transformers", EMNLP 2021.
 * https://arxiv.org/abs/2109.05644
 *
 *     positions 0, 1, 2, … become k, k + 1, k + 2, …
 *     k uniform over 0 … maxOffset − 1 in every training step, and `evaluationOffset` elsewhere
 *
 * so that the model cannot hold on to where a text begins, and learns from differences of positions.
 *
 * Acts on:    positions, then as its base
 * Learns:     what its base learns, with tables of train length + maxOffset rows
 * Reference:  butsugiri/shape, onmt/modules/embeddings.py, PositionalEncoding
 * Differs:    one offset for the whole batch of a step; the reference draws one for each text. An
 *             evaluation begins at maxOffset as in the reference, beyond all that training drew
 *
 * @module
 */
import { checkWhole, withSampledPositions } from "./parts/sampled-positions.ts";
import type { BaseOptions, FindEncoding } from "./parts/sampled-positions.ts";
import type { PositionSampling, EncodingDefinition } from "./position-encoding.ts";

/** Settings of SHAPE. */
export interface RandomOffsetOptions extends BaseOptions {
  /** How many offsets a training step draws from. Default 500. */
  readonly maxOffset?: number;
  /** Where texts begin in evaluation and generation. Default: `maxOffset`. */
  readonly evaluationOffset?: number;
}

/** Shifted positions around the encodings that `find` knows. */
export function randomOffset(find: FindEncoding): EncodingDefinition<RandomOffsetOptions> {
  return {
    id: "random-offset",
    family: "input",
    summary: "A training step moves all positions by one random number, for an absolute encoding.",
    formula: "positions i ← i + k,  k ~ U{0, …, K−1} in every training step",
    paper: {
      title: "SHAPE: Shifted Absolute Position Embedding for Transformers",
      year: 2021,
      url: "https://arxiv.org/abs/2109.05644",
    },
    create(shape, options = {}) {
      const { maxOffset = 500, evaluationOffset = maxOffset } = options;
      checkWhole("random-offset", { maxOffset }, 1);
      checkWhole("random-offset", { evaluationOffset }, 0, maxOffset);
      const sampling: PositionSampling = {
        per: "model",
        positions(length, random, training) {
          const offset = training ? random.integer(maxOffset) : evaluationOffset;
          return Array.from({ length }, (_, position) => offset + position);
        },
      };
      const { base = "sinusoidal", baseOptions } = options;
      const inner = find(base).create(
        { ...shape, trainLength: shape.trainLength + maxOffset },
        baseOptions,
      );
      if (inner.shiftInvariant)
        throw new RangeError(
          `random-offset: "${base}" is shift-invariant: moving all positions changes nothing in it. ` +
            `Use it alone, or choose a base that is absolute, such as "sinusoidal".`,
        );
      const limit = inner.limit && {
        length: inner.limit.length - evaluationOffset,
        reason: `${inner.limit.reason}, and texts begin at ${evaluationOffset}`,
      };
      return withSampledPositions("random-offset", inner, sampling, limit);
    },
  };
}
