/**
 * ALiBi: attention with linear biases.
 *
 * Press, Smith and Lewis, "Train Short, Test Long", ICLR 2022. https://arxiv.org/abs/2108.12409
 *
 *     score[h, i, j] ← score[h, i, j] − slope[h] · |i − j|
 *     slope[h]       = 2^(−8 (h + 1) / heads)        h = 0 … heads − 1
 *
 * Acts on:    attention scores [batch, heads, query, key]
 * Learns:     nothing; with `learned`, position.alibi.log-slope [heads], and .log-slope-future for `separate` sides;
 *             slopes do not decay
 * Reference:  ofirpress/attention_with_linear_biases, fairseq/models/transformer.py; transformers,
 *             models/bloom/modeling_bloom.py build_alibi_tensor. Options: x-transformers (`biasedHeads`, and
 *             `learned` and `separate` until 2023), MPT (`biasMax`), Falcon (`preScaled`), issue 5 of
 *             ofirpress (`one-sided`), google-deepmind/randomized_positional_encodings (`offset`)
 * Differs:    the references store slope · j, equal under a causal softmax; |i − j| serves encoders too.
 *             Head counts that are no power of two follow the reference's interleaving, see slopes().
 *             Falcon rounds its slopes to bfloat16, here they are exact.
 *             Press's learned slopes start from N(−2, 1) and may change sign; these are powers of e and start
 *             at the fixed ones, as in x-transformers.
 *
 * @module
 */
