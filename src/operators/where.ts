/**
 * Selection, element by element.
 *
 *     y = condition ? a : b
 *     da = condition ? dy : 0,   db = condition ? 0 : dy
 *
 * Shapes:  all three broadcast
 * ONNX:    Where
 *
 * @module
 */
import { broadcastShapes, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";
import { broadcastOffsets, requireType } from "./elementwise.ts";
import { scalar } from "./source.ts";

const build = defineOperator<"condition" | "a" | "b">({
  name: "where",
  inputs: ["condition", "a", "b"],
  infer({ condition, a, b }) {
    requireType("where", condition, "bool");
    if (a.dtype !== b.dtype)
      throw new ShapeError(
        `where: got ${a.dtype} and ${b.dtype}; both must have the same dtype. Cast one of them.`,
      );
    const branches = broadcastShapes("where", a.shape, b.shape);
    return { shape: broadcastShapes("where", condition.shape, branches), dtype: a.dtype };
  },
  evaluate({ condition, a, b }, _, [shape]) {
    const chosen = broadcastOffsets(condition, shape!);
    const left = broadcastOffsets(a, shape!);
    const right = broadcastOffsets(b, shape!);
    return Float64Array.from(chosen, (offset, element) =>
      condition.data[offset]! ? a.data[left[element]!]! : b.data[right[element]!]!,
    );
  },
  gradient: ({ condition, dy }) => ({
    a: where(condition, dy, scalar(0)),
    b: where(condition, scalar(0), dy),
  }),
  onnx: (emitter, { condition, a, b }) => emitter.node("Where", [condition, a, b])[0]!,
});

/** `a` where the condition is true, `b` elsewhere. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  return build({ condition, a, b }, {});
}
