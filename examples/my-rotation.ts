/**
 * An encoding that rotates queries and keys, as rotary positions do, by frequencies that it learns.
 *
 * @module
 */
import { cast, cos, defineEncoding, exp, geometricFrequencies, multiply } from "relpos";
import { sin, turnPairs, unsqueeze } from "relpos";

// region encoding
const frequency = "position.learned-rotation.log-frequency";

// A product of a far position and a learned frequency loses its fraction in float32, so texts are limited.
const limit = { length: 8192, reason: "its angles are formed in float32" };

export const encoding = defineEncoding({
  id: "learned-rotation",
  family: "rotary",
  summary: "Pairs of components rotate by the position times a frequency that is learned.",
  formula: "score[i,j] = (R(i)q_i)·(R(j)k_j) / √d,  R rotates pair m by i·exp(ω[m])",
  create: ({ headDim }) => ({
    id: "learned-rotation",
    limit,
    parameters: [
      {
        name: frequency,
        shape: [headDim / 2],
        initial: { kind: "values", values: geometricFrequencies(headDim, 10_000).map(Math.log) },
      },
    ],
    rotate(vectors, { tensor, values }, _, context) {
      if (values?.some((position) => Math.abs(position) >= limit.length))
        throw new RangeError(`learned-rotation: ${limit.reason}, up to position ${limit.length}.`);
      const position = cast(unsqueeze(tensor, -1), "float32"); // [length, 1], padded [batch, length, 1]
      const angle = multiply(position, exp(context.parameter(frequency)));
      // Vectors are [batch, heads, length, headDim]: rows of a padded batch need an axis for the heads.
      const placed = tensor.shape.length === 1 ? angle : unsqueeze(angle, 1);
      return turnPairs(vectors, { cosine: cos(placed), sine: sin(placed) }, "half");
    },
    cache: { keys: "either" },
    shiftInvariant: true,
  }),
});
// endregion
