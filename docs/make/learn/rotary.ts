/**
 * The learning page: rotation, and extension beyond the train length.
 *
 * @module
 */
import { ropeFrequencies } from "../../../src/encodings/extension/rope-frequencies.ts";
import type { RopeScaling } from "../../../src/encodings/extension/rope-scaling.ts";
import { geometricFrequencies } from "../../../src/encodings/parts/angles.ts";
import { turnPairs } from "../../../src/encodings/parts/rotation.ts";
import { constant } from "../../../src/operators/source.ts";
import { evaluate } from "../../../src/tensor/evaluate.ts";
import { dot, fixed, matrixTable } from "./numbers.ts";

/** Of the examples: a head of eight numbers, four pairs. */
export const width = 8;
const base = 10_000;
/** Tokens in training, and in the longer text. */
export const lengths = { train: 64, longer: 256 } as const;

/** `vector` rotated by `angle`, by the operator that the encodings use. */
export function rotated(vector: readonly number[], angle: number): readonly number[] {
  const table = (value: number): ReturnType<typeof constant> => constant([1, 1, 1, 1], [value]);
  const angles = { cosine: table(Math.cos(angle)), sine: table(Math.sin(angle)) };
  const [value] = evaluate([turnPairs(constant([1, 1, 1, 2], vector), angles, "half")], new Map());
  return Array.from(value!.data);
}

/** Rules of extension by the same factor, as frequencies. */
export const rules: readonly (readonly [name: string, scaling: RopeScaling | undefined])[] = [
  ["none", undefined],
  ["position interpolation", { type: "linear", factor: 4 }],
  ["NTK-aware", { type: "ntk-aware", factor: 4 }],
  ["YaRN", { type: "yarn", factor: 4, length: lengths.train, fast: 4 }],
];

/** For each pair, its largest angle in the longer text over its largest angle in training. */
export function overreach(scaling: RopeScaling | undefined): readonly number[] {
  const plain = geometricFrequencies(width, base);
  const frequencies = scaling ? ropeFrequencies(width, base, scaling).frequencies : plain;
  return frequencies.map(
    (frequency, pair) => ((lengths.longer - 1) * frequency) / ((lengths.train - 1) * plain[pair]!),
  );
}

/** The sections. */
export function rotarySections(): string[] {
  const pairs = [
    [3, 1],
    [7, 5],
    [103, 101],
    [3, 2],
  ] as const;
  const frequencies = geometricFrequencies(width, base);
  return [
    `## Rotary: turning queries and keys\n`,
    `[RoPE (2021)](encodings/rope.md) adds nothing to the score. It takes the components of queries and keys in pairs, each a point in a plane, and rotates each pair by its token's position times an angle. ` +
      `Rotating both vectors by the same angle leaves their product as it was, so only the difference of the two rotations counts, and that is proportional to i − j. ` +
      `With one pair, q = k = (1, 0) and an angle of 1 radian for each position:\n`,
    matrixTable(
      ["i and j", "i − j", "(R(i) q) · (R(j) k)"],
      pairs.map(
        ([i, j]) =>
          [`${i} and ${j}`, [i - j, dot(rotated([1, 0], i), rotated([1, 0], j))]] as const,
      ),
      3,
    ),
    `The first three pairs have distance 2 and the same score, cos 2; the last has distance 1 and cos 1. Nothing was learned: what a head learns is in its projections to q and k.\n`,
    `One angle would repeat after 2π positions, so each pair has its own **frequency**, from 1 down to about 1/10,000. In a head of ${width} numbers:\n`,
    matrixTable(
      ["Pair", "Frequency", "Positions for a whole turn"],
      frequencies.map(
        (frequency, pair) => [`${pair}`, [frequency, (2 * Math.PI) / frequency]] as const,
      ),
      3,
    ),
    `Fast pairs tell neighbouring distances apart. Slow pairs hardly turn within a text.\n`,
    `![The product of each pair with itself by distance](learn/rotation.svg)\n`,
    `## Extension\n`,
    `A rotary model trained on ${lengths.train} tokens has seen distances up to ${lengths.train - 1}. Pair 0 turned ${fixed((lengths.train - 1) / (2 * Math.PI), 0)} times in that range and has shown all its angles. ` +
      `Pair 2 came to ${fixed((lengths.train - 1) * frequencies[2]!)} radians, a part of a turn; in a text of ${lengths.longer} tokens it comes to ${fixed((lengths.longer - 1) * frequencies[2]!)}, angles that the model was never trained on. ` +
      `That is where the loss rises. **Context extension** changes the frequencies so that the slow pairs stay in the trained range. ` +
      `The largest angle at ${lengths.longer} tokens, over the largest in training, for each pair:\n`,
    matrixTable(
      ["Rule", ...frequencies.map((_, pair) => `pair ${pair}`)],
      rules.map(([name, scaling]) => [name, overreach(scaling)] as const),
    ),
    `- Position interpolation divides all frequencies by 4: no pair goes beyond its trained range (the ratio is ${fixed(overreach(rules[1]![1])[0]!)} because ${lengths.longer - 1} / ${lengths.train - 1} is a little above 4), but neighbours now differ by a quarter of an angle, which fast pairs were not trained on either.\n` +
      `- NTK-aware scaling raises the base: the fastest pair stays, the slowest is divided by 4, those in between by less.\n` +
      `- YaRN keeps pairs that made several turns in training, divides those that made less than one by 4, and mixes in between. It also sharpens the softmax a little. (Its bound for fast pairs, 32 turns, is for long trainings; here it is 4.)\n`,
    `All need no training, and all are better after a little of it. \`rope(scaling={type=yarn,factor=4,length=64})\` is how such a model is written here; the options of [\`rope\`](encodings/rope.md) list every rule. ` +
      `Other methods leave the frequencies alone and change the distances (Self-Extend, ReRoPE) or the temperature of the softmax ([\`log-n\`](encodings/log-n.md)).\n`,
  ];
}
