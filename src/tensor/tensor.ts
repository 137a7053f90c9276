/**
 * The graph: frozen nodes, each an operator applied to tensors; a tensor is one output of a node.
 *
 * Nothing here computes. An operator says what it means in four faces (shape, float64 value,
 * gradient, ONNX), and everything else reads them from the node.
 *
 * @module
 */
import type { Bindings } from "./dimension.ts";
import type { NumericShape, Shape } from "./shape.ts";

/** Element types. Token ids and indices are int32: int64 costs BigInt and WebGPU lacks it. */
export type DType = "float32" | "int32" | "bool";

/** Shape and type of one output. */
export interface Signature {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One output of a node. */
export interface Tensor extends Signature {
  readonly node: Node;
  /** Which output of the node. */
  readonly index: number;
}

/** Constant settings of a node. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An operator applied to its inputs. */
export interface Node {
  /** Increases with creation, so an order by id is an order of evaluation. */
  readonly id: number;
  readonly operator: Operator;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
  /** Where it was made, for people: `blocks.3.attention/softmax`. */
  readonly name: string;
  /** Made inside `rematerialise`: gradients compute it again, but for the tensors here, which are kept. */
  readonly transient?: ReadonlySet<Tensor> | undefined;
}

/** A float64 array with its shape; integers and booleans (0, 1) are held exactly too. */
export interface Value {
  readonly shape: NumericShape;
  readonly data: Float64Array;
}

/** What an operator's `evaluate` may ask beside its inputs. */
export interface Evaluation {
  readonly bindings: Bindings;
  /** Evaluates tensors of a nested graph with given values for some tensors. */
  nested(
    outputs: readonly Tensor[],
    given: ReadonlyMap<Tensor, Value>,
    bindings: Bindings,
  ): Value[];
}

/** What an operator's `emit` may ask of the ONNX writer; implemented in `onnx/`. */
export interface Emitter {
  /** Whether the target device has a kernel of the contrib domain `com.microsoft`. */
  hasContrib(opType: string): boolean;
  /** Adds a node and returns the names of its outputs. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    options?: { readonly domain?: "com.microsoft"; readonly outputs?: number },
  ): string[];
  /** A one-dimensional int64 constant, the form of axes, starts and shapes. */
  int64s(values: readonly number[]): string;
  /** A scalar constant. */
  scalar(value: number, dtype: DType): string;
  /** An int64 vector holding the shape, taken from constants or from inputs' run-time shapes. */
  shape(shape: Shape): string;
  /** A constant array. */
  tensor(shape: NumericShape, dtype: DType, data: ArrayLike<number>): string;
  /** The name of a tensor outside, for the body of a loop. */
  reference(tensor: Tensor): string;
  /** Emits nested tensors with some already named, in a subgraph; see `mapBlocks`. */
  subgraph(build: (emitter: Emitter) => SubgraphParts): OnnxGraph;
  /** Emits `outputs` in this graph, taking the given tensors as already emitted. */
  inline(outputs: readonly Tensor[], given: ReadonlyMap<Tensor, string>): string[];
  /** Makes the run-time size of a symbol known inside this graph. */
  bindSymbol(symbol: string, name: string): void;
  /** Another name of a tensor; what is computed from it is not merged with what is computed from the first. */
  again(name: string): string;
  /** A fresh name. */
  fresh(hint: string): string;
}

/** Inputs and outputs of a nested ONNX graph, by name. */
export interface SubgraphParts {
  readonly inputs: readonly { name: string; elementType: DType | "int64"; shape: Shape }[];
  readonly outputs: readonly { name: string; elementType: DType | "int64"; shape: Shape }[];
}

/** A finished nested graph; opaque outside `onnx/`. */
export interface OnnxGraph {
  readonly kind: "onnx-graph";
}

/** Attribute values the writer knows. Whole numbers are written as INT unless given as `{ float }`. */
export type OnnxAttribute =
  number | string | readonly number[] | { readonly float: number } | OnnxGraph;

/** What an operator with a nested graph may ask of the walk that differentiates it. */
export interface GradientWalk {
  /** Whether the gradient of an input is used. */
  wanted(input: Tensor): boolean;
  /** The walk itself, for the nested graph; see `autodiff/`. */
  vectorJacobian(
    outputs: readonly Tensor[],
    dOutputs: readonly (Tensor | undefined)[],
    parameters: readonly Tensor[],
  ): (Tensor | undefined)[];
}

/** One operator, whole: its faces stand together in one file under `operators/`. */
export interface Operator {
  readonly name: string;
  /** Why there is no gradient, if there is none. */
  readonly nonDifferentiable?: string;
  /** What the outputs must be, from the node's inputs and attributes; absent where it is not known. */
  infer?(node: Node): readonly Signature[];
  /** The graph inside a node that has one, and the tensors that stand for what it is given. */
  nested?(node: Node): { readonly given: readonly Tensor[]; readonly outputs: readonly Tensor[] };
  evaluate(values: readonly Value[], node: Node, evaluation: Evaluation): readonly Value[];
  /** Gradients of the inputs from those of the outputs, broadcasting still undone by the walk. */
  gradient(
    node: Node,
    dOutputs: readonly (Tensor | undefined)[],
    walk: GradientWalk,
  ): readonly (Tensor | undefined)[];
  emit(emitter: Emitter, node: Node, inputs: readonly string[]): readonly string[];
}

let nextId = 0;
const scopes: string[] = [];

/** Names the nodes made inside `build` with a path, as in `blocks.3.attention`. */
export function scope<Result>(name: string, build: () => Result): Result {
  scopes.push(name);
  try {
    return build();
  } finally {
    scopes.pop();
  }
}

let keptOfTransient: Set<Tensor> | undefined;

/**
 * Tensors made inside `build` are cheap to compute, so gradients do so again instead of keeping them; with
 * `keepResult` the one that `build` returns is kept.
 */
export function rematerialise(
  build: () => Tensor,
  { keepResult = false }: { readonly keepResult?: boolean } = {},
): Tensor {
  const outer = keptOfTransient;
  const kept = (keptOfTransient = new Set<Tensor>());
  try {
    const result = build();
    if (keepResult) kept.add(result);
    return result;
  } finally {
    keptOfTransient = outer;
  }
}

/** The path of the current scope, `""` outside. */
export function currentScope(): string {
  return scopes.join(".");
}

function scopedName({ name }: Operator): string {
  const path = currentScope();
  return path === "" ? name : `${path}/${name}`;
}

/** Makes a node, named after the current scope. Operators call it with a checked signature. */
export function createNode(
  operator: Operator,
  inputs: readonly Tensor[],
  attributes: Attributes,
  signatures: readonly Signature[],
  name: string = scopedName(operator),
): Node {
  const outputs: Tensor[] = [];
  const node: Node = Object.freeze({
    id: nextId++,
    operator,
    inputs: Object.freeze([...inputs]),
    attributes: Object.freeze(attributes),
    outputs,
    name,
    transient: keptOfTransient,
  });
  signatures.forEach(({ shape, dtype }, index) =>
    outputs.push(Object.freeze({ node, index, shape: Object.freeze([...shape]), dtype })),
  );
  Object.freeze(outputs);
  return node;
}

/** Every node that `outputs` need, in an order of evaluation; stops at the given tensors. */
export function nodesOf(
  outputs: readonly Tensor[],
  given: ReadonlySet<Tensor> | ReadonlyMap<Tensor, unknown> = new Set<Tensor>(),
): Node[] {
  const seen = new Set<Node>();
  const stack = outputs.filter((tensor) => !given.has(tensor)).map((tensor) => tensor.node);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) if (!given.has(input)) stack.push(input.node);
  }
  return [...seen].sort((left, right) => left.id - right.id);
}
