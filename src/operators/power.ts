/**
 * Powers, element by element with broadcasting.
 *
 *     y  = a ^ b
 *     da = dy · b · a^(b−1),   db = dy · y · ln a
 *
 * Shapes:  a, b → y, broadcast by NumPy's rule
 * ONNX:    Pow
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { multiply, subtract } from "./arithmetic.ts";
import { greater } from "./comparison.ts";
import { binary, withNumbers } from "./elementwise.ts";
import type { BinaryFamily, Operand } from "./elementwise.ts";
import { log } from "./pointwise.ts";
import { scalar, uniformValue } from "./source.ts";
import { where } from "./where.ts";

const floats: BinaryFamily = { result: "same", operands: ["float32"] };

/**
 * `a ^ b` for `a ≥ 0`. At `a = 0` the gradient of `b` is 0, because `0^p` is 0 for every p > 0; KERPLE's
 * power of the distance needs this at distance 0.
 */
export const power: (a: Operand, b: Operand) => Tensor = withNumbers(
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

/** `x²` */
export function square(x: Tensor): Tensor {
  return power(x, 2);
}
