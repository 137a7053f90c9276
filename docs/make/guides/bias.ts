/**
 * Guides of encodings that add numbers of the positions to the scores.
 *
 * @module
 */
import type { EncodingProse } from "./guide.ts";

/** By id. */
export const biasGuides: Readonly<Record<string, EncodingProse>> = {
  alibi: {
    intuition:
      "A key that is n tokens away gets n times a slope subtracted from its score. After the softmax its weight is multiplied by e to the minus that: near keys count more, exponentially. " +
      "With 8 heads the slopes run from 1/2 to 1/256, so that some heads attend to a few tokens and others to hundreds.",
    use: "For text that must be longer than in training, at the lowest cost: nothing is learned, and it is one addition. It is weak where a token at a distance must be copied exactly, because far keys always lose weight.",
    beyond: {
      outcome: "holds",
      words:
        "The bias of a longer distance continues the same line, and the weights of keys that far away are already near 0, so the loss stays where it was. That also means that little of the longer text is used.",
    },
  },
  t5: {
    intuition:
      "Distances are put into 32 buckets: each of the nearest has a bucket of its own, farther ones share buckets that grow in width, and all from `maxDistance` on share the last. " +
      "Each head learns one number for each bucket, which is added to the score.",
    use: "Where a few learned numbers for each head are welcome: it was the best or among the best at the train length here. Set `maxDistance` well below the train length, so that every bucket is trained.",
    beyond: {
      outcome: "depends",
      words:
        "All distances from `maxDistance` on have the same number. If training reached that bucket, the loss holds for several times the train length and then rises slowly; if it did not, " +
        "the bucket still has its first values and the loss rises at once. With the published 128 and training on 64 tokens it fails here.",
    },
  },
  "kerple-log": {
    intuition:
      "As [`alibi`](alibi.md), but the score falls with the logarithm of the distance: −p · ln(1 + a · n). The weight of a key then falls as a power of its distance, not exponentially, " +
      "so far keys keep some weight. Each head learns its p and a.",
    use: "For text beyond the train length where far tokens should still count. It learns two numbers a head, and costs as much as `alibi`.",
    beyond: {
      outcome: "holds",
      words: "The logarithm continues smoothly, and the loss stays where it was or falls a little.",
    },
  },
  "kerple-power": {
    intuition:
      "The score falls with a power of the distance, −a · n^p, with a and p learned for each head and p at most 2. With p = 1 it is `alibi` with a learned slope; with p near 0 almost a constant.",
    use: "As `kerple-log`. Here it was at least as good on text, while its paper has the logarithm ahead; the difference was not decided.",
    beyond: {
      outcome: "holds",
      words:
        "The power continues, and the loss stayed or fell up to 16 times the train length here.",
    },
  },
  sandwich: {
    intuition:
      "The product of two sinusoidal vectors depends only on the distance between them and falls, with small waves, roughly as a logarithm. Sandwich takes that product as the bias and divides it by a different number in each head. Nothing is learned.",
    use: "Where the shape of `kerple-log` is wanted without parameters.",
    beyond: {
      outcome: "holds",
      words:
        "The sum of cosines continues to fall slowly, and the loss stayed where it was up to 16 times the train length here.",
    },
  },
  fire: {
    intuition:
      "A small network gets the logarithm of the distance divided by the logarithm of the query's position, and gives each head a bias. Its input lies between 0 and 1 at every length, so in a longer text the network gets no inputs outside those of training: it interpolates. " +
      "Up to a learned threshold the divisor is constant.",
    use: "Where texts grow far beyond training and the cost is acceptable: a network runs for every pair of positions in every layer. Set `threshold` to a quarter of the train length, or training on short texts does not reach the interpolation.",
    beyond: {
      outcome: "open",
      words:
        "Its paper reports that perplexity holds at several times the train length. It was not measured here. Scores depend on the query's position as well as on the distance.",
    },
  },
  "dynamic-position-bias": {
    intuition:
      "A small network gets the distance and gives each head a bias. It is a learned curve over distances with few parameters, the same for all layers.",
    use: "For grids and windows of varying size, as in vision; for text with `logDistance`, or where the curve should be free.",
    beyond: {
      outcome: "open",
      words:
        "Beyond the distances of training the network gives straight lines, rising or falling as training left them. Whether that helps is chance; it was not measured here.",
    },
  },
  "log-cpb": {
    intuition:
      "Queries and keys are normalised, so a score is a cosine times a learned temperature, and a small network of the logarithm of the distance adds a bias between 0 and 16. " +
      "The logarithm makes the distances of a larger window a small step beyond those of a smaller one.",
    use: "For windows in images, above all where a model is trained in small windows and used in larger ones.",
    beyond: {
      outcome: "open",
      words:
        "Made for windows a few times larger than those of training. The bias cannot leave 0 to 16. It was not measured here on text.",
    },
  },
  "window-table": {
    intuition:
      "Each head and layer has one learned number for each distance, added to the score: the plainest relative bias. In a grid there is one for each pair of row and column distances.",
    use: "In windows of a fixed size. For text, [`t5`](t5.md) has the same with shared numbers for far distances.",
    beyond: {
      outcome: "ends",
      words: "The table has no number for a longer distance.",
    },
  },
  tupe: {
    intuition:
      "Positions have vectors, queries and keys of their own. The product of a position's query with another position's key is added to the score, apart from the content's product, so that no projection has to serve both. " +
      "It is computed once for all layers.",
    use: "In encoders of a fixed length, with `untieFirst` where the first token stands for the whole text.",
    beyond: {
      outcome: "ends",
      words: "The table of positions has no later rows.",
    },
  },
  "retention-decay": {
    intuition:
      "Each head multiplies the weight of a key by a fixed factor between 31/32 and almost 1 for each token in between. As a bias it is [`alibi`](alibi.md) with much flatter slopes.",
    use: "To compare RetNet's rates of decay with other slopes. It is one half of RetNet's positions; the other half rotates, as in `rope+retention-decay`.",
    beyond: {
      outcome: "open",
      words:
        "The line continues. Its slopes are flat, so keys of distances that training did not show keep weight, more than with `alibi`. It was not measured here.",
    },
  },
  bam: {
    intuition:
      "The bias is that of a generalised Gaussian: minus a power of the distance, with factor and exponent learned for each head. An exponent of 1 is `alibi`, 0 is no position, and a negative one lowers near keys instead of far ones, " +
      "so a head can learn to read from far away.",
    use: "Where exact retrieval from far away must work beyond the train length, which `alibi` cannot do.",
    beyond: {
      outcome: "open",
      words: "Its paper reports retrieval at 500 times the train length. It was not measured here.",
    },
  },
};
