/**
 * What a program needs of a package of ONNX Runtime.
 *
 * @module
 */
import type * as ort from "onnxruntime-common";
import type { Device } from "../onnx/devices.ts";

/** A package of ONNX Runtime, and how it names a device. */
export interface RuntimePackage {
  readonly ort: Pick<typeof ort, "InferenceSession" | "Tensor">;
  /** Whether a run fills the output arrays it is given; the Wasm package leaves them untouched. */
  readonly fillsGivenOutputs: boolean;
  sessionOptions(device: Device, threads: number): ort.InferenceSession.SessionOptions;
}

/** Devices with memory of their own in which outputs can stay: they become the next run's inputs there. */
export function keepsOutputs(device: Device): boolean {
  return device === "webgpu";
}

/** For every session: the only equal nodes of a graph are those that gradients compute again on purpose. */
export const keepsEqualNodes = {
  optimization: { disable_specified_optimizers: "CommonSubexpressionElimination" },
} as const;

/** The message of an error, or of anything else that was thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
