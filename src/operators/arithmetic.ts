/**
 * Sums, products, powers and their kin, element by element with broadcasting.
 *
 * Gradients are written in the output's shape; the walk sums them to the inputs'.
 *
 * @module
 */
import { broadcastShapes, sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { cast } from "./cast.ts";
import { greater, less } from "./comparison.ts";
import { binary } from "./elementwise.ts";
import type { BinaryFamily } from "./elementwise.ts";
import { log, negate, sign } from "./pointwise.ts";
import { fill, scalar, uniformValue } from "./source.ts";
import { where } from "./where.ts";

const numbers: BinaryFamily = { result: "same", operands: ["float32", "int32"] };
const floats: BinaryFamily = { result: "same", operands: ["float32"] };

/** A tensor, or a number that becomes a scalar of the other operand's type. */
export type Operand = Tensor | number;

function pair(build: (a: Tensor, b: Tensor) => Tensor): (a: Operand, b: Operand) => Tensor {
  return (a, b) => {
    if (typeof a !== "number") return build(a, typeof b === "number" ? scalar(b, a.dtype) : b);
    if (typeof b !== "number") return build(scalar(a, b.dtype), b);
    return build(scalar(a), scalar(b));
  };
}

/** `a + b`; int32 wraps at 32 bits. */
export const add: (a: Operand, b: Operand) => Tensor = pair(
  binary(
    "add",
    numbers,
    (a, b, integers) => (integers ? (a + b) | 0 : a + b),
    ({ dy }) => ({ a: dy, b: dy }),
    "Add",
  ),
);

/** `a − b` */
export const subtract: (a: Operand, b: Operand) => Tensor = pair(
  binary(
    "subtract",
    numbers,
    (a, b, integers) => (integers ? (a - b) | 0 : a - b),
    ({ dy }) => ({ a: dy, b: negate(dy) }),
    "Sub",
  ),
);

const multiplyTensors = pair(
  binary(
    "multiply",
    numbers,
    (a, b, integers) => (integers ? Math.imul(a, b) : a * b),
    ({ a, b, dy }) => ({ a: multiply(dy, b), b: multiply(dy, a) }),
    "Mul",
  ),
);

/**
 * `a · b`; int32 wraps at 32 bits.
 *
 * Known factors are folded while the graph is built, since gradients are full of them: two constants
 * become one, and a filled tensor becomes a scalar, which the matrix product that follows can absorb.
 */
export function multiply(a: Operand, b: Operand): Tensor {
  const [left, right] = [knownFactor(a), knownFactor(b)];
  if (typeof a !== "number" && right !== undefined && (typeof b === "number" || fits(b, a))) {
    if (right === 1) return a;
    if (left !== undefined && a.dtype === "float32") return fill(a.shape, left * right);
    return multiplyTensors(a, scalar(right, a.dtype));
  }
  if (typeof b !== "number" && left !== undefined && (typeof a === "number" || fits(a, b)))
    return multiply(b, left);
  return multiplyTensors(a, b);
}

/** The factor and the tensor of a product with a known factor, as `multiply` made it. */
export function factorOf(tensor: Tensor): { x: Tensor; factor: number } | undefined {
  const [x, factor] = tensor.node.inputs;
  if (tensor.node.operator.name !== "multiply" || x === undefined) return undefined;
  const known = factor!.shape.length === 0 ? uniformValue(factor!) : undefined;
  return known === undefined ? undefined : { x, factor: known };
}

function knownFactor(operand: Operand): number | undefined {
  return typeof operand === "number" ? operand : uniformValue(operand);
}

/** Whether broadcasting `small` against `large` leaves the shape of `large`. */
function fits(small: Tensor, large: Tensor): boolean {
  return sameShape(broadcastShapes("multiply", small.shape, large.shape), large.shape);
}

/** `a / b`; int32 rounds towards zero. */
export const divide: (a: Operand, b: Operand) => Tensor = pair(
  binary(
    "divide",
    numbers,
    (a, b, integers) => (integers ? Math.trunc(a / b) : a / b),
    ({ b, y, dy }) => {
      const da = divide(dy, b);
      return { a: da, b: negate(multiply(da, y)) };
    },
    "Div",
  ),
);

/**
 * `a ^ b` for `a ≥ 0`. At `a = 0` the gradient of `b` is 0 by convention (`0^p` is 0 for every
 * p > 0), as KERPLE's power needs at distance 0.
 */
export const power: (a: Operand, b: Operand) => Tensor = pair(
  binary(
    "power",
    floats,
    (a, b) => a ** b,
    ({ a, b, y, dy }) => {
      const exponent = uniformValue(b);
      const da =
        exponent === 2
          ? multiply(dy, multiply(a, 2))
          : multiply(dy, multiply(b, power(a, subtract(b, 1))));
      if (exponent !== undefined) return { a: da };
      const positive = greater(a, scalar(0));
      const logarithm = log(where(positive, a, scalar(1)));
      return { a: da, b: multiply(dy, multiply(y, logarithm)) };
    },
    "Pow",
  ),
);

/** The smaller; at a tie both take half the gradient. */
export const minimum: (a: Operand, b: Operand) => Tensor = pair(
  binary(
    "minimum",
    numbers,
    (a, b) => Math.min(a, b),
    ({ a, b, dy }) => share(less(a, b), less(b, a), dy),
    "Min",
  ),
);

/** The larger; at a tie both take half the gradient. */
export const maximum: (a: Operand, b: Operand) => Tensor = pair(
  binary(
    "maximum",
    numbers,
    (a, b) => Math.max(a, b),
    ({ a, b, dy }) => share(greater(a, b), greater(b, a), dy),
    "Max",
  ),
);

function share(first: Tensor, second: Tensor, dy: Tensor): { a: Tensor; b: Tensor } {
  // 1 where the operand wins, 0 where it loses, ½ at a tie.
  const part = multiply(add(subtract(cast(first, "float32"), cast(second, "float32")), 1), 0.5);
  return { a: multiply(dy, part), b: multiply(dy, subtract(1, part)) };
}

/** `|x|`; the gradient at 0 is 0. */
export function absoluteGradient(x: Tensor, dy: Tensor): Tensor {
  return multiply(dy, sign(x));
}
