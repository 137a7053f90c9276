/**
 * The encoding of my-encoding.ts with options: how steep it is at first, and whether layers share their slopes.
 *
 * @module
 */
import {
  abs,
  defineEncoding,
  distanceBias,
  flag,
  multiply,
  number,
  option,
  unsqueeze,
} from "relpos";

// region encoding
const slope = "position.learned-slope.slope";

export const encoding = defineEncoding({
  id: "learned-slope",
  family: "bias",
  summary: "Each head lowers a score in proportion to the distance, by a slope it learns.",
  formula: "score[h,i,j] = q_i·k_j / √d − slope[h]·|i−j|",
  paper: { title: "No paper: an example" },
  options: {
    start: option("Every slope at first.", number({ above: 0 }), { default: 1 }),
    shared: option("Whether all layers share their slopes.", flag, { default: true }),
  },
  create: ({ heads }, { start, shared }) => ({
    id: "learned-slope",
    parameters: [
      {
        name: slope,
        shape: [heads],
        initial: { kind: "values", values: Array<number>(heads).fill(start) },
        owner: shared ? "model" : "layer",
      },
    ],
    layerBias: (context) =>
      distanceBias(context, ({ tensor }) =>
        multiply(abs(tensor), multiply(unsqueeze(context.parameter(slope), 1), -1)),
      ),
    cache: { keys: "either" },
    shiftInvariant: true,
  }),
});
// endregion
