/**
 * Copies between the host and a device that keeps outputs in its own memory.
 *
 * A copy is a run of a session of `Identity` nodes, whose outputs stay on the device (upload) or do not
 * (download). That needs nothing but the session interface: `onnxruntime-node` can neither create a buffer on
 * WebGPU nor download one, and in a page `Tensor.getData` would move the tensor itself to the host.
 *
 * @module
 */
import type * as ort from "onnxruntime-common";
import { writeModel } from "../onnx/write-model.ts";
import type { Device } from "../onnx/devices.ts";
import { input } from "../operators/source.ts";
import { keepsOutputs } from "./runtime-package.ts";
import type { RuntimePackage } from "./runtime-package.ts";

/** Copies float32 tensors to one device and back. */
export class Transfer {
  readonly #runtime: RuntimePackage;
  readonly #device: Device;
  /** A session that copies one tensor to the host, by its number of axes. */
  readonly #downloads = new Map<number, Promise<ort.InferenceSession>>();
  /** Uploads stay open: what they allocated is in use. */
  readonly #uploads: ort.InferenceSession[] = [];

  constructor(runtime: RuntimePackage, device: Device) {
    this.#runtime = runtime;
    this.#device = device;
  }

  /** Copies on the device, by name; the tensors themselves where the device has no memory of its own. */
  async upload(tensors: ReadonlyMap<string, ort.Tensor>): Promise<ReadonlyMap<string, ort.Tensor>> {
    if (!keepsOutputs(this.#device) || tensors.size === 0) return tensors;
    const shapes = [...tensors].map(([name, { dims }]) => [name, dims] as const);
    const session = await this.#copies(shapes, "gpu-buffer");
    this.#uploads.push(session);
    const copies = await session.run(Object.fromEntries(tensors));
    return new Map([...tensors.keys()].map((name) => [name, copies[copyOf(name)] as ort.Tensor]));
  }

  /** The numbers of a tensor, wherever it is; the array of the tensor itself where that is on the host. */
  async download(tensor: ort.Tensor): Promise<Float32Array> {
    if (tensor.location !== "gpu-buffer") return tensor.data as Float32Array;
    const axes = tensor.dims.length;
    let session = this.#downloads.get(axes);
    if (session === undefined) {
      const shape = tensor.dims.map((_, axis) => `axis${axis}`);
      session = this.#copies([["x", shape]], "cpu");
      this.#downloads.set(axes, session);
    }
    const copies = await (await session).run({ x: tensor });
    return copies[copyOf("x")]!.data as Float32Array;
  }

  async #copies(
    shapes: readonly (readonly [name: string, shape: readonly (number | string)[]])[],
    to: "gpu-buffer" | "cpu",
  ): Promise<ort.InferenceSession> {
    const inputs = shapes.map(([name, shape]) => input(name, shape));
    const outputs = Object.fromEntries(shapes.map(([name], at) => [copyOf(name), inputs[at]!]));
    return await this.#runtime.ort.InferenceSession.create(
      writeModel({ inputs, outputs }, this.#device),
      { ...this.#runtime.sessionOptions(this.#device, 1), preferredOutputLocation: to },
    );
  }

  async dispose(): Promise<void> {
    const downloads = await Promise.all(this.#downloads.values());
    for (const session of [...downloads, ...this.#uploads]) await session.release();
    this.#downloads.clear();
    this.#uploads.length = 0;
  }
}

function copyOf(name: string): string {
  return `copy:${name}`;
}
