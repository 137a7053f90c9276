/**
 * Findings about tasks.
 *
 * @module
 */
import { order } from "./claim-words.ts";
import type { Claim, MeasureName, Place, Row } from "./experiment.ts";
import { nopeStudy, shortLengths, shortTasks } from "./experiments.ts";
import { randomizedPairs, sinusoidal } from "./experiments.ts";

/** Rank claims of the NoPE study over its tasks, at lengths beyond training. */
function nopeClaims(kind: "reference" | "ours", measure: MeasureName): Claim[] {
  const among = nopeStudy[kind];
  const [none, t5, alibi, rope, sinusoidal] = among;
  const at = experimentsOf(kind).flatMap((experiment) =>
    shortLengths.slice(1).map((length) => ({ experiment, length })),
  );
  const rank = (better: string, worse: string): Claim => ({
    kind: "rank",
    ...{ better, worse, among, at, measure },
  });
  // Every pair of the published order but its closest, none and T5.
  return [
    ...[alibi, rope, sinusoidal].map((worse) => rank(none, worse)),
    ...[alibi, rope, sinusoidal].map((worse) => rank(t5, worse)),
    ...[rope, sinusoidal].map((worse) => rank(alibi, worse)),
    rank(rope, sinusoidal),
  ];
}

/** The tasks with the study's options, or with ours. */
function experimentsOf(kind: "reference" | "ours"): readonly string[] {
  return shortTasks.map(({ id }) => (kind === "reference" ? `${id}-nope` : id));
}

/** A row of the NoPE study. */
export function nopeRow(kind: "reference" | "ours"): Row {
  return {
    id: kind === "reference" ? "nope" : "nope-ours",
    title:
      kind === "reference"
        ? "The NoPE study, with its options"
        : "The NoPE study, with whole rotation and scaled scores",
    papers: [
      {
        title: "Kazemnejad et al. 2023, The Impact of Positional Encoding on Length Generalization",
        url: "https://arxiv.org/abs/2305.19466",
      },
    ],
    published:
      "Ten tasks, 107 million parameters, trained up to length 20 and judged up to 40: mean reciprocal rank 0.69 " +
      "without positions, 0.55 T5, 0.50 ALiBi, 0.33 rotary, 0.22 sinusoidal. Scores are not scaled there, and " +
      "rotary turns a quarter of each head.",
    ours:
      "Copy, reverse and sort, 150,000 parameters, " +
      (kind === "reference"
        ? "with the study's options."
        : "with scores scaled by the root of the head's width and the whole head turned.") +
      " The claims are about ranks by exact match; the further ones, about ranks by the accuracy of tokens.",
    experiments: experimentsOf(kind),
    learned: {
      at: experimentsOf(kind).map((experiment) => ({ experiment, length: 20 })),
      measure: "exact match",
      least: 0.9,
      of: nopeStudy[kind],
    },
    claims: nopeClaims(kind, "exact match"),
    further: nopeClaims(kind, "accuracy by token"),
    figures: experimentsOf(kind).map((experiment) => ({
      experiment,
      measure: "exact match" as const,
      title: `${experiment.replace("-nope", "")}, exact match`,
    })),
    longer:
      "The study trains 20 times as many steps of a model 700 times as large, on all ten tasks. More steps would bring " +
      "every encoding to all right inside the train length, lift exact match beyond it, and let addition be learned.",
  };
}

const randomizedPlaces = shortTasks.flatMap(({ id }) =>
  [30, 40].map((length) => ({ experiment: id, length })),
);

