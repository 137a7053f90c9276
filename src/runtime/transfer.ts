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
    const given = [...tensors.values()];
    const session = await this.#copies(
      given.map(({ dims }) => dims),
      "gpu-buffer",
    );
    this.#uploads.push(session);
    const copies = await session.run(
      Object.fromEntries(given.map((tensor, at) => [nameOf(at), tensor])),
    );
    return new Map([...tensors.keys()].map((name, at) => [name, copies[copyOf(at)] as ort.Tensor]));
  }

  /** The numbers of a tensor, wherever it is; the array of the tensor itself where that is on the host. */
  async download(tensor: ort.Tensor): Promise<Float32Array> {
    if (tensor.location !== "gpu-buffer") return tensor.data as Float32Array;
    const axes = tensor.dims.length;
    let session = this.#downloads.get(axes);
    if (session === undefined) {
      const shape = tensor.dims.map((_, axis) => `axis${axis}`);
      session = this.#copies([shape], "cpu");
      this.#downloads.set(axes, session);
    }
    const copies = await (await session).run({ [nameOf(0)]: tensor });
    return copies[copyOf(0)]!.data as Float32Array;
  }

  async #copies(
    shapes: readonly (readonly (number | string)[])[],
    to: "gpu-buffer" | "cpu",
  ): Promise<ort.InferenceSession> {
    const inputs = shapes.map((shape, at) => input(nameOf(at), shape));
    const outputs = Object.fromEntries(inputs.map((tensor, at) => [copyOf(at), tensor]));
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

// Places, not the names of state, of which one may be another's with "copy" before it.
function nameOf(at: number): string {
  return `state ${at}`;
}

function copyOf(at: number): string {
  return `copy ${at}`;
}
