/**
 * The state of one or more programs: what the next run is given, and what the last one left behind.
 *
 * | kind       | processor (Node)                        | WebGPU                        | Wasm                |
 * |------------|-----------------------------------------|-------------------------------|---------------------|
 * | read-only  | one tensor over the array, never copied | uploaded once                 | copied in every run |
 * | replaced   | two buffers, read and written in turn   | outputs stay in device memory | copied in every run |
 * | growing    | an output is the next run's input       | outputs stay in device memory | copied in every run |
 *
 * Growing state may have two parts, of which a run that appends replaces the recent one; `join-parts.ts` joins them.
 *
 * A buffer is never input and output of one run. What a run replaced is kept for `rollback` until the next run
 * begins, and freed before that run allocates.
 *
 * @module
 */
import type * as ort from "onnxruntime-common";
import type { Device } from "../onnx/devices.ts";
import { inputName } from "../operators/source.ts";
import { bindSymbols } from "../tensor/bind-symbols.ts";
import type { GivenShape } from "../tensor/bind-symbols.ts";
import type { Bindings } from "../tensor/dimension.ts";
import { dropAll, dropPrevious } from "./held-state.ts";
import type { Held } from "./held-state.ts";
import { isLong, isParted, PartJoiner } from "./join-parts.ts";
import type { PartedSlot, Parts } from "./join-parts.ts";
import { keepsOutputs } from "./runtime-package.ts";
import type { RuntimePackage } from "./runtime-package.ts";
import { firstValues, stateInputs } from "./session.ts";
import type { StateSlot } from "./session.ts";
import {
  emptyShape,
  growingAxis,
  growingSymbol,
  numericShape,
  writtenShape,
} from "./state-shapes.ts";
import { ReadOnlyState } from "./read-only-state.ts";
import { Transfer } from "./transfer.ts";

type Slots = Readonly<Record<string, StateSlot>>;

/** State between runs; programs that share it take turns. */
export class ProgramState {
  readonly slots: Slots;
  readonly device: Device;
  readonly #runtime: RuntimePackage;
  readonly #transfer: Transfer;
  readonly #readOnly: ReadOnlyState;
  readonly #joiner: PartJoiner;
  /** Growing slots with two parts. */
  readonly #parted: ReadonlyMap<string, PartedSlot>;
  readonly #held = new Map<string, Held>();
  /** Sessions of programs that were disposed while others went on. */
  readonly #sessions: ort.InferenceSession[] = [];
  #users = 0;
  #rollable = false;
  #running = false;

  constructor(runtime: RuntimePackage, slots: Slots, device: Device) {
    this.slots = slots;
    this.device = device;
    this.#runtime = runtime;
    this.#transfer = new Transfer(runtime, device);
    this.#parted = new Map(Object.entries(slots).filter(isParted));
    this.#joiner = new PartJoiner(runtime, this.#parted, device);
    for (const name of Object.keys(slots)) this.#held.set(name, {});
    this.#readOnly = new ReadOnlyState(slots, this.#held, runtime, this.#transfer);
  }

  /** The numbers of a read-only slot for a model that is written with them; they stay what they are from now on. */
  writeInto(name: string): Float32Array {
    return this.#readOnly.writeInto(name);
  }

  /** Adds a program whose state this is. */
  retain(): void {
    this.#users++;
  }

