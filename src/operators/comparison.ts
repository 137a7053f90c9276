/**
 * Comparisons and logic; results are `bool`, and have no gradient.
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { binary, requireType } from "./elementwise.ts";
import { defineOperator } from "./define-operator.ts";

const compared = { result: "bool", operands: ["float32", "int32"] } as const;
const logical = { result: "bool", operands: ["bool"] } as const;
const steps = { none: "a step: its derivative is 0 almost everywhere" } as const;

type Comparison = (a: Tensor, b: Tensor) => Tensor;

/** `a < b` */
export const less: Comparison = binary("less", compared, (a, b) => +(a < b), steps, "Less");

/** `a > b` */
export const greater: Comparison = binary(
  "greater",
  compared,
  (a, b) => +(a > b),
  steps,
  "Greater",
);

/** `a ≤ b` */
export const lessOrEqual: Comparison = binary(
  "lessOrEqual",
  compared,
  (a, b) => +(a <= b),
  steps,
  "LessOrEqual",
);

/** `a ≥ b` */
export const greaterOrEqual: Comparison = binary(
  "greaterOrEqual",
  compared,
  (a, b) => +(a >= b),
  steps,
  "GreaterOrEqual",
);

/** `a = b` */
export const equal: Comparison = binary("equal", compared, (a, b) => +(a === b), steps, "Equal");

/** Both. */
export const and: Comparison = binary("and", logical, (a, b) => a && b, steps, "And");

/** At least one. */
export const or: Comparison = binary("or", logical, (a, b) => a || b, steps, "Or");

const buildNot = defineOperator<"x">({
  name: "not",
  inputs: ["x"],
  infer({ x }) {
    requireType("not", x, "bool");
    return { shape: x.shape, dtype: "bool" };
  },
  evaluate: ({ x }) => x.data.map((value) => 1 - value),
  gradient: steps,
  onnx: (emitter, { x }) => emitter.node("Not", [x])[0]!,
});

/** True where `x` is false. */
export function not(x: Tensor): Tensor {
  return buildNot({ x }, {});
}
