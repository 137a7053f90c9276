/**
 * Writes a graph as ONNX nodes; operators emit their nodes through it.
 *
 * @module
 */
import { onnxTypes } from "../operators/cast.ts";
import { polynomial } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { NumericShape, Shape } from "../tensor/shape.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type {
  DType,
  Emitter,
  Node,
  OnnxAttribute,
  SubgraphParts,
  Tensor,
} from "../tensor/tensor.ts";
import { bytesOf, castTo } from "./attributes.ts";
import type { ElementType, FinishedGraph } from "./attributes.ts";
import { dataInput, hasContrib, resultType, typesOf, UnsupportedOnDevice } from "./devices.ts";
import type { Device } from "./devices.ts";
import { NodeList } from "./node-list.ts";
import { encode, encodeTensor, graphMessage, valueInfoMessage } from "./protobuf.ts";
import type { NamedTensor } from "./protobuf.ts";

/** What all writers of one model share: names, constants, device. */
interface Model {
  readonly device: Device;
  /** Operators of `com.microsoft` that may be used beside those of the device. */
  readonly contrib: ReadonlySet<string>;
  /** Stored constants by name. */
  readonly initializers: Map<string, Uint8Array>;
  /** Constants by type and shape, so that each is stored once: layers have the same tables of angles. */
  readonly constants: Map<string, { readonly name: string; readonly bytes: Uint8Array }[]>;
  /** Element types by name, where they are known. */
  readonly types: Map<string, ElementType>;
  /** Names of tensors by their aliases. */
  readonly aliases: Map<string, string>;
  /** Names of inputs and outputs, which no other tensor may have. */
  readonly reserved: Set<string>;
  counter: number;
}

/** Writes one graph; loops have writers of their own with this one as parent. */
export class GraphWriter implements Emitter {
  readonly #model: Model;
  readonly #parent: GraphWriter | undefined;
  readonly #nodes = new NodeList();
  readonly #names = new Map<Tensor, string>();
  readonly #symbols = new Map<string, string>();
  #current: Node | undefined;

  /** @param contrib operators of `com.microsoft` that may be used beside those of the device */
  constructor(device: Device, parent?: GraphWriter, contrib: Iterable<string> = []) {
    this.#parent = parent;
    this.#model = parent
      ? parent.#model
      : {
          device,
          contrib: new Set(contrib),
          initializers: new Map(),
          constants: new Map(),
          types: new Map(),
          aliases: new Map(),
          reserved: new Set(),
          counter: 0,
        };
    this.#current = parent ? parent.#current : undefined;
  }

  /** Keeps names for inputs and outputs. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#model.reserved.add(name);
  }

  /** Names a tensor that no node computes: an input. */
  declare(tensor: Tensor, name: string): void {
    this.#name(tensor, name);
  }

