/**
 * Functions of one number, applied element by element.
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { absoluteGradient, divide, multiply, power, subtract } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { greater } from "./comparison.ts";
import { unary } from "./elementwise.ts";
import { errorFunction } from "./error-function.ts";
import { scalar } from "./source.ts";

/** `−x` */
export const negate: (x: Tensor) => Tensor = unary(
  "negate",
  (x) => -x,
  ({ dy }) => negate(dy),
  "Neg",
);

/** `e^x` */
export const exponential: (x: Tensor) => Tensor = unary(
  "exponential",
  Math.exp,
  ({ y, dy }) => multiply(dy, y),
  "Exp",
);

/** `ln x` for `x > 0` */
export const naturalLog: (x: Tensor) => Tensor = unary(
  "naturalLog",
  Math.log,
  ({ x, dy }) => divide(dy, x),
  "Log",
);

/** `sin x` */
export const sine: (x: Tensor) => Tensor = unary(
  "sine",
  Math.sin,
  ({ x, dy }) => multiply(dy, cosine(x)),
  "Sin",
);

/** `cos x` */
export const cosine: (x: Tensor) => Tensor = unary(
  "cosine",
  Math.cos,
  ({ x, dy }) => negate(multiply(dy, sine(x))),
  "Cos",
);

/** `tanh x` */
export const hyperbolicTangent: (x: Tensor) => Tensor = unary(
  "hyperbolicTangent",
  Math.tanh,
  ({ y, dy }) => multiply(dy, subtract(1, multiply(y, y))),
  "Tanh",
);

/** `√x` for `x ≥ 0` */
export const squareRoot: (x: Tensor) => Tensor = unary(
  "squareRoot",
  Math.sqrt,
  ({ y, dy }) => divide(multiply(dy, 0.5), y),
  "Sqrt",
);

/** `1 / x` */
export const reciprocal: (x: Tensor) => Tensor = unary(
  "reciprocal",
  (x) => 1 / x,
  ({ y, dy }) => negate(multiply(dy, multiply(y, y))),
  "Reciprocal",
);

/** `|x|`, with gradient 0 at 0. */
export const absolute: (x: Tensor) => Tensor = unary(
  "absolute",
  Math.abs,
  ({ x, dy }) => absoluteGradient(x, dy),
  "Abs",
);

/** −1, 0 or 1 */
export const sign: (x: Tensor) => Tensor = unary(
  "sign",
  Math.sign,
  { none: "constant almost everywhere" },
  "Sign",
);

/** The largest whole number not above `x`. */
export const floor: (x: Tensor) => Tensor = unary(
  "floor",
  Math.floor,
  { none: "constant almost everywhere" },
  "Floor",
);

/** The smallest whole number not below `x`. */
export const ceiling: (x: Tensor) => Tensor = unary(
  "ceiling",
  Math.ceil,
  { none: "constant almost everywhere" },
  "Ceil",
);

/** `erf x = 2/√π ∫₀ˣ e^(−t²) dt` */
export const gaussError: (x: Tensor) => Tensor = unary(
  "gaussError",
  errorFunction,
  ({ x, dy }) =>
    multiply(dy, multiply(exponential(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI))),
  "Erf",
);

/** `1 / (1 + e^(−x))` */
export const sigmoid: (x: Tensor) => Tensor = unary(
  "sigmoid",
  // Both branches keep the exponent negative, so that neither end overflows.
  (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  ({ y, dy }) => multiply(dy, multiply(y, subtract(1, y))),
  "Sigmoid",
);

/** `max(x, 0)`, with gradient 0 at 0. */
export const relu: (x: Tensor) => Tensor = unary(
  "relu",
  (x) => Math.max(x, 0),
  ({ x, dy }) => multiply(dy, cast(greater(x, scalar(0)), "float32")),
  "Relu",
);

/** `ln(1 + e^x)`, which neither overflows nor loses small values. */
export const softplus: (x: Tensor) => Tensor = unary(
  "softplus",
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  ({ x, dy }) => multiply(dy, sigmoid(x)),
  "Softplus",
);

/** `ln sigmoid(x) = −softplus(−x)` */
export function logSigmoid(x: Tensor): Tensor {
  return negate(softplus(negate(x)));
}

/** `x²` */
export function square(x: Tensor): Tensor {
  return power(x, 2);
}