import { add, maximum, minimum, multiply, negate, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { greater } from "../operators/comparison.ts";
import { unsqueeze } from "../operators/movement.ts";
import { abs, exp } from "../operators/pointwise.ts";
import { pad } from "../operators/slicing.ts";
import { constant, scalar } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { flag, number, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { EncodingContext } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { distanceBias } from "./parts/toeplitz.ts";

/** Slope of a side that a head must not see. */
const forbidden = 1e30;

/** `slopes(4)` is `[1/4, 1/16, 1/64, 1/256]`. */
export function slopes(heads: number, biasMax = 8): readonly number[] {
  const geometric = (n: number): number[] =>
    Array.from({ length: n }, (_, h) => 2 ** ((-biasMax * (h + 1)) / n));

  const below = 2 ** Math.floor(Math.log2(heads)); // the nearest power of two, from below
  const between = geometric(2 * below).filter((_, h) => h % 2 === 0);
  return [...geometric(below), ...between.slice(0, heads - below)];
}

/** Attention with linear biases. */
export const alibi = defineEncoding({
  id: "alibi",
  family: "bias",
  summary: "Each head lowers a score in proportion to the distance, by a slope of its own.",
  formula: "score[h,i,j] = q_i·k_j / √d − 2^(−8(h+1)/H)·|i−j|",
  paper: {
    title:
      "Train Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation",
    year: 2022,
    url: "https://arxiv.org/abs/2108.12409",
  },
  options: {
    learned: option("Whether slopes are learned, as powers of e.", flag, { default: false }),
    biasedHeads: option(
      "How many heads have a slope, of that many heads' slopes; the others have no bias.",
      whole({ least: 1 }),
      { otherwise: "all heads" },
    ),
    biasMax: option(
      "The last slope of a power of two of heads is 2 to the minus this.",
      number({ above: 0 }),
      { default: 8 },
    ),
    sides: option(
      "How keys after the query count. `symmetric`: as those before. `offset`: those before are half a step " +
        "nearer. `one-sided`: the first half of the heads sees the past only, the second the future only. " +
        "`separate`: by learned slopes of their own.",
      word("symmetric", "offset", "one-sided", "separate"),
      { default: "symmetric" },
    ),
    preScaled: option(
      "Whether the score scale acts on the bias too, dividing slopes by √headDim.",
      flag,
      { default: false },
    ),
  },
  create({ heads, headDim, causal }, options) {
    const { learned, biasedHeads = heads, biasMax, sides } = options;
    const slopesOf = { learned, biasedHeads, biasMax, sides };
    check(slopesOf, heads, causal);
    const factor = options.preScaled ? headDim ** -0.5 : 1;
    const spec = (side: Side): ParameterSpec => ({
      name: nameOf[side],
      shape: [biasedHeads],
      initial: { kind: "values", values: slopes(biasedHeads, biasMax).map(Math.log) },
      decays: false,
    });
    const bias = (context: EncodingContext): Tensor => {
      if (learned)
        return distanceBias(context, ({ tensor }) =>
          lowered(tensor, sides, (side) => {
            const slope = multiply(exp(context.parameter(nameOf[side])), factor);
            return unsqueeze(pad(slope, 0, 0, heads - biasedHeads), 1);
          }),
        );
      // Nothing is learned, so no gradient is saved by laying out one row of numbers.
      const fixed = fixedSlopes(heads, slopesOf, factor);
      return lowered(context.distance, sides, (side) => constant([heads, 1, 1], fixed[side]));
    };
    return {
      id: "alibi",
      parameters: learned
        ? (["past", ...(sides === "separate" ? (["future"] as const) : [])] as const).map(spec)
        : [],
      bias,
      cache: { keys: "either" },
      shiftInvariant: true,
    };
  },
});

type Side = "past" | "future";

/** What the slopes depend on, beside the number of heads. */
interface Slopes {
  readonly learned: boolean;
  readonly biasedHeads: number;
  readonly biasMax: number;
  readonly sides: "symmetric" | "offset" | "one-sided" | "separate";
}

const nameOf = { past: "position.alibi.log-slope", future: "position.alibi.log-slope-future" };

/** Minus the slope of each head and side times the distance. */
function lowered(distance: Tensor, sides: Slopes["sides"], slope: (side: Side) => Tensor): Tensor {
  if (sides === "one-sided" || sides === "separate") {
    const past = multiply(maximum(distance, 0), negate(slope("past")));
    return add(past, multiply(minimum(distance, 0), slope("future")));
  }
  const nearer = sides === "offset" ? cast(greater(distance, scalar(0)), "float32") : undefined;
  const steps = nearer ? subtract(abs(distance), multiply(nearer, 0.5)) : abs(distance);
  return multiply(steps, negate(slope("past")));
}

/** Slopes of each head for keys before and after the query. */
function fixedSlopes(
  heads: number,
  { biasedHeads, biasMax, sides }: Slopes,
  factor: number,
): Readonly<Record<Side, readonly number[]>> {
  if (sides === "one-sided") {
    const half = slopes(heads / 2, biasMax).map((value) => value * factor);
    const blocked = half.map(() => forbidden);
    return { past: [...half, ...blocked], future: [...blocked, ...half] };
  }
  const some = slopes(biasedHeads, biasMax).map((value) => value * factor);
  const all = Array.from({ length: heads }, (_, h) => some[h] ?? 0);
  return { past: all, future: all };
}

function check({ learned, biasedHeads, sides }: Slopes, heads: number, causal: boolean): void {
  if (biasedHeads > heads)
    throw new RangeError(
      `alibi: biasedHeads must be from 1 to the model's ${heads} heads, got ${biasedHeads}.`,
    );
  if (causal && (sides === "one-sided" || sides === "separate"))
    throw new RangeError(
      `alibi: sides "${sides}" treats keys after a query apart, and a causal model has none. ` +
        `Use "symmetric".`,
    );
  if (sides === "separate" && !learned)
    throw new RangeError(`alibi: sides "separate" are learned. Set learned to true.`);
  if (sides === "one-sided" && (learned || biasedHeads !== heads || heads % 2 !== 0))
    throw new RangeError(
      `alibi: sides "one-sided" need an even number of heads, all with fixed slopes; got ${heads} ` +
        `heads, ${biasedHeads} with slopes${learned ? " that are learned" : ""}.`,
    );
}
