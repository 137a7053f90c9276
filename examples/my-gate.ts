/**
 * An encoding whose bias depends on the content: each query decides by a gate how fast the past fades for it.
 *
 * @module
 */
import { abs, defineEncoding, matmul, multiply, softplus } from "relpos";

// region encoding
const gate = "position.query-gate.gate";

export const encoding = defineEncoding({
  id: "query-gate",
  family: "content",
  summary:
    "Each query lowers scores in proportion to the distance, by a slope that a gate computes.",
  formula: "score[h,i,j] = q_i·k_j / √d − softplus(w_h·q_i)·|i−j|",
  create: ({ heads, headDim }) => ({
    id: "query-gate",
    parameters: [
      {
        name: gate,
        shape: [heads, headDim, 1],
        initial: { kind: "normal", deviation: 0.02 },
        owner: "layer", // a gate of its own in each layer
      },
    ],
    // The query is [batch, heads, query, headDim], the slope [batch, heads, query, 1]; the distance is [query, key],
    // or [batch, 1, query, key] in a padded batch. All count from the last axis, so both broadcast.
    contentBias({ rawQuery }, _, context) {
      const slope = softplus(matmul(rawQuery, context.parameter(gate)));
      return multiply(multiply(slope, abs(context.distance)), -1);
    },
    cache: { keys: "either" },
    shiftInvariant: true,
  }),
});
// endregion
