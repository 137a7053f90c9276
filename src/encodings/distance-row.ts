/**
 * Distance rows: the position's row of the distance matrix, mapped to a few columns that are
 * concatenated to the token vector.
 *
 *     D(i, j) = |i − j|,   RPE(i) = f(D(i, ·) / N) ∈ ℝ^width,   x_i = [s_i ; RPE(i)]
 *     f linear:       F · weight + bias
 *     f tanh, relu:   activation(F · hidden.weight + hidden.bias) · weight + bias
 *
 * N is `maxLength`, F(i) the row as its mode forms it: see distance-features.ts. s_i is the token's
 * embedding, model − width columns, or its one-hot vector; then `project` [vocab + width, model] brings
 * the sum of both widths to the model's.
 *
 * Row i holds i itself (its first column), so this is an absolute encoding, named after how the row
 * is built; a linear f is a learned table of positions, reparameterised so that it prefers smooth ones.
 *
 * Acts on:    token vectors [batch, query, model − width], once, before the first block
 * Learns:     position.distance-row.weight, .bias; .hidden.weight, .hidden.bias; .project. The matrices are weights of
 *             linear layers and decay, the biases do not
 * Reference:  the article that relpos began from; no code is known. oracle/distance_row.py derives it
 * Differs:    distances are divided by N and weights start from N(0, 3/columns), so that the first
 *             layer does not saturate; the modes beside `fixed` and `pad` answer what the article
 *             leaves open, texts of another length than N
 *
 * @module
 */
import { add } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matmul.ts";
import { expand } from "../operators/movement.ts";
import { tanh, relu } from "../operators/pointwise.ts";
import { concat } from "../operators/slicing.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { option, optionIs } from "../options/option.ts";
import { flag, whole, word } from "../options/value.ts";
import { defineEncoding } from "./define-encoding.ts";
import { distanceFeatures, rowOptions } from "./parts/distance-features.ts";
import { checkPositions, lengthLimit } from "./parts/limit.ts";
import type { ModelShape } from "./position-encoding.ts";
import type { ParameterSpec } from "../parameters/spec.ts";

const activations = { tanh: tanh, relu } as const;
const prefix = "position.distance-row";

/** Rows of the distance matrix as columns of the input. */
export const distanceRow = defineEncoding({
  id: "distance-row",
  family: "input",
  summary:
    "A learned map of the position's distances to all others is concatenated to the token vector.",
  formula: "x_i = [s_i ; f(D(i,·)/N)],  D(i,j) = |i−j|,  f(v) = v·W + b or a small network",
  paper: { title: "Rows of the distance matrix: the article that relpos began from" },
  options: {
    width: option("Columns of RPE(i).", whole({ least: 1 }), {
      otherwise: "an eighth of the model's width",
    }),
    layer: option("f.", word("linear", "tanh", "relu"), { default: "linear" }),
    hidden: option("Width of the hidden layer.", whole({ least: 1 }), {
      otherwise: "4 × `width`",
      only: optionIs("layer", "tanh", "relu"),
    }),
    bias: option("Whether f adds biases.", flag, { default: true }),
    tokenInput: option("What RPE(i) is concatenated to.", word("embedding", "one-hot"), {
      default: "embedding",
    }),
    ...rowOptions,
  },
  create(shape, options) {
    const { width = Math.max(1, Math.round(shape.model / 8)), layer, tokenInput } = options;
    const features = distanceFeatures(shape.trainLength, options);
    const limit = features.bounded
      ? lengthLimit(
          "distance-row",
          features.maxLength,
          `its distance matrix is ${features.maxLength} × ${features.maxLength}`,
        )
      : undefined;
    const oneHot = tokenInput === "one-hot";
    return {
      id: "distance-row",
      parameters: specs(shape, features.columns, width, options),
      ...(limit && { limit }),
      ...(oneHot ? { tokenInput } : { extraWidth: width }),
      embed(tokens, context) {
        checkPositions("distance-row", context.keys, limit);
        const parameter = (name: string): Tensor => context.parameter(`${prefix}.${name}`);
        const linear = (x: Tensor, name: string): Tensor => {
          const product = matmul(x, parameter(`${name}weight`));
          return !options.bias ? product : add(product, parameter(`${name}bias`));
        };
        const rows = features.rows(context);
        const inner = layer === "linear" ? rows : activations[layer](linear(rows, "hidden."));
        const [batch, query] = tokens.shape;
        const encoded = expand(linear(inner, ""), [batch!, query!, width]);
        const joined = concat([tokens, encoded], -1);
        return oneHot ? matmul(joined, parameter("project")) : joined;
      },
      // A row that knows the length of the text changes when the text grows.
      cache: { keys: features.growing ? "recompute" : "either" },
      shiftInvariant: false,
    };
  },
});

/** What the learned tensors depend on, beside sizes. */
interface NetworkOptions {
  readonly layer: "linear" | "tanh" | "relu";
  readonly hidden?: number | undefined;
  readonly bias: boolean;
  readonly tokenInput: "embedding" | "one-hot";
}

function specs(
  { model, vocab }: ModelShape,
  columns: number,
  width: number,
  { layer, hidden = 4 * width, bias, tokenInput }: NetworkOptions,
): readonly ParameterSpec[] {
  const deep = layer !== "linear";
  if (tokenInput === "one-hot" && vocab < 1)
    throw new RangeError(
      `distance-row: one-hot tokens need a vocabulary, got ${vocab}. ` +
        `Use tokenInput "embedding" where vectors come from outside.`,
    );
  const matrix = (name: string, from: number, to: number, deviation: number): ParameterSpec => ({
    name: `${prefix}.${name}`,
    shape: [from, to],
    initial: { kind: "normal", deviation },
    decays: true,
  });
  const vector = (name: string, size: number): ParameterSpec[] =>
    bias
      ? [{ name: `${prefix}.${name}`, shape: [size], initial: { kind: "zeros" }, decays: false }]
      : [];
  const perColumn = Math.sqrt(3 / columns);
  return [
    ...(deep
      ? [matrix("hidden.weight", columns, hidden, perColumn), ...vector("hidden.bias", hidden)]
      : []),
    matrix("weight", deep ? hidden : columns, width, deep ? hidden ** -0.5 : perColumn),
    ...vector("bias", width),
    ...(tokenInput === "one-hot" ? [matrix("project", vocab + width, model, 0.02)] : []),
  ];
}
