/**
 * The session contract: a graph compiled for a device, and its state between runs.
 *
 * `compile.ts` implements it once for every package of ONNX Runtime; `node.ts` and `browser.ts` pass theirs in.
 *
 * @module
 */
import type { Device } from "../onnx/devices.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Data as it enters and leaves a program. Booleans are bytes of 0 and 1. */
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** An array with its shape, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/**
 * First values, or a function that makes them. A function is called when the values are needed and not
 * before, so a program that is given its state by `writeState` never calls it; its array is taken over.
 */
export type FirstValues = Float32Array | (() => Float32Array);

/** State that every run replaces: parameters in training, optimiser moments. Its shape has numbers only. */
export interface ReplacedSlot {
  readonly kind?: "replaced";
  /** The graph input that receives the state. */
  readonly current: Tensor;
  /** What it is after the run; of the same shape. */
  readonly next: Tensor;
  readonly initial: FirstValues;
}

/**
 * State that no run changes: weights for inference. It is given to the device once and is never an output.
 * On the processor the runtime reads the array itself, so it must not be changed afterwards.
 */
export interface ReadOnlySlot {
  readonly kind: "readOnly";
  /** The graph input that receives the state; its shape has numbers only. */
  readonly current: Tensor;
  readonly initial: FirstValues;
}

/**
 * State that every run may lengthen along one axis: a key/value cache. It starts with length 0.
 *
 * The growing axis is the one in which `current` and `next` differ; in `current` it is a symbol of its own, as in
 * `[batch, 8, past, 64]` and `[batch, 8, past+sequence, 64]`. Sizes of other symbols come from the inputs of the
 * first run.
 */
export interface GrowingSlot {
  readonly kind: "growing";
  /** The graph input that receives the state, or its older part. */
  readonly current: Tensor;
  /**
   * The graph input that receives what was appended last, as `[batch, 8, recent, 64]`: state is then `current` followed by
   * `recent`. A run that appends need not copy the older part. When the recent part has become long, it is joined to the
   * older one before a run. Absent: `current` receives all.
   */
  readonly recent?: Tensor;
  /** What the state is after the run; with `appends`, what follows `current`, as `[batch, 8, recent+sequence, 64]`. */
  readonly next: Tensor;
  /** Whether a run leaves `current` as it is and replaces `recent` only. Default false. */
  readonly appends?: boolean;
}

/** A float32 tensor that a program keeps between runs. */
export type StateSlot = ReplacedSlot | ReadOnlySlot | GrowingSlot;

/** The graph inputs that receive a slot's state. */
export function stateInputs(slot: StateSlot): readonly Tensor[] {
  const { current } = slot;
  return slot.kind === "growing" && slot.recent ? [current, slot.recent] : [current];
}

/** A new array with the first values of a state tensor; a growing one has none. */
export function firstValues(slot: StateSlot): Float32Array {
  if (slot.kind === "growing") return new Float32Array(0);
  const { initial } = slot;
  return typeof initial === "function" ? initial() : initial.slice();
}

/** A graph to compile: its inputs, its outputs, its state. */
export interface ProgramGraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly state?: Readonly<Record<string, StateSlot>>;
  /**
   * A program on the same device whose state this one uses as its own: `state` must declare the same slots. Two
   * graphs of one model (prompt and single token) then have one set of weights and one cache.
   */
  readonly sharesStateOf?: Program;
  /**
   * Which read-only slots are written into the model, see `written-slots.ts`: a run need not be given them, and the runtime
   * prepares them for its products. Each program has a copy of its own, and `writeState` cannot replace them. Default: none.
   */
  readonly writes?: "small" | "all" | undefined;
  /**
   * Whether the memory of a run stays reserved for the next one, which then need not map it. Default true. Of several programs
   * that run in turn, each would keep as much as its largest run needs.
   */
  readonly keepsMemory?: boolean;
}

/** A compiled graph. */
export interface Program {
  readonly device: Device;
  /**
   * One run, after which state has its next values.
   *
   * @throws {ShapeError} a feed is missing, or of another type or shape than its input
   * @throws {RangeError} a feed has the name of a state slot, or a number that chooses no entry of its axis, such as a
   *   token id outside the vocabulary
   * @throws {RunFailure} the runtime failed; state is as it was before the run
   */
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  /**
   * A copy of a state tensor, row-major.
   *
   * @throws {RangeError} no slot has that name
   */
  readState(name: string): Promise<Float32Array>;
  /**
   * The present shape of a state tensor; undefined for a growing one before its first run.
   *
   * @throws {RangeError} no slot has that name
   */
  stateShape(name: string): readonly number[] | undefined;
  /**
   * Replaces a state tensor by a copy of `data`. A growing one needs `shape` too.
   *
   * @throws {RangeError} no slot has that name, or it is written into a model
   * @throws {ShapeError} the slot has another shape
   */
  writeState(name: string, data: Float32Array, shape?: readonly number[]): void;
  /**
   * Gives every replaced and growing slot the state it had before the first run. Read-only state stays.
   */
  resetState(): void;
  /**
   * Gives every replaced and growing slot the state it had before the last run; possible once after each run.
   *
   * @throws {Error} there was no run since the state was last rolled back, written or reset
   */
  rollback(): void;
  /** Frees the session, and the state unless another program shares it. */
  dispose(): Promise<void>;
}

/** Which device, and how many threads. */
export interface CompileOptions {
  readonly device?: Device;
  /** Threads inside an operator; 0 or absent lets the runtime choose. */
  readonly threads?: number;
}

/** Compiles for the device at hand; `runtime/node.ts` and `runtime/browser.ts` export one each. */
export type Compile = (graph: ProgramGraph, options?: CompileOptions) => Promise<Program>;

/** The runtime failed; `cause` is its own error. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";
}
