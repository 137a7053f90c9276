/**
 * Guides of encodings whose terms depend on positions and on content.
 *
 * @module
 */
import type { EncodingProse } from "./guide.ts";

/** By id. */
export const contentGuides: Readonly<Record<string, EncodingProse>> = {
  shaw: {
    intuition:
      "Each distance up to K has a learned vector, which is added to the key before the product with the query, and a second one, which is added to the value. " +
      "So a query can ask for a distance as it asks for content. Distances beyond K share the vector of K.",
    use: "For short sequences where exact small distances matter, as in translation. It costs a product of queries with all distance vectors; `values: false` leaves out the second half, which helps little.",
    beyond: {
      outcome: "open",
      words:
        "All distances from K on are one, so numbers exist at any length and nothing untrained is read. Far tokens cannot be told apart by distance. It was not measured here.",
    },
  },
  "music-transformer": {
    intuition:
      "As [`shaw`](shaw.md), with a table for each head and, up to the longest distance, a vector for each distance. Farther keys get nothing added.",
    use: "Where exact distances of hundreds of tokens matter, as with bars and beats of music, and memory for a table of that length is available.",
    beyond: {
      outcome: "open",
      words:
        "From `maxLength` on, by default the train length, a distance adds nothing, so a far key has the score that content alone gives it. It was not measured here.",
    },
  },
  "transformer-xl": {
    intuition:
      "The vector of a distance is not learned itself: it is a learned projection of the sinusoid of that distance. A query is multiplied by it, and two learned vectors u and v stand in for the query where a score must not depend on it: " +
      "u for content that all queries look for, v for distances that all queries prefer.",
    use: "For language models that read a long text in segments. For causal models only; [`xlnet`](xlnet.md) has the same with signed distances. It costs a second product of queries in each layer.",
    beyond: {
      outcome: "open",
      words:
        "Sinusoids exist at every distance, so numbers exist at any length. Its paper reads up to four times the attention length of training with a falling loss; `clampLength` makes all farther distances one. It was not measured here.",
    },
  },
  xlnet: {
    intuition:
      "The terms of [`transformer-xl`](transformer-xl.md) with signed distances: a key five tokens before and one five tokens after have different vectors.",
    use: "In encoders that need exact relative positions.",
    beyond: {
      outcome: "open",
      words:
        "Sinusoids exist at every distance; projections of those beyond the train length were not trained. It was not measured here.",
    },
  },
  "bert-relative-key": {
    intuition:
      "The key half of [`shaw`](shaw.md) without clipping: a query is multiplied by a learned vector of each distance, in both directions.",
    use: "To load or reproduce the BERT checkpoint that has it.",
    beyond: { outcome: "ends", words: "The table has no vector for a longer distance." },
  },
  "bert-relative-key-query": {
    intuition:
      "As [`bert-relative-key`](bert-relative-key.md), and the key is multiplied by the vector of the distance too. So a key can ask for queries at a distance.",
    use: "To load or reproduce the BERT checkpoints that have it. It is the fourth of the four forms in its paper.",
    beyond: { outcome: "ends", words: "The table has no vector for a longer distance." },
  },
  deberta: {
    intuition:
      "A score is a sum of three products: content with content, the query's content with the vector of the distance, and the key's content with the vector of the distance. " +
      "Both kinds of vectors go through the layer's own projections. Far distances share buckets that grow in width.",
    use: "In encoders, for tasks of understanding text. It costs two more products in each layer, so in decoders a bias or a rotation is cheaper.",
    beyond: {
      outcome: "open",
      words:
        "Distances beyond `maxDistance` share a row, so numbers exist at any length. Rows that training did not reach have their first values. It was not measured here.",
    },
  },
  cope: {
    intuition:
      "Positions count what the content says is worth counting. Each query gives each key a gate between 0 and 1; the position of a key is the sum of the gates from it to the query. If gates are 1 at the ends of sentences and 0 elsewhere, the position of a token is the number of sentences in between. " +
      "Each position up to a highest one has a learned vector.",
    use: "For tasks that count tokens of one kind, or need the last one of a kind. For causal models only. It is one of the most costly: gates of all pairs are summed, and each pair looks up two vectors.",
    beyond: {
      outcome: "depends",
      words:
        "A count stops at the highest position, 64 by default. If what is counted stays in the range of training, a longer text changes little. No claim of its paper was shown here at this size, and none contradicted.",
    },
  },
  dape: {
    intuition:
      "A small network reads, for each pair of query and key, the scores and the biases of all heads, and adds a correction to each. So the bias of a base, by default [`kerple-log`](kerple-log.md), depends on content.",
    use: "Where loss far beyond the train length matters more than time: a network runs over all heads for every pair in every layer.",
    beyond: {
      outcome: "open",
      words:
        "Its paper trains on 128 tokens and reports lower loss than the base up to 8,192. It was not measured here.",
    },
  },
  "dape-v2": {
    intuition:
      "As [`dape`](dape.md), but the network is a convolution: it reads the scores of neighbouring keys too, as if the matrix of scores were an image.",
    use: "As `dape`. For causal models only.",
    beyond: {
      outcome: "open",
      words: "Its paper reports lower loss than `dape` at long lengths. It was not measured here.",
    },
  },
  fox: {
    intuition:
      "Each token has a gate between 0 and 1, computed from its content, and the weight of a key is multiplied by the gates of all tokens after it up to the query. A gate near 0 cuts off what came before, as at the start of a new topic; " +
      "gates near 1 keep it. With constant gates it is [`alibi`](alibi.md) with learned slopes.",
    use: "For language models and tasks in which old content becomes void. For causal models only. A running sum for each head is cached beside keys and values. CABLE has the same bias with the sign of the gate turned.",
    beyond: {
      outcome: "open",
      words:
        "Gates are computed from content, so nothing about a longer text is undefined. Its paper reports that it holds loss beyond the train length. On flip-flop here it was judged at twice the train length only.",
    },
  },
  "grape-ap": {
    intuition:
      "Like [`fox`](fox.md), but the gates of the tokens in between are computed anew for each query, from a product of a small vector of the query with one of each token. The sum is multiplied by the slopes of [`alibi`](alibi.md).",
    use: "For research on content-dependent decay. For causal models only. A small vector of each token is cached beside keys and values.",
    beyond: { outcome: "open", words: "It was not measured here." },
  },
  path: {
    intuition:
      "Between a key and a query lies a product of matrices, one for each token in between. Each is a reflection along a direction computed from that token, with a strength between none and full. A product of reflections can track a state, such as the order of items that were swapped, " +
      "which sums and rotations cannot.",
    use: "For tasks that follow a state through many changes. For causal models only. Each new token rewrites all cached keys, and queries cannot be computed in blocks.",
    beyond: {
      outcome: "open",
      words:
        "The product goes on with each token, so nothing is undefined. On flip-flop here it was judged at twice the train length only.",
    },
  },
  "selective-rope": {
    intuition:
      "Queries and keys rotate as in [`rope`](rope.md), but the angle of a token is a sum of steps computed from the content of the tokens before it: a step of 0 for a token that should not count, a larger one for a token that should.",
    use: "For research, above all beside gates in linear attention. For causal models only. Three earlier inputs and a running angle are cached.",
    beyond: { outcome: "open", words: "It was not measured here." },
  },
  "rel-proj": {
    intuition:
      "A bank of 16 learned curves over distances, and for each token and head 16 weights computed from the token: the token's bias is the weighted sum of the curves. So each token chooses at which distances it attends.",
    use: "Where biases should depend on the query at less cost than vectors of distances. The weights are functions of the query and need no more in the cache than while they are computed.",
    beyond: {
      outcome: "open",
      words:
        "Beyond `maxDistance` the bias is 0; below it, distances that training did not show have their first values. It was not measured here.",
    },
  },
};
