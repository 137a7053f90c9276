/**
 * Cases of the map over blocks, each with the same computation without blocks to compare it with.
 *
 * @module
 */
import * as op from "../../src/operators/index.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { drawInputs, floats, givenIntegers, integers } from "./case.ts";
import type { Draw, Inputs, OperatorCase } from "./case.ts";

type Draws = Readonly<Record<string, Draw>>;

type Build = (inputs: Inputs) => readonly Tensor[];

/** A case with the same computation without blocks. */
export interface BlockCase extends OperatorCase {
  readonly whole: Build;
}

const forbidden = -1e30;

/** Scores with ALiBi, one learned slope for each head, and the causal mask. */
function causalScores(query: Tensor, key: Tensor, slope: Tensor, rows: Tensor, columns: Tensor) {
  const distance = op.subtract(
    op.cast(op.unsqueeze(rows, 1), "float32"),
    op.cast(op.unsqueeze(columns, 0), "float32"),
  );
  const mask = op.where(op.less(distance, op.scalar(0)), op.scalar(forbidden), op.scalar(0));
  const product = op.matmul(query, key, { transposeB: true, scale: 0.5 });
  return op.add(op.subtract(product, op.multiply(slope, distance)), mask);
}

function attention(length: number): Draws {
  return {
    query: floats([2, 3, length, 4]),
    key: floats([2, 3, length, 4]),
    value: floats([2, 3, length, 5]),
    slope: floats([3, 1, 1], { from: 0.1, to: 0.5 }),
    positions: givenIntegers([length], [...Array(length).keys()]),
  };
}

function wholeAttention({ query, key, value, slope, positions }: Inputs): readonly Tensor[] {
  const scores = causalScores(query!, key!, slope!, positions!, positions!);
  return [op.softmaxMatmul(scores, value!).output];
}

function attentionInBlocks(blocks: number, keys: "shared" | "prefix"): Build {
  return ({ query, key, value, slope, positions }) =>
    op.mapBlocks({
      blocks,
      inputs: [
        { tensor: query!, kind: "sliced", axis: -2 },
        keys === "shared"
          ? { tensor: key!, kind: "shared" }
          : { tensor: key!, kind: "prefix", axis: 2 },
        keys === "shared"
          ? { tensor: value!, kind: "shared" }
          : { tensor: value!, kind: "prefix", axis: 2 },
        { tensor: slope!, kind: "shared" },
        { tensor: positions!, kind: "sliced", axis: 0 },
      ],
      body([query, key, value, slope, rows]) {
        const scores = causalScores(query!, key!, slope!, rows!, op.range(key!.shape[2]!));
        const { output } = op.softmaxMatmul(scores, value!);
        return [{ tensor: output, kind: "stacked", axis: 2 }];
      },
    });
}

function blockCase(
  title: string,
  draws: Draws,
  build: Build,
  whole: Build,
  order: 0 | 2 = 2,
): BlockCase {
  const name = `mapBlocks, ${title}`;
  const inputs = drawInputs(name, draws);
  return { name, operator: "mapBlocks", inputs, build, whole, order, tolerance: 4e-6 };
}

/** A loss summed over blocks of two rows, as it bounds the memory for logits of a large vocabulary. */
const summedLoss = blockCase(
  "a summed loss",
  {
    x: floats([6, 4]),
    weight: floats([4, 7]),
    targets: givenIntegers([6], [0, 6, 3, 3, 1, 2]),
  },
  ({ x, weight, targets }) =>
    op.mapBlocks({
      blocks: 3,
      inputs: [
        { tensor: x!, kind: "sliced", axis: 0 },
        { tensor: weight!, kind: "shared" },
        { tensor: targets!, kind: "sliced", axis: 0 },
      ],
      body: ([x, weight, targets]) => [
        { tensor: op.sum(op.crossEntropy(op.matmul(x!, weight!), targets!)), kind: "summed" },
      ],
    }),
  ({ x, weight, targets }) => [op.sum(op.crossEntropy(op.matmul(x!, weight!), targets!))],
);

/** Results of every kind in mixed order; the prefix axis is the last axis. */
const everyKind = blockCase(
  "results of every kind",
  { x: floats([3, 6]), y: floats([6, 3]) },
  ({ x, y }) =>
    op.mapBlocks({
      blocks: 3,
      inputs: [
        { tensor: x!, kind: "prefix", axis: 1 },
        { tensor: y!, kind: "sliced", axis: 0 },
      ],
      body: ([x, y]) => [
        { tensor: op.transposeLast(op.sin(y!)), kind: "stacked", axis: 1 },
        { tensor: op.square(op.sum(y!)), kind: "summed" },
        { tensor: op.square(x!), kind: "prefixSummed", axis: -1, size: 6 },
      ],
    }),
  ({ x, y }) => {
    const parts = op.split(y!, 0, 3).map((part) => op.square(op.sum(part)));
    // Element j is in the prefixes of its own block and of all later ones.
    const counts = op.constant([6], [3, 3, 2, 2, 1, 1]);
    return [
      op.transposeLast(op.sin(y!)),
      parts.reduce((a, b) => op.add(a, b)),
      op.multiply(op.square(x!), counts),
    ];
  },
);

const blockNumber = blockCase(
  "the block's number, and integers",
  { x: integers([2, 6], -9, 9) },
  ({ x }) =>
    op.mapBlocks({
      blocks: 2,
      inputs: [{ tensor: x!, kind: "sliced", axis: 1 }],
      body: ([x], block) => [
        { tensor: op.add(x!, block), kind: "stacked", axis: 1 },
        { tensor: op.greater(x!, block), kind: "stacked", axis: 0 },
      ],
    }),
  ({ x }) => {
    const number = op.constant([6], [0, 0, 0, 1, 1, 1], "int32");
    const halves = op.split(op.greater(x!, number), 1, 2);
    return [op.add(x!, number), op.concat(halves, 0)];
  },
  0,
);

const nested = blockCase(
  "a map inside a map",
  { x: floats([4, 6]), y: floats([6]) },
  ({ x, y }) =>
    op.mapBlocks({
      blocks: 2,
      inputs: [
        { tensor: x!, kind: "sliced", axis: 0 },
        { tensor: y!, kind: "shared" },
      ],
      body: ([x, y]) => {
        const [inner] = op.mapBlocks({
          blocks: 3,
          inputs: [
            { tensor: x!, kind: "sliced", axis: 1 },
            { tensor: y!, kind: "sliced", axis: 0 },
          ],
          body: ([x, y]) => [
            { tensor: op.multiply(op.sin(x!), op.square(y!)), kind: "stacked", axis: 1 },
          ],
        });
        return [{ tensor: inner!, kind: "stacked", axis: 0 }];
      },
    }),
  ({ x, y }) => [op.multiply(op.sin(x!), op.square(y!))],
);

/** Every case of the operator. */
export const blockCases: readonly BlockCase[] = [
  ...[1, 2, 7].flatMap((blocks) =>
    (["shared", "prefix"] as const).map((keys) =>
      blockCase(
        `attention in ${blocks} with ${keys} keys`,
        attention(blocks === 7 ? 7 : 6),
        attentionInBlocks(blocks, keys),
        wholeAttention,
      ),
    ),
  ),
  summedLoss,
  everyKind,
  blockNumber,
  nested,
];
