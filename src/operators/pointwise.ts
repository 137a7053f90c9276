/**
 * Functions of one number, applied element by element.
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { divide, multiply, negate, subtract } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { greater } from "./comparison.ts";
import { unary } from "./elementwise.ts";
import { errorFunction } from "./error-function.ts";
import { scalar } from "./source.ts";

/** `e^x` */
export const exp: (x: Tensor) => Tensor = unary(
  "exp",
  Math.exp,
  ({ y, dy }) => multiply(dy, y),
  "Exp",
);

/** `ln x` for `x > 0` */
export const log: (x: Tensor) => Tensor = unary(
  "log",
  Math.log,
  ({ x, dy }) => divide(dy, x),
  "Log",
);

/** `sin x` */
export const sin: (x: Tensor) => Tensor = unary(
  "sin",
  Math.sin,
  ({ x, dy }) => multiply(dy, cos(x)),
  "Sin",
);

/** `cos x` */
export const cos: (x: Tensor) => Tensor = unary(
  "cos",
  Math.cos,
  ({ x, dy }) => negate(multiply(dy, sin(x))),
  "Cos",
);

/** `tanh x` */
export const tanh: (x: Tensor) => Tensor = unary(
  "tanh",
  Math.tanh,
  ({ y, dy }) => multiply(dy, subtract(1, multiply(y, y))),
  "Tanh",
);

/** `√x` for `x ≥ 0` */
export const sqrt: (x: Tensor) => Tensor = unary(
  "sqrt",
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
export const abs: (x: Tensor) => Tensor = unary(
  "abs",
  Math.abs,
  ({ x, dy }) => multiply(dy, sign(x)),
  "Abs",
);

/** −1, 0 or 1 */
export const sign: (x: Tensor) => Tensor = unary(
  "sign",
  Math.sign,
  { none: "constant almost everywhere" },
  "Sign",
);

/** The largest integer not above `x`. */
export const floor: (x: Tensor) => Tensor = unary(
  "floor",
  Math.floor,
  { none: "constant almost everywhere" },
  "Floor",
);

/** The smallest integer not below `x`. */
export const ceil: (x: Tensor) => Tensor = unary(
  "ceil",
  Math.ceil,
  { none: "constant almost everywhere" },
  "Ceil",
);

/** `erf x = 2/√π ∫₀ˣ e^(−t²) dt` */
export const erf: (x: Tensor) => Tensor = unary(
  "erf",
  errorFunction,
  ({ x, dy }) => multiply(dy, multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI))),
  "Erf",
);

/** `1 / (1 + e^(−x))` of a number. Each branch has a negative exponent, so that `Math.exp` cannot overflow. */
export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** `1 / (1 + e^(−x))` */
export const sigmoid: (x: Tensor) => Tensor = unary(
  "sigmoid",
  logistic,
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

/** `ln(1 + e^x)`, computed so that it neither overflows nor rounds small values to 0. */
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
