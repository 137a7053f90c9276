/**
 * Randomized positions: numbers from a range much longer than the text, in order, around any encoding.
 *
 * Ruoss et al., "Randomized Positional Encodings Boost Length Generalization of Transformers", ACL 2023.
 * https://arxiv.org/abs/2305.16843
 *
 *     positions 0, 1, 2, … become the sorted n of 0 … range − 1, sampled without repetition
 *     distances of encodings that depend on nothing else: d[0] = 0, then the sorted n − 1 of 1 … range − 1;
 *     tokens n apart have distance d[n], see parts/sampled-distances.ts
 *
 * Sampled anew in every training step, for each text of an evaluation and for each text that is generated: once for
 * all layers where the base acts on token vectors, in every layer where it acts on queries, keys and scores.
 * Positions of a text of any length then occurred in training. A generated text samples positions for its whole
 * length at once.
 *
 * Acts on:    positions, then as its base
 * Learns:     what its base learns, with tables of `range` rows
 * Reference:  google-deepmind/randomized_positional_encodings, models/positional_encodings.py
 * Differs:    a text longer than the range takes as many positions as it has tokens, where the base has no
 *             limit; the reference fails. Outside training each text has a sample of its own, where the reference
 *             has one for a batch: a score over many texts is then one over as many samples. Distances of keys after the query mirror those before it
 *             (randomize_both_sides false). The reference's bidirectional ALiBi adds half a step on one
 *             side; the base here is unchanged
 *
 * @module
 */
import { add } from "../operators/arithmetic.ts";
import type { Random } from "../random/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option } from "../options/option.ts";
import { anyWord, whole } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import type { DefinedEncoding, WithCommonOptions } from "./define-encoding.ts";
import { biasAtSampledDistances, withSampledDistances } from "./parts/sampled-distances.ts";
import { furthestPosition } from "./parts/limit.ts";
import { baseOptionsOption, withSampledPositions } from "./parts/sampled-positions.ts";
import type { FindEncoding } from "./parts/sampled-positions.ts";
import type { PositionSampling, LayerContext, PositionEncoding } from "./position-encoding.ts";

/** The options of `randomized`. */
const options = {
  base: option("Id of the encoding that is given the sampled positions.", anyWord, {
    default: "rope",
  }),
  baseOptions: baseOptionsOption,
  range: option(
    "Positions to sample from, the train length or more.",
    whole({ least: 1, most: furthestPosition }),
    { otherwise: "2048, and at least 8 train lengths" },
  ),
};

/** Randomized positions around an encoding that `find` returns. */
export function randomized(find: FindEncoding): DefinedEncoding<WithCommonOptions<typeof options>> {
  return defineEncoding({
    id: "randomized",
    family: "input",
    summary:
      "Positions are sampled in order from a range much longer than the text, then encoded by another.",
    formula: "positions i ← p_i,  p the sorted sample of n from {0, …, L−1}",
    paper: {
      title: "Randomized Positional Encodings Boost Length Generalization of Transformers",
      year: 2023,
      url: "https://arxiv.org/abs/2305.16843",
    },
    options,
    create(shape, options) {
      const { base, baseOptions } = options;
      const { range = Math.max(2048, 8 * shape.trainLength) } = options;
      if (range < shape.trainLength)
        throw new RangeError(
          `randomized: range must be the train length, ${shape.trainLength}, or more, got ${range}. Raise it.`,
        );
      const inner = find(base).create({ ...shape, trainLength: range }, baseOptions);
      const hooks = hookNames.filter((name) => inner[name] !== undefined);
      if (hooks.length === 0)
        throw new RangeError(
          `randomized: "${base}" uses no positions, so sampling them changes nothing. ` +
            `Choose a base such as "rope" or "sinusoidal".`,
        );
      if (inner.limit && inner.limit.length < range)
        throw new RangeError(
          `randomized: "${base}" ends at ${inner.limit.length}, and positions are sampled from ${range}. ` +
            `Leave its length out of baseOptions, or set range to ${inner.limit.length}.`,
        );
      const byDistance = inner.shiftInvariant && !inner.embed && !inner.rotate && !inner.at;
      const sampling: PositionSampling = {
        per: hooks.every((name) => name === "embed") ? "model" : "layer",
        positions: (length, random) =>
          byDistance
            ? [0, ...sample(length - 1, Math.max(range, length) - 1, random).map((p) => p + 1)]
            : sample(length, Math.max(range, length), random),
      };
      const limit = inner.limit && { ...inner.limit, length: range };
      return byDistance
        ? withSampledPositions(
            "randomized",
            atSampledDistances(inner),
            sampling,
            limit,
            withSampledDistances,
          )
        : withSampledPositions("randomized", inner, sampling, limit);
    },
  });
}

const hookNames = [
  ...(["embed", "rotate", "product", "contentBias", "bias", "layerBias"] as const),
  ...(["combine", "valueTerm", "tokenState", "prepareTokenState", "at"] as const),
];

/** The encoding with its biases, which all layers may share, as one bias of each layer's own distances. */
function atSampledDistances(inner: PositionEncoding): PositionEncoding {
  if (!inner.bias && !inner.layerBias) return inner;
  const both = (context: LayerContext): Tensor => {
    const [shared, own] = [inner.bias?.(context), inner.layerBias?.(context)];
    return shared && own ? add(shared, own) : (shared ?? own)!;
  };
  const own = {
    ...inner,
    layerBias: (context: LayerContext) => biasAtSampledDistances(both, context),
  };
  delete own.bias;
  return own;
}

/** `count` of 0 … below − 1 in order, each set of them equally likely (Floyd). */
function sample(count: number, below: number, random: Random): readonly number[] {
  const chosen = new Set<number>();
  for (let last = below - count; last < below; last++) {
    const sampled = random.integer(last + 1);
    chosen.add(chosen.has(sampled) ? last : sampled);
  }
  return [...chosen].sort((a, b) => a - b);
}
