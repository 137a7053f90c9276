/**
 * Cross-entropy over classes, in nats, one loss for each row.
 *
 *     y_r = ln Σ_v exp x_rv − x_r,t(r)
 *     dx  = (softmax(x) − onehot(t)) · dy
 *
 * The gradient needs no one-hot matrix: −1 is added to the softmax at the targets.
 *
 * Shapes:  logits [rows, vocab], targets [rows] int32 → y [rows], log-probabilities [rows, vocab]
 * ONNX:    LogSoftmax, GatherElements, Neg
 *
 * @module
 */
import { printShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add, multiply } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { checkIndex, scatterAddAlong } from "./indexing.ts";
import { unsqueeze } from "./movement.ts";
import { exp } from "./pointwise.ts";
import { sum } from "./reduction.ts";
import { byRow, subtractLogSumExp } from "./softmax.ts";
import { fill } from "./source.ts";

const build = defineOperator<"logits" | "targets">({
  name: "crossEntropy",
  inputs: ["logits", "targets"],
  infer({ logits, targets }) {
    requireType("crossEntropy", logits, "float32");
    requireType("crossEntropy", targets, "int32");
    if (
      logits.shape.length !== 2 ||
      targets.shape.length !== 1 ||
      logits.shape[0] !== targets.shape[0]
    )
      throw new ShapeError(
        `crossEntropy: expected logits [rows, vocab] and targets [rows], got ` +
          `${printShape(logits.shape)} and ${printShape(targets.shape)}. Flatten the leading axes.`,
      );
    return [
      { shape: targets.shape, dtype: "float32" },
      { shape: logits.shape, dtype: "float32" },
    ];
  },
  evaluate({ logits, targets }) {
    const logs = byRow(logits, subtractLogSumExp);
    const vocab = logits.shape[1]!;
    const losses = Float64Array.from(targets.data, (target, row) => {
      checkIndex("crossEntropy", target, vocab);
      return -logs[row * vocab + target]!;
    });
    return [losses, logs];
  },
  chooses: ({ logits, targets }) => ({ indices: targets, entries: logits.shape[1]! }),
  gradient({ targets, ys, dys: [dy, dLogs] }) {
    const probabilities = exp(ys[1]!);
    const parts: Tensor[] = [];
    if (dy) {
      const column = unsqueeze(targets, -1);
      const minusOne = fill(column.shape, -1);
      parts.push(multiply(scatterAddAlong(probabilities, column, minusOne, 1), unsqueeze(dy, -1)));
    }
    if (dLogs)
      parts.push(
        add(dLogs, multiply(multiply(probabilities, sum(dLogs, { axes: [-1], keep: true })), -1)),
      );
    return { logits: parts.reduce((a, b) => add(a, b)) };
  },
  onnx(emitter, { logits, targets }) {
    const [logs] = emitter.node("LogSoftmax", [logits], { axis: -1 });
    const [column] = emitter.node("Unsqueeze", [targets, emitter.int64s([1])]);
    const [chosen] = emitter.node("GatherElements", [logs!, column!], { axis: 1 });
    const [flat] = emitter.node("Squeeze", [chosen!, emitter.int64s([1])]);
    return [emitter.node("Neg", [flat!])[0]!, logs!];
  },
});

/**
 * The loss of each row, in nats.
 *
 * @throws {ShapeError} unless logits are float32 [rows, vocab] and targets int32 [rows]
 */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return build({ logits, targets }, {});
}
