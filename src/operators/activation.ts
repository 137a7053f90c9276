/**
 * Smooth activations of feed-forward layers.
 *
 *     gelu:      x Φ(x),  Φ(x) = ½ (1 + erf(x/√2))
 *     geluTanh:  ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
 *     silu:      x σ(x)
 *     leakyRelu: x above 0, slope · x elsewhere
 *
 * The gates (1 + erf, σ) are a second output, which the gradients read.
 *
 * Source:  Hendrycks and Gimpel 2016, arXiv 1606.08415
 *
 * @module
 */
import type { Emitter, Tensor } from "../tensor/tensor.ts";
import { add, multiply, subtract } from "./arithmetic.ts";
import { greater } from "./comparison.ts";
import { defineOperator } from "./define-operator.ts";
import type { Build } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { errorFunction } from "./error-function.ts";
import { exp, logistic, tanh } from "./pointwise.ts";
import { scalar } from "./source.ts";
import { where } from "./where.ts";

/** The operator `x · gate(x)`, with the gate as its second output; `slope` is the derivative of the gate. */
function gated(
  name: string,
  gate: (x: number) => number,
  slope: (x: Tensor, gate: Tensor) => Tensor,
  onnxGate: (emitter: Emitter, x: string) => string,
): Build<"x", object> {
  return defineOperator<"x">({
    name,
    inputs: ["x"],
    infer({ x }) {
      requireType(name, x, "float32");
      return [x, x].map(({ shape, dtype }) => ({ shape, dtype }));
    },
    evaluate({ x }) {
      const gates = x.data.map(gate);
      return [x.data.map((value, at) => value * gates[at]!), gates];
    },
    gradient({ x, ys, dys: [dy, dGate] }) {
      const gateSlope = slope(x, ys[1]!);
      const parts: Tensor[] = [];
      if (dy) parts.push(multiply(dy, add(ys[1]!, multiply(x, gateSlope))));
      if (dGate) parts.push(multiply(dGate, gateSlope));
      return { x: parts.reduce((a, b) => add(a, b)) };
    },
    onnx(emitter, { x }) {
      const gateName = onnxGate(emitter, x);
      return [emitter.node("Mul", [x, gateName])[0]!, gateName];
    },
  });
}

const buildErrorGate: Build<"x", object> = gated(
  "errorGate",
  (x) => 1 + errorFunction(x),
  // 2/√π e^(−x²), with the factor inside the exponent: one operation on the array less.
  (x) => exp(subtract(Math.log(2 / Math.sqrt(Math.PI)), multiply(x, x))),
  (emitter, x) => {
    const [erf] = emitter.node("Erf", [x]);
    return emitter.node("Add", [erf!, emitter.scalar(1, "float32")])[0]!;
  },
);

/**
 * `x (1 + erf x)`, GELU without its factors: `gelu(x) = errorGate(x/√2) / √2`. A feed-forward layer multiplies
 * its weights by the factors, because they have far fewer elements than its activations.
 */
export function errorGate(x: Tensor): Tensor {
  return buildErrorGate({ x }, {});
}

/** GELU by the error function, the default in PyTorch. */
export function gelu(x: Tensor): Tensor {
  return multiply(errorGate(multiply(x, Math.SQRT1_2)), Math.SQRT1_2);
}

const buildSilu: Build<"x", object> = gated(
  "silu",
  logistic,
  (_, gate) => multiply(gate, subtract(1, gate)),
  (emitter, x) => emitter.node("Sigmoid", [x])[0]!,
);

/** SiLU, also called swish: `x σ(x)`. */
export function silu(x: Tensor): Tensor {
  return buildSilu({ x }, {});
}

const buildLeakyRelu = defineOperator<"x", { slope: number }>({
  name: "leakyRelu",
  inputs: ["x"],
  infer({ x }) {
    requireType("leakyRelu", x, "float32");
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ({ x }, { slope }) => x.data.map((value) => (value > 0 ? value : slope * value)),
  gradient: ({ x, dy, options: { slope } }) => ({
    x: where(greater(x, scalar(0)), dy, multiply(dy, slope)),
  }),
  onnx: (emitter, { x }, { slope }) =>
    emitter.node("LeakyRelu", [x], { alpha: { float: slope } })[0]!,
});

/** `x` above 0, `slope · x` elsewhere; the gradient at 0 is `slope`. The default slope is PyTorch's. */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return buildLeakyRelu({ x }, { slope });
}

/** GELU by its tanh approximation, as in GPT-2. */
export function geluTanh(x: Tensor): Tensor {
  const cubic = multiply(multiply(multiply(x, x), 0.044715 * Math.sqrt(2 / Math.PI)), x);
  const inner = add(multiply(x, Math.sqrt(2 / Math.PI)), cubic);
  return multiply(multiply(x, 0.5), add(tanh(inner), 1));
}