/** Randomized positions. */
export const randomized: Row = {
  id: "randomized",
  title: "Randomized positions",
  papers: [
    {
      title: "Ruoss et al. 2023, Randomized Positional Encodings Boost Length Generalization",
      url: "https://arxiv.org/abs/2305.16843",
    },
  ],
  published:
    "Fifteen tasks, encoders trained up to length 40 and judged up to 500: drawing positions in order from a long " +
    "range raises accuracy beyond the train length by 12 points on average, for every encoding tried.",
  ours:
    "Three tasks of its kind (reverse with 26 symbols for its two, sort with ten for its five, copy once for its twice), " +
    "150,000 parameters, causal models that write the answer, trained up to length 20 and judged at 30 and 40. " +
    "Positions come from a range of 256. The measure is the paper's: accuracy by token.",
  experiments: shortTasks.map(({ id }) => id),
  learned: {
    at: shortTasks.map(({ id }) => ({ experiment: id, length: 20 })),
    measure: "accuracy by token",
    least: 0.9,
    of: randomizedPairs.flatMap(({ plain, sampled }) => [plain, sampled]),
  },
  claims: randomizedPairs.map(({ plain, sampled }) =>
    order(sampled, plain, randomizedPlaces, "accuracy by token"),
  ),
  further: [
    ...shortTasks.flatMap(({ id }) =>
      randomizedPairs.map(({ plain, sampled }) =>
        order(
          sampled,
          plain,
          [30, 40].map((length) => ({ experiment: id, length })),
          "accuracy by token",
        ),
      ),
    ),
    ...randomizedPairs.map(({ plain, sampled }) =>
      order(
        sampled,
        plain,
        shortTasks.map(({ id }) => ({ experiment: id, length: 20 })),
        "accuracy by token",
      ),
    ),
  ],
  figures: shortTasks.map(({ id }) => ({
    experiment: id,
    measure: "accuracy by token" as const,
    title: `${id}, accuracy by token`,
  })),
  longer:
    "The paper's lengths reach twelve times the train length, and its encoders see the question from both sides. Its " +
    "missing duplicate and binary reverse are not learned in as many steps as these tasks take.",
};

const onFlipFlop = (length: number, protocol: string): Place => ({
  experiment: "flip-flop",
  ...{ length, protocol },
});

/** Twice as many steps that do nothing, at the train length: the paper's test of counting out of distribution. */
const morePasses: Place = { experiment: "counting", length: 16, protocol: "passes" };

/** Contextual positions. */
export const contextual: Row = {
  id: "cope",
  title: "CoPE: flip-flop, counting, selective copy",
  papers: [
    {
      title: "Golovneva et al. 2024, Contextual Position Encoding",
      url: "https://arxiv.org/abs/2405.18719",
    },
  ],
  published:
    "Flip-flop, error out of distribution: CoPE 4.9 %, rotary 20.3 %, absolute 21.7 %. Selective copy and counting " +
    "are solved by CoPE alone.",
  ours:
    "150,000 parameters instead of some millions; flip-flop of 32 instructions instead of 256; counting one variable " +
    "over up to 16 steps instead of three over 512, since three were not learned; selective copy of 16 symbols instead " +
    "of 128. The further claims about counting were written after its numbers were seen.",
  experiments: ["flip-flop", "counting", "selective-copy"],
  learned: {
    at: [
      { experiment: "flip-flop", length: 32 },
      { experiment: "counting", length: 16 },
      { experiment: "selective-copy", length: 16 },
    ],
    measure: "exact match",
    least: 0.9,
  },
  claims: [
    order("cope", "rope", [onFlipFlop(32, "sparse"), onFlipFlop(64, "sparse")], "exact match"),
    order("cope", sinusoidal, [onFlipFlop(32, "sparse"), onFlipFlop(64, "sparse")], "exact match"),
    order("cope", "rope", [{ experiment: "counting", length: 32 }], "exact match"),
    order("cope", sinusoidal, [{ experiment: "counting", length: 32 }], "exact match"),
    order(
      "cope",
      "rope",
      [
        { experiment: "selective-copy", length: 16, protocol: "dense" },
        { experiment: "selective-copy", length: 16, protocol: "sparse" },
      ],
      "exact match",
    ),
  ],
  further: [
    order("path", "rope", [onFlipFlop(32, "sparse"), onFlipFlop(64, "sparse")], "exact match"),
    order("fox", "rope", [onFlipFlop(32, "sparse"), onFlipFlop(64, "sparse")], "exact match"),
    order("cope", "alibi", [onFlipFlop(32, "sparse"), onFlipFlop(64, "sparse")], "exact match"),
    order("cope", "none", [onFlipFlop(32, "sparse"), onFlipFlop(64, "sparse")], "exact match"),
    ...["rope", sinusoidal, "alibi", "none"].map((worse) =>
      order("cope", worse, [morePasses], "exact match"),
    ),
  ],
  figures: [
    ...(["trained", "sparse", "dense"] as const).map((protocol) => ({
      experiment: "flip-flop",
      measure: "exact match" as const,
      protocol,
      title: `Flip-flop, ${protocol}, exact match`,
    })),
    { experiment: "counting", measure: "exact match", title: "Counting, exact match" },
    {
      ...{ experiment: "counting", measure: "exact match", protocol: "passes" },
      title: "Counting, twice as many passes, exact match",
    },
  ],
  longer:
    "The paper's sequences are eight times as long, where positions that count tokens have more to get wrong.",
};
