/**
 * Comparisons and logic, element by element with broadcasting. Results are bool and have no gradient.
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import { binary, requireType } from "./elementwise.ts";
import { defineOperator } from "./define-operator.ts";

const comparisonTypes = { result: "bool", operands: ["float32", "int32"] } as const;
const logicTypes = { result: "bool", operands: ["bool"] } as const;
const noGradient = { none: "constant almost everywhere" } as const;

type Comparison = (a: Tensor, b: Tensor) => Tensor;

/** `a < b` */
export const less: Comparison = binary(
  "less",
  comparisonTypes,
  (a, b) => +(a < b),
  noGradient,
  "Less",
);

/** `a > b` */
export const greater: Comparison = binary(
  "greater",
  comparisonTypes,
  (a, b) => +(a > b),
  noGradient,
  "Greater",
);

/** `a ≤ b` */
export const lessOrEqual: Comparison = binary(
  "lessOrEqual",
  comparisonTypes,
  (a, b) => +(a <= b),
  noGradient,
  "LessOrEqual",
);

/** `a ≥ b` */
export const greaterOrEqual: Comparison = binary(
  "greaterOrEqual",
  comparisonTypes,
  (a, b) => +(a >= b),
  noGradient,
  "GreaterOrEqual",
);

/** `a = b` */
export const equal: Comparison = binary(
  "equal",
  comparisonTypes,
  (a, b) => +(a === b),
  noGradient,
  "Equal",
);

/** Logical and. */
export const and: Comparison = binary("and", logicTypes, (a, b) => a && b, noGradient, "And");

/** Logical or. */
export const or: Comparison = binary("or", logicTypes, (a, b) => a || b, noGradient, "Or");

const buildNot = defineOperator<"x">({
  name: "not",
  inputs: ["x"],
  infer({ x }) {
    requireType("not", x, "bool");
    return { shape: x.shape, dtype: "bool" };
  },
  evaluate: ({ x }) => x.data.map((value) => 1 - value),
  gradient: noGradient,
  onnx: (emitter, { x }) => emitter.node("Not", [x])[0]!,
});

/** Logical not. */
export function not(x: Tensor): Tensor {
  return buildNot({ x }, {});
}