  /**
   * Removes a program and takes over its session; frees everything after the last program. Tensors go before the
   * sessions: device memory does not outlive the session that allocated it.
   */
  async release(session: ort.InferenceSession): Promise<void> {
    this.#sessions.push(session);
    if (--this.#users > 0) return;
    for (const held of this.#held.values()) dropAll(held);
    this.#held.clear();
    await this.#transfer.dispose();
    await this.#joiner.dispose();
    for (const each of this.#sessions) await each.release();
  }

  /** Shapes that decide the size of symbols: of what is there, and length 0 of what has not grown yet. */
  #given(): GivenShape[] {
    return Object.entries(this.slots).flatMap(([name, slot]): GivenShape[] => {
      const held = this.#of(name);
      if (slot.kind !== "growing") return [];
      return stateInputs(slot).map((input, part): GivenShape => {
        const tensor = part === 0 ? held.current : held.recent;
        return tensor === undefined
          ? { name, shape: [growingSymbol(name, slot, input)], sizes: [0] }
          : { name, shape: input.shape, sizes: tensor.dims };
      });
    });
  }

  /**
   * Begins a run with feeds of these shapes: its inputs by name, and the buffers that next values are written to, by slot;
   * undefined where the runtime makes a new one. Slots that are `written` into the model are not inputs.
   *
   * @throws {Error} another run has not ended
   * @throws {ShapeError} the shapes do not fit one another or the state
   */
  async begin(
    feeds: readonly GivenShape[],
    written: ReadonlySet<string> = new Set(),
  ): Promise<{
    readonly inputs: Readonly<Record<string, ort.Tensor>>;
    readonly targets: ReadonlyMap<string, ort.Tensor | undefined>;
  }> {
    if (this.#running)
      throw new Error("run: the run before has not ended. Await it: both would use one state.");
    this.#running = true;
    try {
      await this.#readOnly.upload(written);
      await this.#joinLongParts();
      const bindings = bindSymbols("run", [...this.#given(), ...feeds]);
      const inputs: Record<string, ort.Tensor> = {};
      const targets = new Map<string, ort.Tensor | undefined>();
      for (const [name, slot] of Object.entries(this.slots))
        if (!written.has(name))
          inputs[inputName(slot.current)!] = this.#currentOf(name, slot, bindings);
      for (const [name, slot] of this.#parted)
        inputs[inputName(slot.recent)!] = this.#recentOf(name, slot, bindings);
      this.#rollable = false;
      for (const [name, slot] of Object.entries(this.slots))
        if (slot.kind !== "readOnly") targets.set(name, this.#target(name, slot));
      return { inputs, targets };
    } catch (error) {
      this.#running = false;
      throw error;
    }
  }

  /**
   * Ends a run with the next values, or without any where it failed: state is then what it was. Those of `appended` slots
   * are of the recent part.
   */
  end(next?: ReadonlyMap<string, ort.Tensor>, appended?: ReadonlySet<string>): void {
    this.#running = false;
    if (next === undefined) return;
    for (const [name, tensor] of next) {
      const held = this.#of(name);
      [held.previous, held.previousRecent] = [held.current, held.recent];
      if (appended?.has(name)) held.recent = tensor;
      else [held.current, held.recent] = [tensor, undefined];
    }
    this.#rollable = true;
  }

  /** Joins the parts of growing state where the recent ones have become long. The state stays the same. */
  async #joinLongParts(): Promise<void> {
    if (![...this.#parted].some(([name, slot]) => isLong(name, slot, this.#of(name)))) return;
    this.#rollable = false;
    for (const name of this.#parted.keys()) dropPrevious(this.#of(name));
    for (const [name, tensor] of await this.#joiner.join(this.#parts())) {
      const held = this.#of(name);
      dropAll(held);
      held.current = tensor;
    }
  }

  #parts(): ReadonlyMap<string, Parts> {
    const parts = new Map<string, Parts>();
    for (const name of this.#parted.keys()) {
      const { current, recent } = this.#of(name);
      parts.set(name, { older: current!, recent: recent! });
    }
    return parts;
  }

  /** A copy of a slot's numbers. */
  async read(name: string): Promise<Float32Array> {
    const slot = this.#slot(name);
    const held = this.#of(name);
    if (slot.kind === "readOnly") return this.#readOnly.numbersOf(name, slot).slice();
    if (held.current === undefined && slot.kind === "growing") return new Float32Array(0);
    if (held.recent === undefined)
      return Float32Array.from(await this.#transfer.download(this.#currentOf(name, slot, {})));
    const joined = await this.#joiner.join(this.#parts());
    const numbers = Float32Array.from(await this.#transfer.download(joined.get(name)!));
    for (const tensor of joined.values()) tensor.dispose();
    return numbers;
  }

  /** A slot's shape, undefined for a growing one that is empty. */
  shapeOf(name: string): readonly number[] | undefined {
    const slot = this.#slot(name);
    if (slot.kind !== "growing") return numericShape(name, slot);
    const { current, recent } = this.#of(name);
    if (current === undefined || recent === undefined) return current?.dims;
    const axis = growingAxis(name, slot);
    return current.dims.with(axis, current.dims[axis]! + recent.dims[axis]!);
  }

  /** Replaces a slot's numbers by a copy of `data`. */
  write(name: string, data: Float32Array, given?: readonly number[]): void {
    const slot = this.#slot(name);
    this.#readOnly.requireOutside(name);
    const shape = writtenShape(name, slot, data, given);
    const held = this.#of(name);
    if (slot.kind === "growing") dropAll(held);
    held.current?.dispose();
    held.current = undefined;
    if (slot.kind === "readOnly") held.host = data.slice();
    else held.current = this.#tensor(shape, data.slice());
    this.#rollable = false;
  }

  /** Back to what was there before the first run. */
  reset(): void {
    for (const [name, slot] of Object.entries(this.slots)) {
      if (slot.kind === "readOnly") continue;
      dropAll(this.#of(name));
    }
    this.#rollable = false;
  }

  /** Back to what was there before the last run. */
  rollback(): void {
    if (!this.#rollable)
      throw new Error(
        "rollback: there was no run since state was last rolled back, written or reset. " +
          "Run the program first.",
      );
    for (const [name, slot] of Object.entries(this.slots)) {
      if (slot.kind === "readOnly") continue;
      const held = this.#of(name);
      [held.current, held.previous] = [held.previous, held.current];
      [held.recent, held.previousRecent] = [held.previousRecent, held.recent];
    }
    this.#rollable = false;
  }

  /** The buffer that a slot's next values are written to, if it has one; what is not needed is freed. */
  #target(name: string, slot: StateSlot): ort.Tensor | undefined {
    const held = this.#of(name);
    const fixed = slot.kind !== "growing" && !keepsOutputs(this.device);
    if (fixed && this.#runtime.fillsGivenOutputs) {
      const shape = numericShape(name, slot);
      return (held.previous ??= this.#tensor(shape, new Float32Array(held.current!.size)));
    }
    dropPrevious(held);
    return undefined;
  }

  #recentOf(name: string, slot: PartedSlot, bindings: Bindings): ort.Tensor {
    const held = this.#of(name);
    return (held.recent ??= this.#tensor(emptyShape(name, slot, bindings), new Float32Array(0)));
  }

  #currentOf(name: string, slot: StateSlot, bindings: Bindings): ort.Tensor {
    const held = this.#of(name);
    return (held.current ??=
      slot.kind === "growing"
        ? this.#tensor(emptyShape(name, slot, bindings), new Float32Array(0))
        : this.#tensor(numericShape(name, slot), firstValues(slot)));
  }

  #tensor(shape: readonly number[], data: Float32Array): ort.Tensor {
    return new this.#runtime.ort.Tensor("float32", data, shape);
  }

  #of(name: string): Held {
    const held = this.#held.get(name);
    if (held === undefined) throw new Error(`state "${name}": the program was disposed.`);
    return held;
  }

  #slot(name: string): StateSlot {
    const slot = Object.hasOwn(this.slots, name) ? this.slots[name] : undefined;
    if (slot === undefined)
      throw new RangeError(
        `state "${name}" is unknown; known: ${Object.keys(this.slots).join(", ") || "none"}.`,
      );
    return slot;
  }
}
