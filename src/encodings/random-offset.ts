/**
 * SHAPE: shifted absolute position embedding, around any encoding that is not shift-invariant.
 *
 * Kiyono et al., "SHAPE: Shifted Absolute Position Embedding for Transformers", EMNLP 2021.
 * https://arxiv.org/abs/2109.05644
 *
 *     positions 0, 1, 2, … become k, k + 1, k + 2, …
 *     k uniform over 0 … maxOffset − 1 in every training step, and `evaluationOffset` elsewhere
 *
 * so that the model cannot learn where a text begins, and learns from differences of positions.
 *
 * Acts on:    positions, then as its base
 * Learns:     what its base learns, with tables of train length + maxOffset rows
 * Reference:  butsugiri/shape, onmt/modules/embeddings.py, PositionalEncoding
 * Differs:    one offset for the whole batch of a step; the reference samples one for each text. An
 *             evaluation begins at maxOffset as in the reference, beyond all that training sampled
 *
 * @module
 */
import { option } from "../options/option.ts";
import { anyWord, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { DefinedEncoding, WithCommonOptions } from "./define-encoding.ts";
import { furthestPosition } from "./parts/limit.ts";
import { baseOptionsOption, withSampledPositions } from "./parts/sampled-positions.ts";
import type { FindEncoding } from "./parts/sampled-positions.ts";
import type { PositionSampling } from "./position-encoding.ts";

/** The options of `random-offset`. */
const options = {
  base: option("Id of an absolute encoding, whose positions are shifted.", anyWord, {
    default: "sinusoidal",
  }),
  baseOptions: baseOptionsOption,
  maxOffset: option("How many offsets a training step samples from.", whole({ least: 1 }), {
    default: 500,
  }),
  evaluationOffset: option(
    "Where texts begin in evaluation and generation, up to maxOffset.",
    whole({ least: 0 }),
    { otherwise: "`maxOffset`" },
  ),
};

/** Shifted positions around an encoding that `find` returns. */
export function randomOffset(
  find: FindEncoding,
): DefinedEncoding<WithCommonOptions<typeof options>> {
  return defineEncoding({
    id: "random-offset",
    family: "input",
    summary: "A training step moves all positions by one random number, for an absolute encoding.",
    formula: "positions i ← i + k,  k ~ U{0, …, K−1} in every training step",
    paper: {
      title: "SHAPE: Shifted Absolute Position Embedding for Transformers",
      year: 2021,
      url: "https://arxiv.org/abs/2109.05644",
    },
    options,
    create(shape, { base, baseOptions, maxOffset, evaluationOffset = maxOffset }) {
      if (evaluationOffset > maxOffset)
        throw new RangeError(
          `random-offset: evaluationOffset must be from 0 to maxOffset, ${maxOffset}, got ${evaluationOffset}. ` +
            `Lower it, or raise maxOffset.`,
        );
      if (shape.trainLength + maxOffset > furthestPosition)
        throw new RangeError(
          `random-offset: maxOffset must leave positions of train length ${shape.trainLength} below ` +
            `${furthestPosition}, which float32 has exactly, got ${maxOffset}. Lower it.`,
        );
      const sampling: PositionSampling = {
        per: "model",
        evaluation: "fixed",
        positions(length, random, training) {
          const offset = training ? random.integer(maxOffset) : evaluationOffset;
          return Array.from({ length }, (_, position) => offset + position);
        },
      };
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
  });
}
