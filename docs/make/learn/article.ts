/**
 * The learning page: the article's encoding, rows of the distance matrix.
 *
 * @module
 */
import {
  distanceMatrix,
  dot,
  fixed,
  matrixTable,
  product,
  solve,
  transposed,
  vector,
} from "./numbers.ts";
import type { Matrix } from "./numbers.ts";

/** The map of the example: two learned numbers for each column of D. */
export const map: Matrix = [
  [0.2, 0, -0.1, 0, 0.1],
  [0, 0.1, 0, -0.2, 0],
];

/** A table of vectors that someone may have learned, one a position. */
export const learnedTable: Matrix = [
  [0.3, -0.1],
  [0.8, 0.2],
  [-0.5, 0.4],
  [0.1, 0.9],
  [0.6, -0.7],
];

/** RPE(i) = W · D(i, :), for every i. */
export function rowVectors(): Matrix {
  return product(distanceMatrix(map[0]!.length), transposed(map));
}

/** The map that makes exactly `learnedTable`, the determinant of D, and how far the table made from it is off. */
export function mapOfTable(): {
  readonly map: Matrix;
  readonly determinant: number;
  readonly error: number;
} {
  const distances = distanceMatrix(learnedTable.length);
  const { x, determinant } = solve(distances, learnedTable);
  const made = product(distances, x);
  const errors = made.flatMap((row, i) => row.map((v, c) => Math.abs(v - learnedTable[i]![c]!)));
  return { map: transposed(x), determinant, error: Math.max(...errors) };
}

/** The section. */
export function articleSections(): string[] {
  const rows = rowVectors();
  const pairs = [
    [1, 3],
    [2, 4],
  ] as const;
  const { map: found, determinant, error } = mapOfTable();
  return [
    `## The article's encoding: a row of the matrix\n`,
    `relpos began with a blog article on relative position encoding for large language models. Its encoding takes row i of the matrix, D(i, :), maps it to a few numbers by a learned matrix W, and appends them to the token's vector s_i:\n`,
    `\`\`\`\nRPE(i) = W · D(i, :)          x_i = [s_i ; RPE(i)]\n\`\`\`\n`,
    `With ${map[0]!.length} positions and two numbers, W has ${map.length} rows and ${map[0]!.length} columns. For W = [${map.map((row) => vector(row, 1)).join("; ")}]:\n`,
    matrixTable(
      ["", "D(i, 0)", "RPE(i), first", "RPE(i), second"],
      rows.map((row, i) => [`i = ${i}`, [distanceMatrix(rows.length)[i]![0]!, ...row]] as const),
    ),
    `Is this relative? The matrix contains only distances, but what reaches the model is a vector of position i alone. Row i even begins with i itself, the distance to position 0. ` +
      `Compare two pairs of tokens at distance 2, by the product of their vectors, which is what attention computes:\n`,
    matrixTable(
      ["Pair", "Distance", "RPE(i) · RPE(j)"],
      pairs.map(([i, j]) => [`${i} and ${j}`, [j - i, dot(rows[i]!, rows[j]!)]] as const),
    ),
    `The distance is the same and the product is not. An encoding is **shift-invariant**, relative in the strict sense, if moving all positions by one number changes no score. This one is not: it is an absolute encoding.\n`,
    `More is true. D has an inverse (its determinant for ${learnedTable.length} positions is ${fixed(determinant, 0)}), so for any table of position vectors there is exactly one W that gives it. Take the table ` +
      `${learnedTable.map((row) => vector(row, 1)).join(", ")}, which is made up. Solving D · Wᵀ = table gives ` +
      `W = [${found.map((row) => vector(row)).join("; ")}], and W · D(i, :) gives back the table (largest error ${error < 1e-12 ? "below 10⁻¹²" : error.toExponential(1)}). ` +
      `So the article's encoding can be no more than [\`learned\`](encodings/learned.md) positions, written in another way. [\`distance-row\`](encodings/distance-row.md) is its page; ` +
      `[what was measured](results.md#the-articles-two-claims-distance-row) about its claims is not in its favour.\n`,
    `And W has one column for each position of training. A longer text has rows that W cannot take.\n`,
    `## From a row to a pair\n`,
    `The remedy is to use the distance where a pair of tokens is compared: in the score. A function f of the distance, the same for all places in the text, gives\n`,
    `\`\`\`\nscore[i, j] = q_i · k_j / √d + f(i − j)\n\`\`\`\n`,
    `or lets the distance change q · k itself. Shift all positions, and i − j is what it was: every encoding from here on is shift-invariant. The signed distance i − j tells before from after; in a causal model it is never negative. ` +
      `What remains to choose is f: how many numbers it learns, and what it does at distances that training did not show.\n`,
  ];
}
