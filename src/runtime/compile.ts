/**
 * Compiles a graph with a package of ONNX Runtime and runs it.
 *
 * @module
 */
import type * as ort from "onnxruntime-common";
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { writeModel } from "../onnx/write-model.ts";
import { devices } from "../onnx/devices.ts";
import type { Device } from "../onnx/devices.ts";
import { indexLimits } from "../operators/index-limits.ts";
import type { IndexLimit } from "../operators/index-limits.ts";
import { inputName } from "../operators/source.ts";
import type { GivenShape } from "../tensor/bind-symbols.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkFeed, checkNumbers, refuseStateFeeds } from "./feeds.ts";
import { checkNames, nextName } from "./names.ts";
import { ProgramState } from "./program-state.ts";
import { keepsOutputs, messageOf } from "./runtime-package.ts";
import type { RuntimePackage } from "./runtime-package.ts";
import { RunFailure, stateInputs } from "./session.ts";
import type { CompileOptions, HostTensor, Program, ProgramGraph, TypedArray } from "./session.ts";
import { differenceOf } from "./state-difference.ts";
import { checkSlot } from "./state-shapes.ts";
import { refuseLargeTensors } from "./tensor-limit.ts";
import { writtenSlots } from "./written-slots.ts";

const names: NamesOf<CompileOptions> = { device: true, threads: true };

/**
 * Compiles a graph with one package of ONNX Runtime.
 *
 * @throws {ShapeError} a state slot's shapes do not fit its kind
 * @throws {RangeError} a tensor does not fit in memory, a name is empty or given twice, `sharesStateOf` declares other state
 * @throws {UnsupportedOnDevice} the device cannot run a node
 * @throws {RunFailure} the runtime does not accept the model
 */
export async function compileWith(
  runtime: RuntimePackage,
  graph: ProgramGraph,
  given: CompileOptions,
): Promise<Program> {
  refuseUnknownNames("compile", given, names);
  const { device = "cpu", threads = 0 } = given;
  if (!devices.includes(device))
    throw new RangeError(
      `compile: device ${JSON.stringify(device)} is unknown. Known: ${devices.join(", ")}.`,
    );
  const slots = Object.entries(graph.state ?? {});
  for (const [name, slot] of slots) checkSlot(name, slot);
  checkNames(graph);
  const state = stateOf(runtime, graph, device);
  const next: Record<string, Tensor> = {};
  for (const [name, slot] of slots) if (slot.kind !== "readOnly") next[nextName(name)] = slot.next;
  refuseLargeTensors([...Object.values(graph.outputs), ...Object.values(next)]);
  const written = writtenSlots(graph, device);
  const fed = slots.filter(([name]) => !written.has(name));
  const bytes = writeModel(
    {
      inputs: [...graph.inputs, ...fed.flatMap(([, slot]) => stateInputs(slot))],
      outputs: { ...graph.outputs, ...next },
      constants: new Map(
        slots.flatMap(([name, { current }]) =>
          written.has(name) ? [[current, state.writeInto(name)] as const] : [],
        ),
      ),
    },
    device,
  );
  const { keepsMemory = true } = graph;
  const options = {
    ...runtime.sessionOptions(device, threads),
    ...(!keepsMemory && { enableCpuMemArena: false }),
  };
  const locations = {
    ...Object.fromEntries(Object.keys(graph.outputs).map((name) => [name, "cpu" as const])),
    ...Object.fromEntries(Object.keys(next).map((name) => [name, "gpu-buffer" as const])),
  };
  const stays = keepsOutputs(device) && Object.keys(next).length > 0;
  let session: ort.InferenceSession;
  try {
    session = await runtime.ort.InferenceSession.create(
      bytes,
      stays ? { ...options, preferredOutputLocation: locations } : options,
    );
  } catch (cause) {
    throw new RunFailure(
      `runtime: ${device} did not accept the model (${bytes.length} bytes): ${messageOf(cause)}`,
      { cause },
    );
  }
  const limits = indexLimits([...Object.values(graph.outputs), ...Object.values(next)]);
  return new CompiledProgram(runtime, session, graph, state, written, limits);
}

