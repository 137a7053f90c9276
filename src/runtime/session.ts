/**
 * The session contract: a graph compiled for a device, and its state between runs.
 *
 * One implementation serves every package of ONNX Runtime: `node.ts` and `browser.ts` hand theirs in.
 *
 * @module
 */
import type * as ort from "onnxruntime-common";
import { writeModel } from "../onnx/write-model.ts";
import type { Device } from "../onnx/devices.ts";
import { inputName } from "../operators/source.ts";
import { bindSymbols } from "../tensor/bind-symbols.ts";
import { elementCount, printShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Data as it enters and leaves a program. Booleans are bytes of 0 and 1. */
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** An array with its shape, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** A state tensor: the input that holds it, the tensor that replaces it after each run. */
export interface StateSlot {
  readonly current: Tensor;
  readonly next: Tensor;
  /**
   * First values, or what makes them: a function is called when they are needed and not before, so a
   * program that is given its state by `writeState` never draws them, and its array is taken over.
   */
  readonly initial: Float32Array | (() => Float32Array);
}

/** A new array with the first values of a state tensor. */
export function firstValues({ initial }: StateSlot): Float32Array {
  return typeof initial === "function" ? initial() : initial.slice();
}

/** A graph to compile: what is fed, what is returned, what stays. */
export interface ProgramGraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly state?: Readonly<Record<string, StateSlot>>;
}

/** A compiled graph. */
export interface Program {
  readonly device: Device;
  /** One run; state moves on. Throws a RunFailure that names the inputs if the runtime fails. */
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  /** A copy of a state tensor. */
  readState(name: string): Promise<Float32Array>;
  /** Replaces a state tensor. */
  writeState(name: string, data: Float32Array): void;
  /** Takes back the state of the last run; once only. */
  rollback(): void;
  dispose(): Promise<void>;
}

/** How many threads, and which device. */
export interface CompileOptions {
  readonly device?: Device;
  /** Threads inside an operator; 0 or absent lets the runtime choose. */
  readonly threads?: number;
}

/** Compiles for the device at hand; `runtime/node.ts` and `runtime/browser.ts` export one each. */
export type Compile = (graph: ProgramGraph, options?: CompileOptions) => Promise<Program>;

/** What a package of ONNX Runtime offers, and how a device is spelt there. */
export interface RuntimePackage {
  readonly ort: Pick<typeof ort, "InferenceSession" | "Tensor">;
  /** Whether a run fills the output arrays it is given; the Wasm package leaves them untouched. */
  readonly fillsGivenOutputs: boolean;
  sessionOptions(device: Device, threads: number): ort.InferenceSession.SessionOptions;
}

/** For every session: the graph has no equal nodes but those that are meant, which gradients compute again. */
export const keepsEqualNodes = {
  optimization: { disable_specified_optimizers: "CommonSubexpressionElimination" },
} as const;

/** The runtime failed; `cause` is its own error. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";
}

interface Buffers {
  readonly current: ort.Tensor;
  readonly spare: ort.Tensor;
}

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Compiles a graph with one package of ONNX Runtime. */
export async function compileWith(
  runtime: RuntimePackage,
  graph: ProgramGraph,
  { device = "cpu", threads = 0 }: CompileOptions,
): Promise<Program> {
  const slots = Object.entries(graph.state ?? {});
  const bytes = writeModel(
    {
      inputs: [...graph.inputs, ...slots.map(([, slot]) => slot.current)],
      outputs: {
        ...graph.outputs,
        ...Object.fromEntries(slots.map(([name, slot]) => [nextName(name), slot.next])),
      },
    },
    device,
  );
  let session: ort.InferenceSession;
  try {
    session = await runtime.ort.InferenceSession.create(
      bytes,
      runtime.sessionOptions(device, threads),
    );
  } catch (cause) {
    throw new RunFailure(
      `runtime: ${device} did not accept the model (${bytes.length} bytes): ${messageOf(cause)}`,
      { cause },
    );
  }
  return new CompiledProgram(runtime, session, graph, device);
}

/** Names of the outputs that replace state; kept apart from the graph's own outputs. */
function nextName(name: string): string {
  return `next:${name}`;
}

class CompiledProgram implements Program {
  readonly device: Device;
  readonly #runtime: RuntimePackage;
  readonly #session: ort.InferenceSession;
  readonly #graph: ProgramGraph;
  /** Two buffers a slot, from its first use on: the runtime reads one and writes the other, then they change places. */
  readonly #state = new Map<string, Buffers>();

  constructor(
    runtime: RuntimePackage,
    session: ort.InferenceSession,
    graph: ProgramGraph,
    device: Device,
  ) {
    this.#runtime = runtime;
    this.#session = session;
    this.#graph = graph;
    this.device = device;
    for (const slot of Object.values(graph.state ?? {})) numericShape(slot.current);
  }

