/**
 * Smooth activations of feed-forward layers.
 *
 *     gelu:      x Φ(x),  Φ(x) = ½ (1 + erf(x/√2));      derivative Φ(x) + x φ(x)
 *     geluTanh:  ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
 *     silu:      x σ(x)
 *
 * gelu and silu return Φ and σ as a second output, which their gradients reuse.
 *
 * Source:  Hendrycks and Gimpel 2016, arXiv 1606.08415
 *
 * @module
 */
import type { Emitter, Tensor } from "../tensor/tensor.ts";
import { add, multiply, subtract } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import type { Build } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { errorFunction } from "./error-function.ts";
import { exponential, hyperbolicTangent } from "./pointwise.ts";

/** `x · gate(x)`, the gate being the second output. */
function gated(
  name: string,
  gate: (x: number) => number,
  slope: (x: Tensor, gate: Tensor) => Tensor,
  onnxGate: (emitter: Emitter, x: string) => string,
): (x: Tensor) => Tensor {
  const build: Build<"x", object> = defineOperator<"x">({
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
      const g = ys[1]!;
      const derivative = slope(x, g);
      const parts: Tensor[] = [];
      if (dy) parts.push(multiply(dy, add(g, multiply(x, derivative))));
      if (dGate) parts.push(multiply(dGate, derivative));
      return { x: parts.reduce((a, b) => add(a, b)) };
    },
    onnx(emitter, { x }) {
      const g = onnxGate(emitter, x);
      return [emitter.node("Mul", [x, g])[0]!, g];
    },
  });
  return (x) => build({ x }, {});
}

/** GELU with the error function, as PyTorch's default. */
export const gelu: (x: Tensor) => Tensor = gated(
  "gelu",
  (x) => 0.5 * (1 + errorFunction(x / Math.SQRT2)),
  (x) => multiply(exponential(multiply(multiply(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI)),
  (emitter, x) => {
    const half = emitter.scalar(0.5, "float32");
    const [scaled] = emitter.node("Mul", [x, emitter.scalar(Math.SQRT1_2, "float32")]);
    const [erf] = emitter.node("Erf", [scaled!]);
    const [halved] = emitter.node("Mul", [erf!, half]);
    return emitter.node("Add", [halved!, half])[0]!;
  },
);

/** SiLU, also called swish. */
export const silu: (x: Tensor) => Tensor = gated(
  "silu",
  (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  (_, gate) => multiply(gate, subtract(1, gate)),
  (emitter, x) => emitter.node("Sigmoid", [x])[0]!,
);

/** GELU's tanh form, as GPT-2 has it. */
export function geluTanh(x: Tensor): Tensor {
  const cubic = multiply(multiply(multiply(x, x), 0.044715 * Math.sqrt(2 / Math.PI)), x);
  const inner = add(multiply(x, Math.sqrt(2 / Math.PI)), cubic);
  return multiply(multiply(x, 0.5), add(hyperbolicTangent(inner), 1));
}
