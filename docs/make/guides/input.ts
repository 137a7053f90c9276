/**
 * Guides of encodings without positions and of those that act on the input.
 *
 * @module
 */
import type { EncodingProse } from "./guide.ts";

/** By id. */
export const inputGuides: Readonly<Record<string, EncodingProse>> = {
  none: {
    intuition:
      "Attention by itself reads a set: if tokens change places, the outputs change places with them and nothing else changes. " +
      "A causal mask is the one exception. The first token attends to one key, the second to two, and so on, so the size of a mean over " +
      "keys tells later layers roughly where a token is. A causal model can learn order from that alone.",
    use:
      "As the baseline of every comparison, and in some layers of a model whose other layers have positions. Use it in causal models: " +
      "without a mask it cannot tell two orders of the same tokens apart.",
    beyond: {
      outcome: "fails",
      words:
        "Numbers exist at any length. The loss on text rises slowly. The NoPE study reports that it generalises best of five encodings on small algorithmic tasks; " +
        "that order was only reproduced in part here.",
    },
  },
  sinusoidal: {
    intuition:
      "Each position gets a fixed vector of sines and cosines with wavelengths from 2π to 10,000 · 2π positions, which is added to the token vector. " +
      "Short wavelengths tell neighbours apart, long ones tell where in the text a token is. A shift by n positions rotates each pair of sine and cosine by a fixed angle, " +
      "so a model can learn to compute distances from a product of two of these vectors; nothing forces it to.",
    use:
      "Where the original Transformer is to be reproduced, and where positions must cost no parameters. For texts longer than those of training, " +
      "choose one of the biases instead.",
    beyond: {
      outcome: "fails",
      words:
        "Vectors exist at any length, but the model was never trained on those beyond the train length, and the loss rises steeply.",
    },
  },
  learned: {
    intuition:
      "A table has one trained vector for each position, which is added to the token vector. Nothing relates the vectors of neighbouring positions: " +
      "that they are near in the text has to be learned from data.",
    use: "In models of a fixed, short length: encoders with 512 tokens, images with a fixed number of patches. It is the simplest encoding with parameters.",
    beyond: {
      outcome: "ends",
      words:
        "The table has no row for later positions, so there is no number; a comparison gives the reason instead of a loss. A larger `maxLength` gives rows that were never trained.",
    },
  },
  "distance-row": {
    intuition:
      "This is the encoding of the article that relpos began from. Write down the distances of position i to all positions, a row of the matrix D(i, j) = |i − j|; " +
      "multiply the row by a learned matrix; append the result to the token vector. Row i has the number i in its first column, so the vector is a function of the position alone: " +
      "in spite of its construction this is an absolute encoding, and with a linear map it is a learned table written in another basis ([why](../encodings.md#is-distance-row-relative)).",
    use: "To test the article's claims. For any other purpose `learned` is simpler and was better here.",
    beyond: {
      outcome: "ends",
      words:
        "The matrix has N rows, and a longer text has none. The modes `fixed-anchors`, `normalise` and `bucket` have numbers there, but did not hold their loss here.",
    },
  },
  abacus: {
    intuition:
      "Each digit gets a vector for its place within its number: first digit, second digit, and so on. Numbers written from the lowest digit up then have ones under ones and tens under tens, " +
      "wherever the numbers are in the text. Other tokens all get the vector of place 0.",
    use: "For arithmetic on numbers written with their lowest digit first. It says nothing about the order of other tokens, so it is composed with another encoding, as in `abacus+fire` or `abacus+rope`.",
    beyond: {
      outcome: "depends",
      words:
        "In training all places are moved by a random offset of up to `maxOffset`, so places of longer numbers are trained too: its paper reports addition of numbers six times as long as those of training. " +
        "It was not measured here; beyond the table every place has its last row.",
    },
  },
  "random-offset": {
    intuition:
      "In training, all positions of a text are moved by one random number. A model then cannot rely on where a text begins, and differences of positions are what is left to learn.",
    use: "Around `sinusoidal` or `learned` where sequences begin at any place. Around encodings that are shift-invariant it changes nothing.",
    beyond: {
      outcome: "open",
      words:
        "Positions up to the train length plus `maxOffset` occurred in training, distances beyond the train length did not. It was not measured here.",
    },
  },
  randomized: {
    intuition:
      "Positions are a sorted random sample from a range much longer than any text, such as 3, 17, 18, 40 instead of 0, 1, 2, 3. Their order is right, their distances are not. " +
      "A longer text has positions from the same range, so each of them occurred in training.",
    use: "For algorithmic tasks that must work at lengths that training did not show. It costs accuracy at the train length and needs more training steps; on text, exact distances are worth more.",
    beyond: {
      outcome: "depends",
      words:
        "Its base decides, and so does the task. Its paper reports 12 points more accuracy on average over 15 tasks; two of three claims about it were shown here.",
    },
  },
};