  #tensor(like: Tensor, shape: readonly number[], data: TypedArray): ort.Tensor {
    return new this.#runtime.ort.Tensor(like.dtype as "float32", data as Float32Array, shape);
  }

  async run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> {
    const inputs: Record<string, ort.Tensor> = {};
    for (const tensor of this.#graph.inputs) {
      const name = inputName(tensor)!;
      const feed = feeds[name];
      checkFeed(name, tensor, feed, Object.keys(feeds));
      inputs[name] = this.#tensor(tensor, feed.shape, feed.data);
    }
    bindSymbols(
      "run",
      this.#graph.inputs.map((tensor) => {
        const name = inputName(tensor)!;
        return { name, shape: tensor.shape, sizes: feeds[name]!.shape };
      }),
    );
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const name of Object.keys(this.#graph.outputs)) fetches[name] = null;
    for (const [name, slot] of Object.entries(this.#graph.state ?? {})) {
      const { current, spare } = this.#buffers(name);
      inputs[inputName(slot.current)!] = current;
      fetches[nextName(name)] = this.#runtime.fillsGivenOutputs ? spare : null;
    }
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      results = await this.#session.run(inputs, fetches);
    } catch (cause) {
      throw new RunFailure(`runtime: the run failed on ${this.device}: ${messageOf(cause)}`, {
        cause,
      });
    }
    for (const [name, buffers] of this.#state) {
      const next = results[nextName(name)] as ort.Tensor;
      this.#state.set(name, { current: next, spare: buffers.current });
    }
    const outputs: Record<string, HostTensor> = {};
    for (const name of Object.keys(this.#graph.outputs)) {
      const tensor = results[name] as ort.Tensor;
      outputs[name] = { shape: tensor.dims, data: (await tensor.getData()) as TypedArray };
    }
    return outputs;
  }

  async readState(name: string): Promise<Float32Array> {
    return Float32Array.from((await this.#buffers(name).current.getData()) as Float32Array);
  }

  writeState(name: string, data: Float32Array): void {
    const shape = numericShape(this.#slot(name).current);
    if (data.length !== elementCount(shape))
      throw new ShapeError(
        `state "${name}" is ${printShape(shape)}, got ${data.length} values. Check the checkpoint.`,
      );
    const known = this.#state.get(name);
    if (known) (known.current.data as Float32Array).set(data);
    else this.#state.set(name, this.#newBuffers(name, data.slice()));
  }

  rollback(): void {
    for (const [name, { current, spare }] of this.#state)
      this.#state.set(name, { current: spare, spare: current });
  }

  #slot(name: string): StateSlot {
    const slots = this.#graph.state ?? {};
    const slot = Object.hasOwn(slots, name) ? slots[name] : undefined;
    if (slot === undefined)
      throw new RangeError(
        `state "${name}" is unknown; known: ${Object.keys(slots).join(", ") || "none"}.`,
      );
    return slot;
  }

  /** The slot's buffers, with its first values if it had none yet. */
  #buffers(name: string): Buffers {
    const known = this.#state.get(name);
    if (known) return known;
    const buffers = this.#newBuffers(name, firstValues(this.#slot(name)));
    this.#state.set(name, buffers);
    return buffers;
  }

  #newBuffers(name: string, data: Float32Array): Buffers {
    const like = this.#slot(name).current;
    const shape = numericShape(like);
    return {
      current: this.#tensor(like, shape, data),
      spare: this.#tensor(like, shape, new Float32Array(data.length)),
    };
  }

  async dispose(): Promise<void> {
    await this.#session.release();
    this.#state.clear();
  }
}

function numericShape(tensor: Tensor): number[] {
  return tensor.shape.map((dimension) => {
    if (typeof dimension === "number") return dimension;
    throw new ShapeError(
      `state ${printShape(tensor.shape)} has the symbol "${dimension}"; state needs numbers.`,
    );
  });
}

function checkFeed(
  name: string,
  tensor: Tensor,
  feed: HostTensor | undefined,
  given: readonly string[],
): asserts feed is HostTensor {
  const wanted = `${tensor.dtype} ${printShape(tensor.shape)}`;
  if (feed === undefined)
    throw new ShapeError(
      `run: input "${name}" (${wanted}) is missing; given: ${given.join(", ") || "nothing"}.`,
    );
  const fits =
    feed.shape.length === tensor.shape.length &&
    tensor.shape.every((size, axis) => typeof size === "string" || size === feed.shape[axis]) &&
    feed.data.length === elementCount(feed.shape) &&
    feed.data instanceof arrayTypes[tensor.dtype];
  if (!fits)
    throw new ShapeError(
      `run: input "${name}" takes ${wanted}, got ${feed.data.constructor.name} of ` +
        `${feed.data.length} as ${printShape(feed.shape)}.`,
    );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