  #name(tensor: Tensor, name: string): void {
    this.#names.set(tensor, name);
    this.#model.types.set(name, tensor.dtype);
  }

  /** Writes the nodes that `outputs` need, and returns their names. */
  inline(outputs: readonly Tensor[], given: ReadonlyMap<Tensor, string>): string[] {
    for (const [tensor, name] of given) this.#name(tensor, name);
    const known = new Set(this.#known());
    for (const node of nodesOf(outputs, known)) {
      this.#current = node;
      const inputs = node.inputs.map((tensor) => this.reference(tensor));
      node.operator
        .emit(this, node, inputs)
        .forEach((name, index) => this.#name(node.outputs[index]!, name));
    }
    return outputs.map((tensor) => this.reference(tensor));
  }

  reference(tensor: Tensor): string {
    const name = this.#names.get(tensor) ?? this.#parent?.reference(tensor);
    if (name === undefined) throw new Error(`onnx: ${tensor.node.name} was not written yet.`);
    return name;
  }

  *#known(): Iterable<Tensor> {
    yield* this.#names.keys();
    if (this.#parent) yield* this.#parent.#known();
  }

  hasContrib(opType: string): boolean {
    return this.#model.contrib.has(opType) || hasContrib(this.#model.device, opType);
  }

  fresh(hint: string): string {
    for (;;) {
      const name = `${hint}_${this.#model.counter++}`;
      if (!this.#model.reserved.has(name)) return name;
    }
  }

  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    options: { readonly domain?: "com.microsoft"; readonly outputs?: number } = {},
  ): string[] {
    // Equal nodes are found by the names given; the node reads the tensors that aliases refer to.
    const read = inputs.map((name) => this.#resolved(name));
    const data = this.#model.types.get(read[dataInput(opType)] ?? "");
    this.#checkKernel(opType, options.domain, data);
    const { domain = "", outputs: count = 1 } = options;
    const known = this.#nodes.find({ opType, domain, inputs, attributes }, count);
    if (known) return [...known];
    const outputs = Array.from({ length: count }, () => this.fresh(opType));
    const result = resultType(opType) ?? (opType === "Cast" ? castTo(attributes) : data);
    if (result !== undefined && opType !== "Loop")
      for (const output of outputs) this.#model.types.set(output, result);
    const name = `${this.#current?.name ?? "graph"}#${this.fresh("")}`;
    this.#nodes.add({ opType, domain, name, inputs: read, outputs, attributes }, inputs);
    return outputs;
  }

  alias(name: string): string {
    const alias = this.fresh("alias");
    this.#model.aliases.set(alias, name);
    return alias;
  }

  /** The tensor that a name or an alias refers to. */
  #resolved(name: string): string {
    const { aliases } = this.#model;
    let real = name;
    while (aliases.has(real)) real = aliases.get(real)!;
    return real;
  }

  #checkKernel(opType: string, domain: string | undefined, data: ElementType | undefined): void {
    const { device } = this.#model;
    const where = this.#current?.name ?? "graph";
    if (domain !== undefined && !this.hasContrib(opType))
      throw new UnsupportedOnDevice(
        `onnx: ${device} has no kernel ${domain}.${opType}, which node ${where} needs. ` +
          `Choose another device.`,
      );
    const allowed = typesOf(opType);
    // Sizes are int64, and stay on the processor whatever the device is.
    if (allowed === undefined || data === undefined || data === "int64") return;
    if (!allowed.includes(data))
      throw new UnsupportedOnDevice(
        `onnx: ${opType} was given ${data} at node ${where}; on ${device} it takes ` +
          `${allowed.join(" or ")}. Cast the input first.`,
      );
  }

  int64s(values: readonly number[]): string {
    const wide = BigInt64Array.from(values, BigInt);
    return this.#constant("int64", [values.length], new Uint8Array(wide.buffer));
  }

  scalar(value: number, dtype: DType): string {
    return this.tensor([], dtype, [value]);
  }

  tensor(shape: NumericShape, dtype: DType, data: ArrayLike<number>): string {
    return this.#constant(dtype, shape, bytesOf(dtype, data));
  }

  bytes(shape: NumericShape, data: Uint8Array): string {
    return this.#constant("uint8", shape, data);
  }

  #constant(type: ElementType | "uint8", shape: NumericShape, bytes: Uint8Array): string {
    const key = `${type}[${shape.join()}]`;
    const alike = this.#model.constants.get(key) ?? [];
    const known = alike.find((each) => each.bytes.every((byte, at) => byte === bytes[at]));
    if (known !== undefined) return known.name;
    const name = this.fresh("constant");
    this.#model.constants.set(key, alike);
    alike.push({ name, bytes });
    this.#model.initializers.set(
      name,
      encodeTensor({ name, shape, elementType: onnxTypes[type], bytes }),
    );
    if (type !== "uint8") this.#model.types.set(name, type);
    return name;
  }

  /** Stores a constant under a name of its own, such as a weight. */
  store(constant: NamedTensor): void {
    this.#model.initializers.set(constant.name, encodeTensor(constant));
  }

  shape(shape: Shape): string {
    if (shape.every((dimension) => typeof dimension === "number")) return this.int64s(shape);
    const parts = shape.map((dimension) => this.#dimension(dimension));
    return parts.length === 1 ? parts[0]! : this.node("Concat", parts, { axis: 0 })[0]!;
  }

  /** A one-element int64 vector with the dimension's size at run time. */
  #dimension(dimension: Dimension): string {
    if (typeof dimension === "number") return this.int64s([dimension]);
    const terms = [...polynomial(dimension)].map(([monomial, coefficient]) => {
      const factors = monomial
        .split("*")
        .filter(Boolean)
        .map((symbol) => this.#symbol(symbol));
      if (coefficient !== 1 || factors.length === 0) factors.push(this.int64s([coefficient]));
      return factors.reduce((left, right) => this.node("Mul", [left, right])[0]!);
    });
    return terms.reduce((left, right) => this.node("Add", [left, right])[0]!);
  }

  #symbol(symbol: string): string {
    const name = this.#symbols.get(symbol) ?? this.#parent?.symbolName(symbol);
    if (name === undefined)
      throw new Error(
        `onnx: the size "${symbol}" is not known from any input, at node ` +
          `${this.#current?.name ?? "graph"}. Give the graph an input with an axis of that name.`,
      );
    return name;
  }

  /** The name of the tensor with a symbol's size, in this graph or one around it. */
  symbolName(symbol: string): string {
    return this.#symbol(symbol);
  }

  bindSymbol(symbol: string, name: string): void {
    this.#symbols.set(symbol, name);
  }

  /** Writes the size of every symbol that is an axis of an input. */
  bindInputSymbols(inputs: readonly { readonly name: string; readonly shape: Shape }[]): void {
    for (const { name, shape } of inputs)
      shape.forEach((dimension, axis) => {
        if (typeof dimension !== "string" || !/^\w+$/.test(dimension)) return;
        if (this.#symbols.has(dimension)) return;
        const [size] = this.node("Shape", [name], { start: axis, end: axis + 1 });
        this.bindSymbol(dimension, size!);
      });
  }

  subgraph(build: (emitter: Emitter) => SubgraphParts): FinishedGraph {
    const writer = new GraphWriter(this.#model.device, this);
    const parts = build(writer);
    return { kind: "onnx-graph", ...writer.#finish(this.fresh("body"), parts) };
  }

  /** Gives a tensor another name as well, as an output of the graph. */
  rename(from: string, to: string): void {
    this.#nodes.label(this.#resolved(from), to);
  }

  /** The graph's bytes; a top-level graph also carries the model's constants. */
  finish(name: string, parts: SubgraphParts): Uint8Array {
    return this.#finish(name, parts).bytes;
  }

  #finish(name: string, { inputs, outputs }: SubgraphParts): Omit<FinishedGraph, "kind"> {
    const info = (part: SubgraphParts["inputs"][number]): Uint8Array =>
      encode(valueInfoMessage(part.name, onnxTypes[part.elementType], part.shape));
    const reads = new Set<string>();
    const nodes = this.#nodes.finish(
      outputs.map((part) => part.name),
      reads,
    );
    const constants = [...this.#model.initializers].filter(([constant]) => reads.has(constant));
    const ports = { inputs: inputs.map(info), outputs: outputs.map(info) };
    const initializers = this.#parent ? [] : constants.map(([, constant]) => constant);
    const bytes = encode(graphMessage({ name, nodes, initializers, ...ports }), [
      ...nodes,
      ...initializers,
      ...ports.inputs,
      ...ports.outputs,
    ]);
    return { bytes, reads };
  }
}
