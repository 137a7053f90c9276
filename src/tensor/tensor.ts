/**
 * The graph: frozen nodes, each an operator applied to tensors; a tensor is one output of a node.
 *
 * Building a graph computes nothing. Each operator defines its output shapes, its float64 value, its
 * gradient and its ONNX nodes; evaluation, differentiation and the ONNX writer call these definitions.
 *
 * @module
 */
import type { Bindings, Dimension } from "./dimension.ts";
import type { NumericShape, Shape } from "./shape.ts";

/**
 * Element types. Token ids and indices are int32, because int64 needs BigInt in JavaScript and WebGPU has no
 * cast to it.
 */
export type DType = "float32" | "int32" | "bool";

/** Shape and dtype of one output. */
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

/** Settings of a node that are constants, such as axes. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An operator applied to its inputs. */
export interface Node {
  /** Increases with each node that is created, so nodes sorted by id are in an order of evaluation. */
  readonly id: number;
  readonly operator: Operator;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
  /** The scope it was created in and its operator, for messages: `blocks.3.attention/softmax`. */
  readonly name: string;
  /** Present on a node that was created inside `rematerialise`. */
  readonly rematerialised?: Rematerialised | undefined;
}

/** One call of `rematerialise`. */
export interface Rematerialised {
  /** The tensors of that call that gradients use as they are; all others are computed again. */
  readonly kept: ReadonlySet<Tensor>;
}

/** A float64 array with its shape; integers and booleans (0, 1) are exact in float64. */
export interface Value {
  readonly shape: NumericShape;
  readonly data: Float64Array;
}

/** What an operator's `evaluate` may use besides the values of its inputs. */
export interface Evaluation {
  /** The sizes of the graph's symbols. */
  readonly bindings: Bindings;
  /** Evaluates tensors of a nested graph, with values for some of its tensors. */
  nested(
    outputs: readonly Tensor[],
    given: ReadonlyMap<Tensor, Value>,
    bindings: Bindings,
  ): Value[];
}

/** The part of the ONNX writer that an operator's `emit` may use; implemented in `onnx/`. */
export interface Emitter {
  /** Whether the target device has a kernel for a contrib operator (domain `com.microsoft`). */
  hasContrib(opType: string): boolean;
  /** Adds a node and returns the names of its outputs. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    options?: { readonly domain?: "com.microsoft"; readonly outputs?: number },
  ): string[];
  /** A one-dimensional int64 constant, as ONNX takes axes, starts and shapes. */
  int64s(values: readonly number[]): string;
  /** A scalar constant. */
  scalar(value: number, dtype: DType): string;
  /** An int64 vector with the sizes of `shape`; symbols are read from the inputs' shapes at run time. */
  shape(shape: Shape): string;
  /** A constant array of bytes, such as a quantised weight. */
  bytes(shape: NumericShape, data: Uint8Array): string;
  /** A constant array. */
  tensor(shape: NumericShape, dtype: DType, data: ArrayLike<number>): string;
  /** The name of a tensor that was emitted before, in this graph or in one that encloses it. */
  reference(tensor: Tensor): string;
  /** Builds a nested ONNX graph, such as the body of a Loop. */
  subgraph(build: (emitter: Emitter) => SubgraphParts): OnnxGraph;
  /** Emits the nodes that `outputs` need into this graph; `given` tensors have these names already. */
  inline(outputs: readonly Tensor[], given: ReadonlyMap<Tensor, string>): string[];
  /** Declares which int64 tensor holds the run-time size of a symbol inside this graph. */
  bindSymbol(symbol: string, name: string): void;
  /**
   * Another name for the same tensor. Equal nodes are merged only if their inputs have equal names, so nodes
   * that read the alias are not merged with nodes that read the original.
   */
  alias(name: string): string;
  /** An unused name that begins with `hint`. */
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

/** Values of ONNX attributes. An integer is written as INT, unless it is given as `{ float }`. */
export type OnnxAttribute =
  number | string | readonly number[] | { readonly float: number } | OnnxGraph;

/** What the gradient of an operator with a nested graph may use; implemented in `autodiff/`. */
export interface ReversePass {
  /** Whether the gradient of this input will be used. */
  needsGradient(input: Tensor): boolean;
  /** The vector-Jacobian product of the nested graph. */
  vectorJacobian(
    outputs: readonly Tensor[],
    dOutputs: readonly (Tensor | undefined)[],
    parameters: readonly Tensor[],
  ): (Tensor | undefined)[];
}

/** An operator; `defineOperator` builds most of them, each in one file of `operators/`. */
export interface Operator {
  readonly name: string;
  /** The reason why there is no gradient, where there is none. */
  readonly nonDifferentiable?: string;
  /** The signatures that the outputs must have; absent for operators that do not infer them from a node. */
  infer?(node: Node): readonly Signature[];
  /** Whether its outputs hold elements of its inputs, in another order or number, and zeros: a reshape, a slice. */
  readonly rearranges?: boolean;
  /** The input whose whole numbers choose among the entries of an axis, and how many entries there are. */
  chooses?(node: Node): { readonly indices: Tensor; readonly entries: Dimension };
  /**
   * The nested graph of a node that has one: the tensors that it is given, the last of which stand for the node's
   * inputs, and its outputs.
   */
  nested?(node: Node): { readonly given: readonly Tensor[]; readonly outputs: readonly Tensor[] };
  /** The values of the outputs in float64. */
  evaluate(values: readonly Value[], node: Node, evaluation: Evaluation): readonly Value[];
  /**
   * Gradients of the inputs, from those of the outputs. They may have the shape that the input was broadcast
   * to: the reverse pass sums them to the shape of the input.
   */
  gradient(
    node: Node,
    dOutputs: readonly (Tensor | undefined)[],
    pass: ReversePass,
  ): readonly (Tensor | undefined)[];
  /** Writes the ONNX nodes and returns the names of the outputs. */
  emit(emitter: Emitter, node: Node, inputs: readonly string[]): readonly string[];
}

let nextId = 0;
const scopes: string[] = [];

/** Runs `build`; the nodes it creates are named by the path of the scopes around it, `blocks.3.attention`. */
export function scope<Result>(name: string, build: () => Result): Result {
  scopes.push(name);
  try {
    return build();
  } finally {
    scopes.pop();
  }
}

let rematerialised: Rematerialised | undefined;

/**
 * Runs `build`, whose tensors are cheap: gradients compute them again (rematerialisation) instead of keeping
 * them in memory. With `keepResult`, the tensor that `build` returns is kept.
 */
export function rematerialise(
  build: () => Tensor,
  { keepResult = false }: { readonly keepResult?: boolean } = {},
): Tensor {
  const outer = rematerialised;
  const kept = new Set<Tensor>();
  rematerialised = { kept };
  try {
    const result = build();
    if (keepResult) kept.add(result);
    return result;
  } finally {
    rematerialised = outer;
  }
}

/** The path of the current scope; `""` outside any. */
export function currentScope(): string {
  return scopes.join(".");
}

function scopedName({ name }: Operator): string {
  const path = currentScope();
  return path === "" ? name : `${path}/${name}`;
}

/** Creates a node. Operators call it after checking their inputs; the default name has the current scope. */
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
    rematerialised,
  });
  signatures.forEach(({ shape, dtype }, index) =>
    outputs.push(Object.freeze({ node, index, shape: Object.freeze([...shape]), dtype })),
  );
  Object.freeze(outputs);
  return node;
}

/** The nodes that `outputs` need, in an order of evaluation; not those that only `given` tensors need. */
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
