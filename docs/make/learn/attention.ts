/**
 * The learning page: attention without positions, and distances.
 *
 * @module
 */
import { distanceMatrix, dot, fixed, matrixTable, product, softmaxOf, vector } from "./numbers.ts";

/** The words of the example and their vectors, which are queries, keys and values at once. */
const vectors: Readonly<Record<string, readonly number[]>> = {
  dog: [2, 0],
  bit: [1, 1],
  man: [0, 1],
};

/** Scores of the query "bit" with the words of a sentence, their weights, and the output. */
export function outputOfBit(sentence: readonly string[]): {
  readonly scores: readonly number[];
  readonly weights: readonly number[];
  readonly output: readonly number[];
} {
  const keys = sentence.map((word) => vectors[word]!);
  const scores = keys.map((key) => dot(vectors["bit"]!, key) / Math.SQRT2);
  const [weights] = softmaxOf([scores]) as [readonly number[]];
  const [output] = product([weights], keys) as [readonly number[]];
  return { scores, weights, output };
}

/** The sections. */
export function attentionSections(): string[] {
  const orders = [
    ["dog", "bit", "man"],
    ["man", "bit", "dog"],
  ] as const;
  const [first, second] = orders.map((sentence) => outputOfBit(sentence)) as [
    ReturnType<typeof outputOfBit>,
    ReturnType<typeof outputOfBit>,
  ];
  const size = 5;
  return [
    `## Attention without positions\n`,
    `A Transformer reads a text as a list of tokens (words, or pieces of words, or bytes). Each token is a vector. In attention each token ` +
      `makes three vectors from its own: a query q, a key k and a value v. The token at position i, as a query, gives the token at position j, as a key, a score:\n`,
    `\`\`\`\nscore[i, j] = q_i · k_j / √d          d: how many numbers a query has\n\`\`\`\n`,
    `A softmax turns the scores of a query into weights: each is e to the power of its score, divided by the sum of them all, so weights are positive and sum to 1. The output ` +
      `for the query is the sum of all values, each times its weight.\n`,
    `Take three words with d = 2. For brevity let query, key and value be one vector: dog ${vector(vectors["dog"]!, 0)}, bit ${vector(vectors["bit"]!, 0)}, ` +
      `man ${vector(vectors["man"]!, 0)}. For the query "bit" in "dog bit man":\n`,
    matrixTable(
      ["", ...orders[0]],
      [
        ["score", first.scores],
        ["weight", first.weights],
      ],
    ),
    `The output is ${vector(first.output)}. Now the words in the other order, "man bit dog":\n`,
    matrixTable(
      ["", ...orders[1]],
      [
        ["score", second.scores],
        ["weight", second.weights],
      ],
    ),
    `The output is ${vector(second.output)}: the same. Nothing in the formula contains i or j, so attention cannot tell who bit whom. ` +
      `A **position encoding** is whatever brings i and j into the computation.\n`,
    `(A language model that predicts the next token has a causal mask: a query gets weights only for keys up to itself. The mask depends on positions, so such a model ` +
      `can learn something about order even without an encoding; see [\`none\`](encodings/none.md).)\n`,
    `There are three places for it, and the [list of encodings](encodings.md) is ordered by them: the token vectors at the input, the scores, and the queries and keys before their product.\n`,
    `## Distances\n`,
    `Number the positions 0, 1, 2, … The distance of i and j is |i − j|. For ${size} tokens all distances form a matrix:\n`,
    matrixTable(
      ["D(i, j)", ...Array.from({ length: size }, (_, j) => `j = ${j}`)],
      distanceMatrix(size).map((row, i) => [`i = ${i}`, row] as const),
      0,
    ),
    `Along each diagonal the numbers are equal, because shifting both positions by one leaves their distance as it is. That is what makes distances attractive: ` +
      `"the word before" is distance 1 at the beginning of a text and at position ${fixed(1000, 0)}, so whatever a model learns about it holds at every place.\n`,
    `![The distance matrix of 24 tokens, and five ways to use it](learn/encodings.svg)\n`,
    `The first panel is D for 24 tokens; the others are explained below, in this order.\n`,
  ];
}
