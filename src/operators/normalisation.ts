/**
 * Layer normalisation and root-mean-square normalisation over the last axis.
 *
 *     layerNorm:  μ = mean x,  r = 1/√(mean (x−μ)² + ε),  y = (x − μ) r · scale + bias
 *     rmsNorm:    r = 1/√(mean x² + ε),                   y = x r · scale
 *
 * r (and μ) are further outputs, which the gradients read.
 *
 * Shapes:  x [..., n], scale [n], bias [n] → y [..., n], μ [..., 1], r [..., 1]
 * ONNX:    LayerNormalization, opset 17 (three outputs); rmsNorm is written out
 * Sources: Ba et al. 2016, arXiv 1607.06450; Zhang and Sennrich 2019, arXiv 1910.07467
 *
 * @module
 */
import { printShape, ShapeError } from "../tensor/shape.ts";
import type { Signature, Tensor } from "../tensor/tensor.ts";
import { add, divide, multiply, subtract } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import { mean, sum } from "./reduction.ts";

interface Epsilon {
  readonly epsilon: number;
}

function inferNorm(
  name: string,
  x: Tensor,
  vectors: readonly Tensor[],
  extra: number,
): Signature[] {
  const width = x.shape.at(-1);
  for (const vector of vectors)
    if (vector.shape.length !== 1 || vector.shape[0] !== width)
      throw new ShapeError(
        `${name}: x is ${printShape(x.shape)}, so scale and bias must be [${width ?? "?"}], ` +
          `got ${printShape(vector.shape)}.`,
      );
  const statistic: Signature = { shape: [...x.shape.slice(0, -1), 1], dtype: "float32" };
  return [{ shape: x.shape, dtype: "float32" }, ...Array<Signature>(extra).fill(statistic)];
}

const meanOfRow = (x: Tensor): Tensor => mean(x, { axes: [-1], keep: true });
const sumOverRows = (x: Tensor): Tensor =>
  sum(x, { axes: x.shape.slice(0, -1).map((_, axis) => axis) });

const buildLayerNorm = defineOperator<"x" | "scale" | "bias", Epsilon>({
  name: "layerNorm",
  inputs: ["x", "scale", "bias"],
  infer: ({ x, scale, bias }) => inferNorm("layerNorm", x, [scale, bias], 2),

  evaluate({ x, scale, bias }, { epsilon }) {
    const n = x.shape.at(-1)!;
    const rows = x.data.length / n;
    const y = new Float64Array(x.data.length);
    const [means, rates] = [new Float64Array(rows), new Float64Array(rows)];
    for (let row = 0; row < rows; row++) {
      const values = x.data.subarray(row * n, (row + 1) * n);
      const average = values.reduce((a, b) => a + b, 0) / n;
      const variance = values.reduce((total, value) => total + (value - average) ** 2, 0) / n;
      means[row] = average;
      rates[row] = 1 / Math.sqrt(variance + epsilon);
      for (let k = 0; k < n; k++)
        y[row * n + k] = (values[k]! - average) * rates[row]! * scale.data[k]! + bias.data[k]!;
    }
    return [y, means, rates];
  },

  gradient({ x, scale, ys, dys }) {
    const [, average, rate] = ys as [Tensor, Tensor, Tensor];
    const [dy, dAverage, dRate] = dys;
    const normal = multiply(subtract(x, average), rate);
    const width = x.shape.at(-1) as number;
    const parts: Tensor[] = [];
    if (dy) {
      const dNormal = multiply(dy, scale);
      const centred = subtract(dNormal, meanOfRow(dNormal));
      const projected = multiply(normal, meanOfRow(multiply(dNormal, normal)));
      parts.push(multiply(subtract(centred, projected), rate));
    }
    if (dAverage) parts.push(divide(dAverage, width));
    if (dRate) parts.push(multiply(divide(multiply(dRate, multiply(rate, rate)), -width), normal));
    return {
      x: parts.reduce((a, b) => add(a, b)),
      ...(dy ? { scale: sumOverRows(multiply(dy, normal)), bias: sumOverRows(dy) } : {}),
    };
  },

  onnx: (emitter, { x, scale, bias }, { epsilon }) =>
    emitter.node(
      "LayerNormalization",
      [x, scale, bias],
      { axis: -1, epsilon: { float: epsilon } },
      { outputs: 3 },
    ),
});

/** Layer normalisation over the last axis; the default of `epsilon` is PyTorch's. */
export function layerNorm(x: Tensor, scale: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  return buildLayerNorm({ x, scale, bias }, { epsilon });
}

const buildRmsNorm = defineOperator<"x" | "scale", Epsilon>({
  name: "rmsNorm",
  inputs: ["x", "scale"],
  infer: ({ x, scale }) => inferNorm("rmsNorm", x, [scale], 1),

  evaluate({ x, scale }, { epsilon }) {
    const n = x.shape.at(-1)!;
    const rates = Float64Array.from({ length: x.data.length / n }, (_, row) => {
      const values = x.data.subarray(row * n, (row + 1) * n);
      return 1 / Math.sqrt(values.reduce((total, value) => total + value * value, 0) / n + epsilon);
    });
    const y = x.data.map((value, at) => value * rates[Math.floor(at / n)]! * scale.data[at % n]!);
    return [y, rates];
  },

  gradient({ x, scale, ys, dys }) {
    const rate = ys[1]!;
    const [dy, dRate] = dys;
    const normal = multiply(x, rate);
    const width = x.shape.at(-1) as number;
    const parts: Tensor[] = [];
    if (dy) {
      const dNormal = multiply(dy, scale);
      const projected = multiply(normal, meanOfRow(multiply(dNormal, normal)));
      parts.push(multiply(subtract(dNormal, projected), rate));
    }
    if (dRate) parts.push(multiply(divide(multiply(dRate, multiply(rate, rate)), -width), normal));
    return {
      x: parts.reduce((a, b) => add(a, b)),
      ...(dy ? { scale: sumOverRows(multiply(dy, normal)) } : {}),
    };
  },

  onnx(emitter, { x, scale }, { epsilon }) {
    const [squares] = emitter.node("Mul", [x, x]);
    const [power] = emitter.node("ReduceMean", [squares!, emitter.int64s([-1])], { keepdims: 1 });
    const [shifted] = emitter.node("Add", [power!, emitter.scalar(epsilon, "float32")]);
    const [root] = emitter.node("Sqrt", [shifted!]);
    const [rate] = emitter.node("Reciprocal", [root!]);
    const [normal] = emitter.node("Mul", [x, rate!]);
    return [emitter.node("Mul", [normal!, scale])[0]!, rate!];
  },
});

/** Root-mean-square normalisation over the last axis. */
export function rmsNorm(x: Tensor, scale: Tensor, epsilon = 1e-6): Tensor {
  return buildRmsNorm({ x, scale }, { epsilon });
}
