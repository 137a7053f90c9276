/**
 * An encoding of your own, in a file that `relpos compare` and `relpos check` take by its path: a linear bias
 * like ALiBi's, whose slope each head learns.
 *
 * @module
 */
import { abs, defineEncoding, multiply } from "relpos";

// region encoding
const slope = "position.learned-slope.slope";

export const encoding = defineEncoding({
  id: "learned-slope",
  family: "bias",
  summary: "Each head lowers a score in proportion to the distance, by a slope it learns.",
  formula: "score[h,i,j] = q_i·k_j / √d − slope[h]·|i−j|",
  paper: { title: "No paper: an example" },
  create: ({ heads }) => ({
    id: "learned-slope",
    parameters: [{ name: slope, shape: [heads, 1, 1], initial: { kind: "ones" } }],
    bias: (context) => multiply(abs(context.distance), multiply(context.parameter(slope), -1)),
    cache: { keys: "either" },
    shiftInvariant: true,
  }),
});
// endregion
