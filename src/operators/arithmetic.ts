/**
 * Negation, addition, subtraction, multiplication, division, minimum and maximum, element by element with
 * broadcasting.
 *
 * Each gradient has the shape of the output; the reverse pass sums it to the shapes of the inputs.
 *
 * @module
 */
import { broadcastShapes, sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { cast } from "./cast.ts";
import { greater, less } from "./comparison.ts";
import { binary, unary, withNumbers } from "./elementwise.ts";
import type { BinaryFamily, Operand } from "./elementwise.ts";
import { fill, scalar, uniformValue } from "./source.ts";

const numbers: BinaryFamily = { result: "same", operands: ["float32", "int32"] };

/** `−x` */
export const negate: (x: Tensor) => Tensor = unary(
  "negate",
  (x) => -x,
  ({ dy }) => negate(dy),
  "Neg",
);

/** `a + b`; int32 wraps at 32 bits. */
export const add: (a: Operand, b: Operand) => Tensor = withNumbers(
  binary(
    "add",
    numbers,
    (a, b, integers) => (integers ? (a + b) | 0 : a + b),
    ({ dy }) => ({ a: dy, b: dy }),
    "Add",
  ),
);

/** `a − b` */
export const subtract: (a: Operand, b: Operand) => Tensor = withNumbers(
  binary(
    "subtract",
    numbers,
    (a, b, integers) => (integers ? (a - b) | 0 : a - b),
    ({ dy }) => ({ a: dy, b: negate(dy) }),
    "Sub",
  ),
);

const multiplyTensors = withNumbers(
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
 * Constant factors are folded while the graph is built, because gradients contain many of them: two
 * constants become one, and a filled tensor becomes a scalar, which `matmul` can take as its `scale`.
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

/** `x` and the factor where `tensor` is `x` times a constant scalar, as `multiply` builds it. */
export function factorOf(tensor: Tensor): { x: Tensor; factor: number } | undefined {
  const [x, factor] = tensor.node.inputs;
  if (tensor.node.operator.name !== "multiply" || x === undefined) return undefined;
  const known = factor!.shape.length === 0 ? uniformValue(factor!) : undefined;
  return known === undefined ? undefined : { x, factor: known };
}

/** The value of a number, of a scalar constant or of a filled tensor. */
function knownFactor(operand: Operand): number | undefined {
  return typeof operand === "number" ? operand : uniformValue(operand);
}

/** Whether broadcasting `small` against `large` leaves the shape of `large`. */
function fits(small: Tensor, large: Tensor): boolean {
  return sameShape(broadcastShapes("multiply", small.shape, large.shape), large.shape);
}

/** `a / b`; int32 rounds towards zero. */
export const divide: (a: Operand, b: Operand) => Tensor = withNumbers(
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

/** The smaller of `a` and `b`; where they are equal, each receives half the gradient. */
export const minimum: (a: Operand, b: Operand) => Tensor = withNumbers(
  binary(
    "minimum",
    numbers,
    (a, b) => Math.min(a, b),
    ({ a, b, dy }) => shareGradient(less(a, b), less(b, a), dy),
    "Min",
  ),
);

/** The larger of `a` and `b`; where they are equal, each receives half the gradient. */
export const maximum: (a: Operand, b: Operand) => Tensor = withNumbers(
  binary(
    "maximum",
    numbers,
    (a, b) => Math.max(a, b),
    ({ a, b, dy }) => shareGradient(greater(a, b), greater(b, a), dy),
    "Max",
  ),
);

/** `dy` for the operand that was returned and 0 for the other, half for each where they are equal. */
function shareGradient(aReturned: Tensor, bReturned: Tensor, dy: Tensor): { a: Tensor; b: Tensor } {
  const difference = subtract(cast(aReturned, "float32"), cast(bReturned, "float32"));
  const part = multiply(add(difference, 1), 0.5);
  return { a: multiply(dy, part), b: multiply(dy, subtract(1, part)) };
}
