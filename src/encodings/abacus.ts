/**
 * Abacus: each digit knows its place in its number.
 *
 * McLeish et al., "Transformers Can Do Arithmetic with the Right Embeddings", NeurIPS 2024.
 * https://arxiv.org/abs/2405.17399
 *
 *     x_i ← x_i + table[place(i)]
 *     place(i) = 1 + the digits directly before token i + k     for a digit, k the position of the text's first token
 *              = 0                                              for any other token
 *
 * In training k is sampled from 0 … maxOffset, so that places of longer numbers are trained too;
 * elsewhere a text begins at 0. Numbers are to be written with their least significant digit first, as
 * the authors demand: then a place is a power of ten.
 *
 * Acts on:    token vectors [batch, query, model], once, before the first block; it reads token ids
 * Learns:     position.abacus.table [maxLength, model], from N(0, 0.02²); it decays, as the authors' does
 *             (mcleish7/arithmetic, cramming/backend/utils.py: all but biases and norms)
 * Reference:  mcleish7/arithmetic, abacus.py
 * Differs:    a place beyond the table has its last row; the reference fails, and also where a text is one
 *             digit long. Its module starts from N(0, 1), its models as the token table, which is done here
 *
 * @module
 */
import { add, maximum, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { greater } from "../operators/comparison.ts";
import { cumsum } from "../operators/cumsum.ts";
import { scatterAddAlong, gather, takeAlongAxis } from "../operators/indexing.ts";
import { concat, pad, slice } from "../operators/slicing.ts";
import { constant, fill, range, scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import { addDimensions } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { listOf, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { PositionSampling } from "./position-encoding.ts";

const table = "position.abacus.table";

const bytesOfDigits = Array.from({ length: 10 }, (_, digit) => 48 + digit);

/** Places of digits in their numbers. */
export const abacus = defineEncoding({
  id: "abacus",
  family: "input",
  summary:
    "Each digit has the trained vector of its place in its number added; other tokens share one.",
  formula: "x_i ← x_i + P[place of digit i in its number, counted from 1; 0 for other tokens]",
  paper: {
    title: "Transformers Can Do Arithmetic with the Right Embeddings",
    year: 2024,
    url: "https://arxiv.org/abs/2405.17399",
  },
  options: {
    digits: option(
      "Token ids of the digits; by default the bytes of 0 to 9.",
      listOf(whole({ least: 0 }), { distinct: true }),
      { default: bytesOfDigits },
    ),
    maxLength: option("Rows of the table.", whole({ least: 1 }), { default: 1024 }),
    maxOffset: option("The largest k while training.", whole({ least: 0 }), { default: 99 }),
  },
  create({ model, vocab }, { digits, maxLength, maxOffset }) {
    if (digits.some((id) => id >= vocab))
      throw new RangeError(
        `abacus: digits must be token ids below the vocabulary's ${vocab}, got ${digits.join(", ")}. ` +
          `Set "digits" to what the tokenizer makes of 0 to 9.`,
      );
    if (maxOffset + 2 > maxLength)
      throw new RangeError(
        `abacus: maxOffset must be a whole number from 0 to ${maxLength - 2}, got ${maxOffset}: ` +
          `the table has ${maxLength} rows.`,
      );
    const isDigit = Array.from({ length: vocab }, (_, id) => +digits.includes(id));
    const sampling: PositionSampling = {
      per: "model",
      evaluation: "fixed",
      positions(length, random, training) {
        const offset = training ? random.integer(maxOffset + 1) : 0;
        return Array.from({ length }, (_, position) => offset + position);
      },
    };
    return {
      id: "abacus",
      parameters: [
        {
          name: table,
          shape: [maxLength, model],
          initial: { kind: "normal", deviation: 0.02 },
          decays: true,
        },
      ],
      sampling,
      embed(embeddings, context) {
        const { tokens, pastTokens, keys, keyMask } = context;
        if (tokens === undefined)
          throw new RangeError(
            "abacus: it reads token ids, and vectors came from outside. Choose another encoding.",
          );
        const all = pastTokens ? concat([pastTokens, tokens], 1) : tokens;
        const before = pastTokens ? pastTokens.shape[1]! : 0;
        const known = gather(constant([vocab], isDigit), all);
        // Padding directly before a number is no part of it.
        const places = placesOf(keyMask ? multiply(known, cast(keyMask, "float32")) : known);
        const fresh = cast(slice(places, 1, before, tokens.shape[1]!), "int32");
        const first = maximum(slice(keys.tensor, -1, 0, 1), 0);
        const shifted = minimum(add(fresh, first), maxLength - 1);
        const rows = where(greater(fresh, scalar(0, "int32")), shifted, scalar(0, "int32"));
        return add(embeddings, gather(context.parameter(table), rows));
      },
      cache: { keys: "either", tokens: true },
      shiftInvariant: false,
    };
  },
});

/** From 1 where a token is a digit, float32 `[batch, length]` of 0 and 1, its place in the run; 0 elsewhere. */
function placesOf(digits: Tensor): Tensor {
  const [batch, length] = digits.shape as [Dimension, Dimension];
  const before = pad(slice(digits, 1, 0, addDimensions(length, -1)), 1, 1, 0);
  const starts = multiply(digits, subtract(1, before));
  // Runs are numbered from 1; each digit looks up where its run starts.
  const run = cast(cumsum(starts, 1), "int32");
  const positions = cast(range(length), "float32");
  const none = fill([batch, addDimensions(length, 1)], 0);
  const start = takeAlongAxis(scatterAddAlong(none, run, multiply(starts, positions), 1), run, 1);
  return multiply(digits, add(subtract(positions, start), 1));
}
