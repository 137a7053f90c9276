/**
 * A graph with the weights that it reads as an ONNX model: one file, or a small one with a file of weights beside it.
 *
 * All operators but those of quantised weights are ONNX's own, so any runtime can read it; weights have the names of the
 * parameters.
 *
 * @module
 */
import { opset } from "../onnx/devices.ts";
import { GraphWriter } from "../onnx/graph-writer.ts";
import { encode, modelMessage } from "../onnx/protobuf.ts";
import { onnxTypes } from "../operators/cast.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
import { nodesOf } from "../tensor/tensor.ts";
import { version } from "../version.ts";
import { declaredType } from "./export-graph.ts";
import type { ExportGraph, GraphInput } from "./export-graph.ts";
import { asType } from "./stored-weights.ts";

/** Bytes of weights in a file beside the model. */
export interface ExternalPart {
  /** Where they begin. */
  readonly offset: number;
  /** Made when they are read. */
  readonly bytes: Uint8Array;
}

/** The files of a model. */
export interface OnnxFiles {
  readonly model: Uint8Array;
  /** In the order of their places; empty where the model has all weights. */
  readonly external: readonly ExternalPart[];
}

/** How a model is written. */
export interface OnnxOptions {
  /** The name of the file beside the model, for weights; absent: the model has them. */
  readonly externalName?: string | undefined;
  /** How weights are stored; the model computes in float32 all the same. Default float32. */
  readonly type?: "float32" | "float16" | undefined;
}

/** Weights of fewer bytes stay in the model: shapes and small vectors, which readers look into while they load. */
const smallest = 1024;

/** Numbers of types in ONNX. */
const storedType = { float32: onnxTypes.float32, float16: 10 } as const;

/** What memory can be mapped to begins at multiples of this on all systems. */
const page = 65536;

/** Whose graph it is. */
export interface Weighted {
  readonly model: { readonly parameters: Parameters };
  readonly weights: Weights;
}

/**
 * The model of a graph over a model's parameters. Quantised weights of the model become `MatMulNBits`, the one operator of
 * `com.microsoft` that is used.
 *
 * @throws {RangeError} the weights are of another model
 */
export function onnxModel(
  weighted: Weighted,
  graph: ExportGraph,
  { externalName, type = "float32" }: OnnxOptions = {},
): OnnxFiles {
  const { outputs } = graph;
  const inputs = graph.inputs.map((each) => ({ ...each, elementType: declaredType(each) }));
  // Standard operators alone, which that device has too.
  const contrib = weighted.model.parameters.constants.size > 0 ? ["MatMulNBits"] : [];
  const writer = new GraphWriter("webgpu", undefined, contrib);
  writer.reserve([
    ...[...inputs, ...outputs].map(({ name }) => name),
    ...weighted.model.parameters.specs.map(({ name }) => name),
  ]);
  for (const each of graph.inputs) writer.declare(each.tensor, readBy(writer, each));
  const external = storeWeights(writer, weighted, graph, externalName, type);
  writer.bindInputSymbols(inputs);
  const names = writer.inline(
    outputs.map(({ tensor }) => tensor),
    new Map(),
  );
  const results = outputs.map(({ name, tensor: { dtype, shape } }, at) => {
    writer.rename(names[at]!, name);
    return { name, elementType: dtype, shape };
  });
  const written = writer.finish("relpos", { inputs, outputs: results });
  const bytes = encode(
    modelMessage({
      irVersion: opset.irVersion,
      producerVersion: version,
      opsets: [
        { domain: "", version: opset.onnx },
        ...contrib.slice(0, 1).map(() => ({ domain: "com.microsoft", version: opset.contrib })),
      ],
      graph: written,
    }),
    [written],
  );
  return { model: bytes, external };
}

/** The name of what the graph reads of an input. */
function readBy(writer: GraphWriter, { name, tensor, emptyIf }: GraphInput): string {
  const read =
    tensor.dtype === "int32" ? writer.node("Cast", [name], { to: onnxTypes.int32 })[0]! : name;
  if (emptyIf === undefined) return read;
  const [flag] = writer.node("Cast", [emptyIf], { to: onnxTypes.int64 });
  const [kept] = writer.node("Sub", [writer.int64s([1]), flag!]);
  const [length] = writer.node("Shape", [read], { start: 1, end: 2 });
  const [end] = writer.node("Mul", [length!, kept!]);
  const [part] = writer.node("Slice", [read, writer.int64s([0]), end!, writer.int64s([1])]);
  writer.bindInputSymbols([{ name: part!, shape: tensor.shape }]);
  return part!;
}

/** The parameters that a graph reads. */
export function parametersRead(
  { parameters }: Weighted["model"],
  { outputs }: ExportGraph,
): ParameterSpec[] {
  const read = new Set(
    [...nodesOf(outputs.map(({ tensor }) => tensor))].flatMap((node) => [
      ...node.inputs,
      ...node.outputs,
    ]),
  );
  return parameters.specs.filter(({ name }) => read.has(parameters.get(name)));
}

/** Stores the weights that a graph reads, and gives those that are in a file beside the model. */
function storeWeights(
  writer: GraphWriter,
  { model, weights }: Weighted,
  graph: ExportGraph,
  location: string | undefined,
  type: "float32" | "float16",
): ExternalPart[] {
  const external: ExternalPart[] = [];
  let end = 0;
  const elementType = storedType[type];
  const width = type === "float16" ? 2 : 4;
  const read = new Set(parametersRead(model, graph).map(({ name }) => name));
  for (const [name, { shape, data }] of fittingWeights(model.parameters.specs, weights)) {
    if (!read.has(name)) continue;
    const length = width * data.length;
    if (location === undefined || length < smallest)
      writer.store({ name, shape, elementType, bytes: asType(data, type, name) });
    else {
      const offset = Math.ceil(end / page) * page;
      writer.store({ name, shape, elementType, location, offset, length });
      external.push({
        offset,
        get bytes() {
          return asType(data, type, name);
        },
      });
      end = offset + length;
    }
    // The runtime computes it once, when it loads the model.
    const used =
      type === "float32" ? name : writer.node("Cast", [name], { to: onnxTypes.float32 })[0]!;
    writer.declare(model.parameters.get(name), used);
  }
  return external;
}
