/**
 * What each device can run; a graph is checked while its model is written, before a session is created.
 *
 * The table has the element types that ONNX Runtime's CPU provider takes, for each operator; a test runs every pair of
 * operator and type, allowed or not. Other devices have the same table: where a provider has no kernel, the
 * runtime uses the CPU provider's.
 *
 * @module
 */
import type { DType } from "../tensor/tensor.ts";

/** Where a program runs. `wasm` is the processor in a browser. */
export type Device = "cpu" | "wasm" | "webgpu" | "cuda";

/** Every device a program can name. */
export const devices: readonly Device[] = ["cpu", "wasm", "webgpu", "cuda"];

/** The opset and IR version every model is written in: the newest that all of these runtimes read. */
export const opset = { onnx: 20, contrib: 1, irVersion: 9 } as const;

const floats = ["float32"] as const;
const numbers = ["float32", "int32"] as const;
const truth = ["bool"] as const;
const all = ["float32", "int32", "bool"] as const;

function allow(list: readonly DType[], opTypes: string): [string, readonly DType[]][] {
  return opTypes.split(" ").map((opType) => [opType, list]);
}

/** Element types of the data input, for every operator that relpos writes. */
const types: ReadonlyMap<string, readonly DType[]> = new Map([
  ...allow(floats, "Ceil Cos Erf Exp Floor Log Reciprocal Sigmoid Sin Softplus Sqrt Tanh"),
  ...allow(floats, "FusedMatMul LayerNormalization LeakyRelu LogSoftmax MatMulNBits Softmax"),
  ...allow(numbers, "Abs Add Div Max Min Mul Neg Pow Relu Sign Sub"),
  ...allow(numbers, "Greater GreaterOrEqual Less LessOrEqual Where"),
  ...allow(numbers, "ArgMax CumSum MatMul Range ReduceMean ReduceSum TopK"),
  ...allow(truth, "And Not Or"),
  ...allow(all, "Cast Concat Equal Expand Gather GatherElements Identity Pad ReduceMax ReduceMin"),
  ...allow(all, "Reshape ScatterElements Shape Slice Split Squeeze Transpose Unsqueeze"),
]);

/** Operators of the `com.microsoft` domain that relpos may use on a device. */
const contrib: Readonly<Record<Device, ReadonlySet<string>>> = {
  cpu: new Set(["FusedMatMul", "MatMulNBits"]),
  wasm: new Set(["FusedMatMul"]),
  cuda: new Set(["FusedMatMul"]),
  webgpu: new Set(),
};

/** Whether a contrib operator may be used. */
export function hasContrib(device: Device, opType: string): boolean {
  return contrib[device].has(opType);
}

/** The types of an operator's data input, or undefined for an operator that is not in the table. */
export function typesOf(opType: string): readonly DType[] | undefined {
  return types.get(opType);
}

/** The index of the data input: 0, except for `Where`, whose input 0 is the condition. */
export function dataInput(opType: string): number {
  return opType === "Where" ? 1 : 0;
}

const results: ReadonlyMap<string, DType | "int64"> = new Map([
  ...["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal", "And", "Or", "Not"].map(
    (opType) => [opType, "bool"] as const,
  ),
  ["Shape", "int64"],
  ["ArgMax", "int64"],
]);

/** The type of an operator's result, where that is not the type of its data. */
export function resultType(opType: string): DType | "int64" | undefined {
  return results.get(opType);
}

/** The device cannot run a node; thrown while the model is written. */
export class UnsupportedOnDevice extends Error {
  override readonly name = "UnsupportedOnDevice";
}
