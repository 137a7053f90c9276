/**
 * Guides of encodings that rotate queries and keys, or multiply them by a factor.
 *
 * @module
 */
import type { EncodingProse } from "./guide.ts";

const factor = "It is no encoding of order by itself: compose it, as in";

/** By id. */
export const rotaryGuides: Readonly<Record<string, EncodingProse>> = {
  rope: {
    intuition:
      "The components of queries and keys are taken in pairs, each a point in a plane, and each pair is rotated by its position times a fixed angle. In the product of a query at i and a key at j only the difference of their rotations remains, so the score depends on i − j. " +
      "Fast pairs tell neighbours apart; slow pairs hardly turn within a text and carry content.",
    use: "As the default of decoders within the train length: nothing is learned, it is cheap, keys can be cached after rotation, and every runtime has it. For longer texts add one of the extensions in `scaling`.",
    beyond: {
      outcome: "fails",
      words:
        "Rotations exist at any length, but slow pairs reach angles that training did not show, and the loss rises. `scaling` has position interpolation, NTK, YaRN, Llama 3's rule and others, which keep angles in the trained range ([how](../learn.md#extension)).",
    },
  },
  "p-rope": {
    intuition:
      "[`rope`](rope.md) in which the slowest quarter of the pairs is not rotated. Slow pairs carry content, and even a slow rotation disturbs it over a long text.",
    use: "In place of `rope` where texts are long.",
    beyond: {
      outcome: "open",
      words:
        "Pairs that are not rotated cannot leave the trained range; the others can. It was not measured here.",
    },
  },
  "clipped-rope": {
    intuition:
      "[`rope`](rope.md) in which the slowest pairs are slowed further, down to a stop, along half a wave of a cosine. A hard end to the frequencies, as in `p-rope`, is one of its two forms.",
    use: "In place of `rope` where texts become longer than those of training.",
    beyond: {
      outcome: "open",
      words:
        "Its paper reports better results at long lengths than `rope`. It was not measured here.",
    },
  },
  "value-rope": {
    intuition:
      "[`rope`](rope.md) on queries and keys, and on values too: each value is rotated by its position, and the weighted sum is rotated back by the query's. So what is read depends on how far away it was, not only how much is read.",
    use: "To compare with `rope`, at the cost of two more rotations.",
    beyond: {
      outcome: "open",
      words: "Angles leave the trained range as with `rope`. It was not measured here.",
    },
  },
  xpos: {
    intuition:
      "[`rope`](rope.md) whose pairs also shrink with the distance, fast pairs most. The wave that a fast pair adds at far distances, which carries no order there, fades out.",
    use: "For causal models only, because the factor would grow for later keys. Its paper combines it with attention in blocks of the train length.",
    beyond: {
      outcome: "open",
      words:
        "Its limit is not the train length but float32. Its paper reports a falling loss up to several times the train length with attention in blocks, which is no part of it here. It was not measured here.",
    },
  },
  "axial-rope": {
    intuition:
      "[`rope`](rope.md) on a grid: a part of the pairs rotates by the row, the other by the column. A score then depends on both differences.",
    use: "For images, with the size of the grid as options. In plain text use `rope`.",
    beyond: {
      outcome: "open",
      words:
        'Larger grids have numbers; with coordinates from −1 to 1 (`frequencies: "pixel"` or `"patch"`) they are interpolated. It was not measured here.',
    },
  },
  "m-rope": {
    intuition:
      "[`rope`](rope.md) with three positions for each token: time, row and column. Pairs are divided among the three. In text all three are the same number, and it is `rope`.",
    use: "For text with images and videos in it.",
    beyond: {
      outcome: "open",
      words: "In text it does what `rope` does. It was not measured here by itself.",
    },
  },
  pope: {
    intuition:
      "In [`rope`](rope.md) the angle of a pair comes from content and from position together. Here content gives only lengths, made positive by a softplus, and position gives only angles, one frequency for each component. What is looked for and where it is are then independent.",
    use: "Where a task asks for a position without regard to content or the reverse. Queries and keys become twice as wide, so products cost more.",
    beyond: {
      outcome: "open",
      words:
        "Its paper reports that it holds its loss beyond the train length without any change. It was not measured here.",
    },
  },
  lerope: {
    intuition:
      "[`rope`](rope.md) whose frequencies are learned, as factors on the usual ones that start at 1.",
    use: "Where the best base is not known and training is long enough to find it.",
    beyond: {
      outcome: "open",
      words:
        "Its limit is `maxLength`, because angles of learned frequencies are formed in float32. Angles leave the trained range as with `rope`. It was not measured here.",
    },
  },
  fope: {
    intuition:
      "Layers mix frequencies, so a pair never carries one wave alone. Fourier position embedding gives each pair of [`rope`](rope.md) a fixed mixture of frequencies and leaves out those too slow to turn once within the train length.",
    use: "In place of `rope` where texts become longer than those of training.",
    beyond: {
      outcome: "open",
      words:
        "No pair is left that training showed only a part of a turn. Its paper reports a slower rise of the loss than `rope`. It was not measured here.",
    },
  },
  "log-n": {
    intuition:
      "A softmax over more keys is flatter. Queries beyond the train length are multiplied by ln(i + 1) / ln(train length), which keeps the weights about as concentrated as in training.",
    use: `${factor} \`rope+log-n\`. It needs no training and changes nothing up to the train length.`,
    beyond: {
      outcome: "depends",
      words:
        "What it is composed with decides. Alone it behaves as `none`. It was not measured here.",
    },
  },
  "query-temperature": {
    intuition:
      "As [`log-n`](log-n.md), with a factor that starts at 1 and rises with the logarithm of the position, in steps or smoothly, or in one form with its tenth root.",
    use: `${factor} \`layers(3*rope,query-temperature)\`, which is Llama 4's.`,
    beyond: {
      outcome: "depends",
      words:
        "What it is composed with decides. At the default length of 8,192 the factor is 1 in short texts. It was not measured here.",
    },
  },
  "scalable-softmax": {
    intuition:
      "As [`log-n`](log-n.md), but the factor is a learned multiple of ln(i + 1) at every position, for each head and layer. The largest weight then does not shrink as keys become more.",
    use: `${factor} \`rope+scalable-softmax\`. Unlike \`log-n\` it acts in training too.`,
    beyond: {
      outcome: "depends",
      words:
        "What it is composed with decides. Its paper reports a slower rise of the loss and better retrieval. It was not measured here.",
    },
  },
  "nope-rope-interleave": {
    intuition:
      "[`rope`](rope.md) in most layers, no positions in every fourth. Layers with rotation read what is near, in some models through a window; layers without it read the whole text by content alone, and no angle can leave its range there.",
    use: "In decoders for long texts, together with `window` or `chunk`. Models with windows are for causal attention.",
    beyond: {
      outcome: "open",
      words:
        "Its layers with rotation still reach untrained angles, unless a window keeps distances short. It was not measured here.",
    },
  },
};
