/**
 * How each ONNX operator that relpos writes is called with one data input, of shape [3, 3] unless it says so.
 *
 * @module
 */
import type { Further, Probe } from "./one-node-model.ts";

const int64 = (...values: readonly number[]): Further => ({
  type: "int64",
  shape: [values.length],
  values,
});
const int32 = (shape: readonly number[], ...values: readonly number[]): Further => ({
  type: "int32",
  shape,
  values,
});
const integer = (value: number) => ({ integer: value });

const one: Probe = {};
const two: Probe = { after: ["data"] };
const compared: Probe = { after: ["data"], result: "bool" };
const reduced: Probe = { after: [int64(1)], attributes: [["keepdims", integer(1)]] };
const alongLast: Probe = { attributes: [["axis", integer(-1)]] };

/** Probes by operator. Loop is not here: its types are those of its body. */
export const probes: Readonly<Record<string, Probe>> = {
  ...Object.fromEntries(
    [
      ...[
        "Abs",
        "Ceil",
        "Cos",
        "Erf",
        "Exp",
        "Floor",
        "Identity",
        "LeakyRelu",
        "Log",
        "Neg",
        "Not",
        "Reciprocal",
      ],
      ...["Relu", "Sigmoid", "Sign", "Sin", "Softplus", "Sqrt", "Tanh"],
    ].map((opType) => [opType, one]),
  ),
  ...Object.fromEntries(
    ["Add", "And", "Div", "Max", "Min", "Mul", "Or", "Pow", "Sub"].map((opType) => [opType, two]),
  ),
  ...Object.fromEntries(
    ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"].map((opType) => [
      opType,
      compared,
    ]),
  ),
  ...Object.fromEntries(
    ["ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum"].map((opType) => [opType, reduced]),
  ),
  ArgMax: { attributes: [["axis", integer(-1)]], result: "int64" },
  Cast: { attributes: [["to", integer(1)]], result: "float32" },
  Concat: { after: ["data"], attributes: [["axis", integer(0)]] },
  CumSum: { after: [int32([], 1)] },
  Expand: { after: [int64(4, 3, 3)] },
  Gather: { after: [int32([2], 1, 0)], attributes: [["axis", integer(0)]] },
  GatherElements: { after: [int32([3, 1], 1, 0, 2)], attributes: [["axis", integer(1)]] },
  LayerNormalization: { after: ["data"], attributes: [["axis", integer(0)]] },
  LogSoftmax: alongLast,
  Softmax: alongLast,
  MatMul: { after: ["data"] },
  Pad: { after: [int64(0, 1, 0, 2)] },
  Range: { shape: [], after: ["data", "data"] },
  Reshape: { after: [int64(9)] },
  ScatterElements: {
    after: [int32([3, 3], 0, 1, 0, 1, 0, 1, 2, 2, 2), "data"],
    attributes: [
      ["axis", integer(1)],
      ["reduction", { text: "add" }],
    ],
  },
  Shape: { result: "int64" },
  Slice: { after: [int64(0), int64(2), int64(1)] },
  Split: { after: [int64(3)], attributes: [["axis", integer(1)]] },
  Squeeze: {},
  TopK: { after: [int64(2)], attributes: [["axis", integer(-1)]], unread: 1 },
  Transpose: { attributes: [["perm", { integers: [1, 0] }]] },
  Unsqueeze: { after: [int64(0)] },
  Where: {
    before: [{ type: "bool", shape: [3], values: [1, 0, 1] }],
    after: ["data"],
  },
  "com.microsoft.FusedMatMul": {
    domain: "com.microsoft",
    after: ["data"],
    attributes: [["transB", integer(1)]],
  },
};
