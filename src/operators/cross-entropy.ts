/**
 * Cross-entropy over classes, in nats, one loss for each row.
 *
 *     y_r = ln Σ_v exp x_rv − Σ_v q_rv x_rv,   q = (1 − ε) onehot(t) + ε / vocab
 *     dx  = (softmax(x) − q) · dy
 *
 * ε is the label smoothing; 0 gives the plain cross-entropy. The gradient needs no one-hot matrix: ε − 1 is added at the
 * targets.
 *
 * Shapes:  logits [rows, vocab], targets [rows] int32 → y [rows], log-probabilities [rows, vocab]
 * ONNX:    LogSoftmax, GatherElements, Neg; with smoothing ReduceMean, Mul and Add
 * Equals:  torch.nn.functional.cross_entropy(reduction="none", label_smoothing=ε)
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { printShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add, multiply, subtract } from "./arithmetic.ts";
import { defineOperator } from "./define-operator.ts";
import { requireType } from "./elementwise.ts";
import { checkIndex, scatterAddAlong } from "./indexing.ts";
import { unsqueeze } from "./movement.ts";
import { exp } from "./pointwise.ts";
import { sum } from "./reduction.ts";
import { byRow, subtractLogSumExp } from "./softmax.ts";
import { fill } from "./source.ts";

/** How the loss of a row is made. */
export interface CrossEntropyOptions {
  /**
   * The share ε of each target that is spread evenly over all classes, the target's own among them; from 0 to below 1.
   * Default 0.
   */
  readonly smoothing?: number;
}

const names: NamesOf<CrossEntropyOptions> = { smoothing: true };

const build = defineOperator<"logits" | "targets", CrossEntropyOptions>({
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
  evaluate({ logits, targets }, { smoothing = 0 }) {
    const logs = byRow(logits, subtractLogSumExp);
    const vocab = logits.shape[1]!;
    const losses = Float64Array.from(targets.data, (target, row) => {
      checkIndex("crossEntropy", target, vocab);
      const own = logs[row * vocab + target]!;
      if (smoothing === 0) return -own;
      const all = logs.subarray(row * vocab, (row + 1) * vocab).reduce((sum, log) => sum + log, 0);
      return -((1 - smoothing) * own + (smoothing * all) / vocab);
    });
    return [losses, logs];
  },
  chooses: ({ logits, targets }) => ({ indices: targets, entries: logits.shape[1]! }),
  gradient({ logits, targets, ys, dys: [dy, dLogs], options: { smoothing = 0 } }) {
    const probabilities = exp(ys[1]!);
    const parts: Tensor[] = [];
    if (dy) {
      const column = unsqueeze(targets, -1);
      const atTargets = fill(column.shape, smoothing - 1);
      const spread =
        smoothing === 0 ? probabilities : subtract(probabilities, smoothing / classCount(logits));
      parts.push(multiply(scatterAddAlong(spread, column, atTargets, 1), unsqueeze(dy, -1)));
    }
    if (dLogs)
      parts.push(
        add(dLogs, multiply(multiply(probabilities, sum(dLogs, { axes: [-1], keep: true })), -1)),
      );
    return { logits: parts.reduce((a, b) => add(a, b)) };
  },
  onnx(emitter, { logits, targets }, { smoothing = 0 }) {
    const [logs] = emitter.node("LogSoftmax", [logits], { axis: -1 });
    const [column] = emitter.node("Unsqueeze", [targets, emitter.int64s([1])]);
    const [chosen] = emitter.node("GatherElements", [logs!, column!], { axis: 1 });
    const [flat] = emitter.node("Squeeze", [chosen!, emitter.int64s([1])]);
    if (smoothing === 0) return [emitter.node("Neg", [flat!])[0]!, logs!];
    const [even] = emitter.node("ReduceMean", [logs!, emitter.int64s([1])], { keepdims: 0 });
    const weighted = (
      [
        [flat!, smoothing - 1],
        [even!, -smoothing],
      ] as const
    ).map(([part, weight]) => emitter.node("Mul", [part, emitter.scalar(weight, "float32")])[0]!);
    return [emitter.node("Add", weighted)[0]!, logs!];
  },
});

/** @throws {ShapeError} the number of classes is a symbol */
function classCount({ shape }: Tensor): number {
  const count = shape[1]!;
  if (typeof count === "number") return count;
  throw new ShapeError(
    `crossEntropy: with smoothing its gradient needs the number of classes, got ${printShape(shape)}. ` +
      `Build training graphs with numeric shapes.`,
  );
}

/**
 * The loss of each row, in nats.
 *
 * @throws {ShapeError} unless logits are float32 [rows, vocab] and targets int32 [rows]
 * @throws {RangeError} a smoothing outside 0 ≤ ε < 1
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  refuseUnknownNames("crossEntropy", options, names);
  const { smoothing = 0 } = options;
  if (!(smoothing >= 0 && smoothing < 1))
    throw new RangeError(
      `crossEntropy: smoothing must be from 0 to below 1, got ${smoothing}. Use 0.1, or 0 for none.`,
    );
  return build({ logits, targets }, smoothing === 0 ? {} : { smoothing });
}
