/**
 * A new encoding: a linear bias like ALiBi's, with the slope of each head learned.
 *
 * The definition below is all there is to write. Its gradient follows from its operators, and it
 * trains and is judged at lengths it never saw as those of the list are.
 *
 * Run:        node examples/03-own-encoding.ts
 * Takes:      about 6 seconds on one core
 * Tolerance:  0.05
 * Prints:
 *
 *     gradient of the slopes, evaluated and by differences: -6 -6, -6 -6
 *
 * @module
 */
import { absolute, adamW, byteTokenizer, compile, encodingById, evaluate } from "../src/index.ts";
import { gradients, input, languageEvaluator, languageModel, loadCorpus } from "../src/index.ts";
import { multiply, softmax, splitText, subtract, sum, summariseLosses } from "../src/index.ts";
import { train, transformerConfig, valueOf, windows } from "../src/index.ts";
import type { EncodingDefinition, Tensor, TrainingPlan } from "../src/index.ts";

const slope = "position.learned-slope.slope";

const learnedSlope: EncodingDefinition = {
  id: "learned-slope",
  family: "bias",
  summary: "Each head lowers a score in proportion to the distance, by a slope it learns.",
  formula: "score[h,i,j] = q_i·k_j / √d − slope[h]·|i−j|",
  paper: { title: "An example of relpos" },
  create: ({ heads }) => ({
    id: "learned-slope",
    parameters: [{ name: slope, shape: [heads, 1, 1], initial: { kind: "ones" } }],
    bias: (context) => multiply(absolute(context.distance), multiply(context.parameter(slope), -1)),
    cache: { keys: "either" },
    shiftInvariant: true,
  }),
};
