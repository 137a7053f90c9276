/**
 * Findings about losses on text.
 *
 * @module
 */
import { chain, holds, order, text } from "./claim-words.ts";
import type { Row } from "./experiment.ts";
import { lengthFreeRows, sinusoidal, t5 } from "./experiments.ts";

/** ALiBi extrapolates. */
export const alibi: Row = {
  id: "alibi",
  title: "ALiBi: train short, test long",
  papers: [
    {
      title: "Press et al. 2022, Train Short, Test Long",
      url: "https://arxiv.org/abs/2108.12409",
    },
  ],
  published:
    "WikiText-103, 247 million parameters, trained on 512 tokens: at 3,072 ALiBi's perplexity stays where it was " +
    "(18.4), the sinusoidal encoding's explodes (360), T5's bias holds some hundred tokens longer than rotary.",
  ours:
    "Moby-Dick in bytes, 660,000 parameters, trained on 64 tokens, judged at up to 1,024 in windows that do not " +
    "overlap. T5's bias is in the form for scaled scores, its last bucket from 128 on as published.",
  experiments: ["text"],
  claims: [
    ...chain(["alibi", t5.published, "rope", sinusoidal], [text(256)]),
    holds("alibi", 256),
    holds("alibi", 1024),
  ],
  further: [
    ...chain(["alibi", t5.published, "rope", sinusoidal], [text(1024)]),
    order(t5.near, t5.published, [text(1024)]),
    order(t5.near, "alibi", [text(1024)]),
  ],
  figures: [
    {
      experiment: "text",
      measure: "bits per byte",
      title: "Bits per byte, windows that do not overlap",
    },
    {
      experiment: "text",
      measure: "bits per byte",
      protocol: "sliding",
      title: "Bits per byte, sliding windows",
    },
  ],
  longer:
    "A larger model and text would tell apart what is level at the train length; the order beyond it is wide open " +
    "already.",
};

/** KERPLE and its rivals. */
export const kerple: Row = {
  id: "kerple",
  title: "KERPLE and Sandwich: biases that fall with the logarithm",
  papers: [
    { title: "Chi et al. 2022, KERPLE", url: "https://arxiv.org/abs/2205.09921" },
    { title: "Chi et al. 2023, Sandwich", url: "https://arxiv.org/abs/2212.10356" },
  ],
  published:
    "OpenWebText2, GitHub and ArXiv, trained on 512 tokens, judged at up to 16,384: the logarithmic kernel is best, " +
    "the power kernel and ALiBi close, T5 behind when texts are long, rotary and sinusoidal far behind. Sandwich, " +
    "without parameters, is near KERPLE.",
  ours: "The models of the row above, judged at 16 times the train length.",
  experiments: ["text"],
  claims: [
    order("kerple-log", t5.published, [text(1024)]),
    order("kerple-log", "rope", [text(1024)]),
    order("kerple-log", sinusoidal, [text(1024)]),
    order("sandwich", t5.published, [text(1024)]),
    order("sandwich", "rope", [text(1024)]),
    order("sandwich", sinusoidal, [text(1024)]),
  ],
  further: [
    order("kerple-log", "alibi", [text(1024)]),
    order("kerple-log", "kerple-power", [text(1024)]),
    order("kerple-log", "sandwich", [text(1024)]),
    holds("kerple-log", 1024),
    holds("sandwich", 1024),
  ],
  figures: [],
  longer:
    "The differences among the logarithmic kernel, the power kernel and Sandwich are of the size of a seed here; ten " +
    "seeds would part them.",
};

/** The two claims of the article that relpos began from. */
export const article: Row = {
  id: "article",
  title: "The article's two claims: distance-row",
  papers: [],
  published:
    "relpos began from an article that appends a learned map of each row of the matrix of distances to the token " +
    "vectors. It claims that relations between tokens are then seen better, and that what was learned carries over to " +
    "lengths that training never showed. It measured neither.",
  ours:
    "Relations: the loss on text at the train length, and the copy task, against encodings without and with relative " +
    "scores. Unseen lengths: the article's form ends with its matrix, so the modes that do not end are judged.",
  experiments: ["text", "article-copy"],
  claims: [
    // Relations are seen better: than without positions, than with the usual absolute ones, and on a task.
    order("distance-row", "none", [text(64)]),
    order("distance-row", "learned", [text(64)]),
    order("distance-row", sinusoidal, [text(64)]),
    order("distance-row", "learned", [{ experiment: "article-copy", length: 20 }], "exact match"),
    // Unseen lengths carry over, in each way that gives numbers there.
    ...lengthFreeRows.map((encoding) => holds(encoding, 256, 0.02)),
  ],
  further: [
    ...lengthFreeRows.map((encoding) => order("alibi", encoding, [text(256)])),
    ...lengthFreeRows.map((encoding) => order(encoding, sinusoidal, [text(256)])),
    order("rope", "distance-row", [text(64)]),
  ],
  figures: [
    {
      experiment: "text",
      measure: "bits per byte",
      title: "Bits per byte, windows that do not overlap",
    },
    { experiment: "article-copy", measure: "exact match", title: "Copy, exact match" },
    { experiment: "article-copy", measure: "accuracy by token", title: "Copy, accuracy by token" },
  ],
  longer:
    "Nothing that a longer run could change follows from the first claim's argument; see the encoding's page.",
};