function stateOf(runtime: RuntimePackage, graph: ProgramGraph, device: Device): ProgramState {
  const { state: slots = {}, sharesStateOf: other } = graph;
  if (other === undefined) return new ProgramState(runtime, slots, device);
  const state = CompiledProgram.stateOf(other);
  const why =
    state.device === device
      ? differenceOf(slots, state.slots)
      : `one is on ${device} and the other on ${state.device}`;
  if (why !== undefined)
    throw new RangeError(
      `compile: two programs share state only if they declare the same, but ${why}.`,
    );
  return state;
}

class CompiledProgram implements Program {
  readonly device: Device;
  readonly #runtime: RuntimePackage;
  readonly #session: ort.InferenceSession;
  readonly #graph: ProgramGraph;
  readonly #state: ProgramState;
  readonly #limits: ReadonlyMap<string, IndexLimit>;
  /** Growing slots of which a run replaces the recent part only. */
  readonly #appended: ReadonlySet<string>;
  readonly #written: ReadonlySet<string>;
  #disposed = false;

  constructor(
    runtime: RuntimePackage,
    session: ort.InferenceSession,
    graph: ProgramGraph,
    state: ProgramState,
    written: ReadonlySet<string>,
    limits: ReadonlyMap<string, IndexLimit>,
  ) {
    this.#limits = limits;
    this.#runtime = runtime;
    this.#session = session;
    this.#graph = graph;
    this.#state = state;
    this.#appended = new Set(
      Object.entries(graph.state ?? {}).flatMap(([name, slot]) =>
        slot.kind === "growing" && slot.appends ? [name] : [],
      ),
    );
    this.#written = written;
    this.device = state.device;
    state.retain();
  }

  /** The state of a program of this implementation. */
  static stateOf(program: Program): ProgramState {
    if (!(#state in program))
      throw new TypeError("compile: sharesStateOf takes a program that compile() made.");
    return program.#live("compile");
  }

  async run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> {
    const state = this.#live("run");
    const inputs: Record<string, ort.Tensor> = {};
    const shapes: GivenShape[] = [];
    for (const tensor of this.#graph.inputs) {
      const name = inputName(tensor)!;
      const feed = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
      checkFeed(name, tensor, feed, Object.keys(feeds));
      checkNumbers(name, tensor, feed, this.#limits.get(name));
      inputs[name] = this.#tensor(tensor, feed);
      shapes.push({ name, shape: tensor.shape, sizes: feed.shape });
    }
    refuseStateFeeds(Object.keys(feeds), state.slots);
    const begun = await state.begin(shapes, this.#written);
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const name of Object.keys(this.#graph.outputs)) fetches[name] = null;
    for (const [name, target] of begun.targets) fetches[nextName(name)] = target ?? null;
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      results = await this.#session.run({ ...inputs, ...begun.inputs }, fetches);
    } catch (cause) {
      state.end();
      throw new RunFailure(`runtime: the run failed on ${this.device}: ${messageOf(cause)}`, {
        cause,
      });
    }
    state.end(
      new Map(
        [...begun.targets.keys()].map((name) => [name, results[nextName(name)] as ort.Tensor]),
      ),
      this.#appended,
    );
    const outputs: Record<string, HostTensor> = {};
    for (const name of Object.keys(this.#graph.outputs)) {
      const tensor = results[name] as ort.Tensor;
      outputs[name] = { shape: tensor.dims, data: (await tensor.getData()) as TypedArray };
    }
    return outputs;
  }

  async readState(name: string): Promise<Float32Array> {
    return await this.#live("readState").read(name);
  }

  stateShape(name: string): readonly number[] | undefined {
    return this.#live("stateShape").shapeOf(name);
  }

  writeState(name: string, data: Float32Array, shape?: readonly number[]): void {
    this.#live("writeState").write(name, data, shape);
  }

  resetState(): void {
    this.#live("resetState").reset();
  }

  rollback(): void {
    this.#live("rollback").rollback();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#state.release(this.#session);
  }

  #live(speaker: string): ProgramState {
    if (this.#disposed)
      throw new Error(`${speaker}: the program was disposed. Compile the graph again.`);
    return this.#state;
  }

  #tensor({ dtype }: Tensor, { shape, data }: HostTensor): ort.Tensor {
    return new this.#runtime.ort.Tensor(dtype as "float32", data as Float32Array, shape);
  }
}
