/**
 * xPos: rotary positions whose pairs also decay with the distance.
 *
 * Sun et al., "A Length-Extrapolatable Transformer", ACL 2023. https://arxiv.org/abs/2212.10554
 *
 *     q_i ← ζ_m^((i − c)/B) R(i) q_i,   k_j ← ζ_m^((c − j)/B) R(j) k_j,   ζ_m = (2m/rotated + γ)/(1 + γ)
 *
 * so that pair m of a score has the factor ζ_m^((i − j)/B). Any centre c cancels, but not in float32: with B = 512,
 * ζ_0 = 0.286 leaves its range over 36,260 positions. By default c is the middle of the queries. Keys before it only shrink,
 * to 0 where their true factor is almost 0; but a score of the first query with the last key, which the mask forbids, has to
 * be finite too. So the positions of one pass may lie only so far apart, 32,696 at B = 512, and that is the limit of a
 * text. Measured on the processor, rotated pairs differ from float64's by 6e-7 of their size with 4,096 queries in one
 * pass and 4e-6 with 32,696.
 *
 * Acts on:    queries and keys [batch, heads, length, headDim], before the score scale; causal only
 * Learns:     nothing
 * Reference:  torchscale, component/xpos_relative_position.py; rotary-embedding-torch; x-transformers
 * Differs:    the references take the middle of all keys, fixed sizes of a buffer; there k overflows from
 *             72,000 keys on. Blockwise attention at test, the paper's other half, is not part of it.
 *
 * @module
 */
import { add, divide, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { unsqueeze } from "../operators/movement.ts";
import { exp } from "../operators/pointwise.ts";
import { slice } from "../operators/slicing.ts";
import { constant } from "../operators/source.ts";
import { addDimensions } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { either, number, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { baseOption, geometricFrequencies, headAngles, overHeads } from "./parts/angles.ts";
import { lengthLimit } from "./parts/limit.ts";
import type { PositionEncoding, Positions } from "./position-encoding.ts";
import { checkRotated, rotatedOption, turnPairs } from "./parts/rotation.ts";

/** Exponents stay below 80: float32 ends at e^88, and sums of products need room. */
const most = 80;

/** Rotary positions with decay. */
export const xpos = defineEncoding({
  id: "xpos",
  family: "rotary",
  summary: "As RoPE, and each pair of components also decays exponentially with the distance.",
  formula: "score[i,j] = Σ_m ζ_m^((i−j)/512) (R(i)q_i)_m·(R(j)k_j)_m / √d,  ζ_m = (2m/d + 0.4)/1.4",
  paper: {
    title: "A Length-Extrapolatable Transformer",
    year: 2023,
    url: "https://arxiv.org/abs/2212.10554",
  },
  options: {
    scaleBase: option("B: distances at which pair m has fallen to ζ_m.", number({ above: 0 }), {
      default: 512,
    }),
    gamma: option("γ: the larger, the less the fast pairs decay.", number({ above: 0 }), {
      default: 0.4,
    }),
    base: baseOption,
    layout: option("Which components form a pair.", word("half", "interleaved"), {
      default: "interleaved",
    }),
    rotated: rotatedOption,
    centre: option(
      "Where factors are 1: the middle of the queries, or a fixed position. With a fixed one rotated keys can " +
        "be cached.",
      either(word("queries"), whole({ least: 0 })),
      { default: "queries" },
    ),
  },
  create({ headDim, causal }, options) {
    const { scaleBase, gamma, base, layout, rotated = headDim, centre } = options;
    if (!causal)
      throw new RangeError(
        `xpos: it is for causal attention: scores of keys after the query would grow without bound. ` +
          `Use "rope" where keys on both sides are seen.`,
      );
    checkRotated("xpos", rotated, headDim);
    const frequencies = geometricFrequencies(rotated, base);
    // The exponent that one position adds, negative; the first pair decays most.
    const rates = frequencies.map(
      (_, m) => Math.log(((2 * m) / rotated + gamma) / (1 + gamma)) / scaleBase,
    );
    const reach = Math.floor(most / -rates[0]!);
    const limit = lengthLimit(
      "xpos",
      reach + 1,
      `its factors leave float32 where positions of one pass are more than ${reach} apart`,
    );
    if (centre !== "queries" && centre > reach)
      throw new RangeError(
        `xpos: centre must be "queries" or a position from 0 to ${reach}, got ${centre}.`,
      );
    return {
      id: "xpos",
      parameters: [],
      limit,
      rotate(vectors, positions, role, { queries }) {
        checkSpan(queries, limit);
        if (centre !== "queries") checkReach(positions, centre, limit);
        const middle = centre === "queries" ? middleOf(queries) : centre;
        const signed = rates.map((rate) => (role === "query" ? rate : -rate));
        const factors = overHeads(decay(positions, middle, signed));
        const { cosine, sine } = headAngles(positions, frequencies);
        const grown = { cosine: multiply(cosine, factors), sine: multiply(sine, factors) };
        return turnPairs(vectors, grown, layout);
      },
      // The centre moves with the queries, and rotated keys with it.
      cache: { keys: centre === "queries" ? "raw" : "either" },
      shiftInvariant: true,
    };
  },
});

type Limit = NonNullable<PositionEncoding["limit"]>;

/** @throws {RangeError} while the graph is built, if known queries are farther apart than the limit */
function checkSpan({ values }: Positions, limit: Limit): void {
  if (values === undefined) return;
  const span = Math.abs(values.at(-1)! - values[0]!);
  if (span >= limit.length)
    throw new RangeError(
      `xpos: queries of one pass are ${span} positions apart, and ${limit.reason}. ` +
        `Raise scaleBase, or read the text in pieces.`,
    );
}

/** @throws {RangeError} while the graph is built, if a known position is farther from a fixed centre than the limit */
function checkReach({ values }: Positions, centre: number, limit: Limit): void {
  const outside = values?.find((position) => Math.abs(position - centre) >= limit.length);
  if (outside !== undefined)
    throw new RangeError(
      `xpos: position ${outside} is too far from the centre ${centre}: ${limit.reason}. ` +
        `Leave centre out, or raise scaleBase.`,
    );
}

/** The middle of consecutive positions, known or as a tensor `[1]`, or `[batch, 1]`. */
function middleOf({ tensor, values }: Positions): Tensor | number {
  if (values !== undefined) return Math.trunc((values[0]! + values.at(-1)!) / 2);
  const last = addDimensions(tensor.shape.at(-1)!, -1);
  return divide(add(slice(tensor, -1, 0, 1), slice(tensor, -1, last, 1)), 2);
}

/** `e^((position − centre) · rate)`, `[length, rates]` or `[batch, length, rates]`. */
function decay(
  { tensor, values }: Positions,
  centre: Tensor | number,
  rates: readonly number[],
): Tensor {
  if (values !== undefined && typeof centre === "number") {
    const factors = values.flatMap((position) =>
      rates.map((rate) => Math.exp(Math.min((position - centre) * rate, most))),
    );
    return constant([values.length, rates.length], factors);
  }
  const steps = unsqueeze(cast(subtract(tensor, centre), "float32"), -1);
  const exponents = multiply(steps, constant([rates.length], rates));
  // Far keys become 0, as they must: their queries may have factors as large as e^80.
  return exp(minimum(exponents, most));
}
