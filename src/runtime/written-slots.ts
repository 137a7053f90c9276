/**
 * Which read-only state is written into a compiled model. A run of a model with many inputs spends a third of a token's time
 * on passing them, where the model is small; the Wasm package even copies them all.
 *
 * @module
 */
import type { Device } from "../onnx/devices.ts";
import { elementCount } from "../tensor/shape.ts";
import type { ProgramGraph } from "./session.ts";
import { numericShape } from "./state-shapes.ts";

/** Bytes of a tensor up to which a copy of it in each program does not count. */
const small = 2 ** 14;

/**
 * Bytes of all tensors above which large ones stay outside: a model in one piece takes several times its size to load, and
 * memory is then what takes the time of a run.
 */
export const mostWritten = 2 ** 28;

/**
 * Names of the slots that a model has in it: on the processor those that the graph asks for, in Wasm all where it asks for any,
 * on WebGPU none, since inputs stay there between runs.
 */
export function writtenSlots(
  { writes, state = {} }: ProgramGraph,
  device: Device,
): ReadonlySet<string> {
  if (writes === undefined || device === "webgpu") return new Set();
  const sizes = Object.entries(state).flatMap(([name, slot]) =>
    slot.kind === "readOnly" ? [[name, 4 * elementCount(numericShape(name, slot))] as const] : [],
  );
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  const all = (writes === "all" || device === "wasm") && total <= mostWritten;
  return new Set(sizes.flatMap(([name, bytes]) => (all || bytes <= small ? [name] : [])));
}
