/**
 * What each device can run, asked while a model is written and not when it is started.
 *
 * `contrib` lists the operators of the `com.microsoft` domain that relpos may use there. `types`
 * lists, for operators that do not take every element type, the types of their data input.
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

interface Kernels {
  readonly contrib: ReadonlySet<string>;
  readonly types: ReadonlyMap<string, readonly DType[]>;
}

const processor: Kernels = {
  contrib: new Set(["FusedMatMul"]),
  types: new Map<string, readonly DType[]>([
    ["Where", ["float32", "int32"]],
    ["ReduceSum", ["float32", "int32"]],
    ["CumSum", ["float32", "int32"]],
    ["Neg", ["float32", "int32"]],
    ["Softmax", ["float32"]],
    ["LogSoftmax", ["float32"]],
    ["MatMul", ["float32", "int32"]],
    ["Pad", ["float32", "int32", "bool"]],
    ["ArgMax", ["float32", "int32"]],
  ]),
};

const kernels: Readonly<Record<Device, Kernels>> = {
  cpu: processor,
  wasm: processor,
  cuda: processor,
  // WebGPU has no kernel for many operators; the runtime then runs them on the processor beside it.
  webgpu: { contrib: new Set(), types: processor.types },
};

/** Whether a contrib operator may be used. */
export function hasContrib(device: Device, opType: string): boolean {
  return kernels[device].contrib.has(opType);
}

/** The types an operator takes on a device, or undefined if it takes any. */
export function typesOf(device: Device, opType: string): readonly DType[] | undefined {
  return kernels[device].types.get(opType);
}

/** The device cannot run a node; raised while the model is written. */
export class UnsupportedOnDevice extends Error {
  override readonly name = "UnsupportedOnDevice";
}
