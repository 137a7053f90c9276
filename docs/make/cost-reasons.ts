/**
 * Why an encoding's training step takes more than 1.3 times that of `none` at 512 tokens: what the encoding itself asks for.
 *
 * @module
 */
const byDistance =
  "a product of queries with a vector for each distance, beside that with the keys";

/** By id; one that is measured above the limit and is not here is an error while the documents are written. */
export const costReasons: Readonly<Record<string, string>> = {
  shaw: `${byDistance}, and a second one of the weights for the values`,
  "music-transformer": byDistance,
  "transformer-xl": byDistance,
  xlnet: byDistance,
  "rel-proj": byDistance,
  "bert-relative-key": byDistance,
  "bert-relative-key-query": `${byDistance}, and one of the keys`,
  deberta: `${byDistance}, and one of the keys; their vectors are projected in every layer`,
  cope: "gates of all pairs are summed along the keys, and each pair looks up a score between two positions",
  fire: "a network of 32 hidden units for every pair of positions, in every layer",
  dape: "a network over the scores and biases of all heads, for every pair in every layer",
  "dape-v2": "a convolution along the keys over the scores and biases of all heads, in every layer",
  "grape-ap":
    "a gate for every pair, by a second product of the layer's input with the keys, summed along the keys in every layer",
  path: "each query sees keys through a product of reflections, which takes a triangular inverse and no rows apart",
};

/** What an encoding may cost at 512 tokens, in times of `none`, without a reason. */
export const costLimit = 1.3;
