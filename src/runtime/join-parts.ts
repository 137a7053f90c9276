/**
 * Joins the recent part of growing state to the older one, on the device where both are.
 *
 * A run that appends copies the recent part, and joining copies everything. Joining when the recent part has √(2 · older)
 * entries makes the sum least: about that many entries are then copied for each new one.
 *
 * @module
 */
import type * as ort from "onnxruntime-common";
import { writeModel } from "../onnx/write-model.ts";
import type { Device } from "../onnx/devices.ts";
import { concat } from "../operators/slicing.ts";
import { inputName } from "../operators/source.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Held } from "./held-state.ts";
import { keepsOutputs } from "./runtime-package.ts";
import type { RuntimePackage } from "./runtime-package.ts";
import type { GrowingSlot, StateSlot } from "./session.ts";
import { growingAxis } from "./state-shapes.ts";

/** A growing slot that has two parts. */
export type PartedSlot = GrowingSlot & Required<Pick<GrowingSlot, "recent">>;

/** Whether an entry of a program's state is a growing slot that has two parts. */
export function isParted(entry: readonly [string, StateSlot]): entry is [string, PartedSlot] {
  const [, slot] = entry;
  return slot.kind === "growing" && slot.recent !== undefined;
}

/** The parts of a slot's state. */
export interface Parts {
  readonly older: ort.Tensor;
  readonly recent: ort.Tensor;
}

/** The fewest entries that are joined: a run of a session takes as long as copying some. */
const fewest = 32;

/** Whether the recent part of a slot has become long enough to be joined. */
export function isLong(name: string, slot: PartedSlot, { current, recent }: Held): boolean {
  if (current === undefined || recent === undefined) return false;
  const axis = growingAxis(name, slot);
  const [older, last] = [current.dims[axis]!, recent.dims[axis]!];
  return last >= fewest && last ** 2 >= 2 * older;
}

/** Joins the parts of all slots of a state in one run. */
export class PartJoiner {
  readonly #runtime: RuntimePackage;
  readonly #slots: ReadonlyMap<string, PartedSlot>;
  readonly #device: Device;
  #session: Promise<ort.InferenceSession> | undefined;

  constructor(runtime: RuntimePackage, slots: ReadonlyMap<string, PartedSlot>, device: Device) {
    this.#runtime = runtime;
    this.#slots = slots;
    this.#device = device;
  }

  /** Both parts of each slot as one tensor. */
  async join(parts: ReadonlyMap<string, Parts>): Promise<ReadonlyMap<string, ort.Tensor>> {
    this.#session ??= this.#compile();
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, { current, recent }] of this.#slots) {
      const { older, recent: last } = parts.get(name)!;
      feeds[inputName(current)!] = older;
      feeds[inputName(recent)!] = last;
    }
    const results = await (await this.#session).run(feeds);
    return new Map(
      [...this.#slots.keys()].map((name) => [name, results[joinedName(name)] as ort.Tensor]),
    );
  }

  async #compile(): Promise<ort.InferenceSession> {
    const slots = [...this.#slots];
    const outputs: Record<string, Tensor> = {};
    for (const [name, slot] of slots)
      outputs[joinedName(name)] = concat([slot.current, slot.recent], growingAxis(name, slot));
    const bytes = writeModel(
      {
        inputs: slots.flatMap(([, { current, recent }]) => [current, recent]),
        outputs,
      },
      this.#device,
    );
    return await this.#runtime.ort.InferenceSession.create(bytes, {
      ...this.#runtime.sessionOptions(this.#device, 1),
      ...(keepsOutputs(this.#device) && { preferredOutputLocation: "gpu-buffer" }),
    });
  }

  async dispose(): Promise<void> {
    await (await this.#session)?.release();
    this.#session = undefined;
  }
}

function joinedName(slot: string): string {
  return `joined:${slot}`;
}
