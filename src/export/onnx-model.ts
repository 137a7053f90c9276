/**
 * A decoder-only model with its weights as an ONNX model: one file, or a small one with a file of weights beside it.
 *
 * All operators are ONNX's own, so any runtime can read it; weights have the names of the parameters.
 *
 * @module
 */
import type { LanguageModel } from "../model/transformer.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { opset } from "../onnx/devices.ts";
import type { ElementType } from "../onnx/attributes.ts";
import { GraphWriter } from "../onnx/graph-writer.ts";
import { encode, modelMessage } from "../onnx/protobuf.ts";
import { onnxTypes } from "../operators/cast.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Shape } from "../tensor/shape.ts";
import { version } from "../version.ts";
import type { DecoderGraph } from "./decoder-graph.ts";

/** Bytes of weights in a file beside the model. */
export interface ExternalPart {
  /** Where they begin. */
  readonly offset: number;
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
}

/** Weights of fewer bytes stay in the model: shapes and small vectors, which readers look into while they load. */
const smallest = 1024;

/** What memory can be mapped to begins at multiples of this on all systems. */
const page = 65536;

/**
 * The model of a graph that `decoderGraph` made of the same model.
 *
 * @throws {RangeError} the weights are of another model
 */
export function onnxModel(
  { model, weights }: TrainedModel,
  graph: DecoderGraph,
  { externalName }: OnnxOptions = {},
): OnnxFiles {
  const { ids, mask, past, outputs } = graph;
  const own = { ids: "input_ids", mask: "attention_mask" } as const;
  const inputs: { name: string; elementType: ElementType; shape: Shape }[] = [
    { name: own.ids, elementType: "int64", shape: ids.shape },
    { name: own.mask, elementType: "int64", shape: [mask.shape[0]!, "total_sequence_length"] },
    ...past.map(({ name, tensor }) => ({ name, elementType: tensor.dtype, shape: tensor.shape })),
  ];
  // Standard operators alone, which that device has too.
  const writer = new GraphWriter("webgpu");
  writer.reserve([
    ...[...inputs, ...outputs].map(({ name }) => name),
    ...model.parameters.specs.map(({ name }) => name),
  ]);
  for (const part of ["ids", "mask"] as const)
    writer.declare(graph[part], writer.node("Cast", [own[part]], { to: onnxTypes.int32 })[0]!);
  for (const { name, tensor } of past) writer.declare(tensor, name);
  const external = storeWeights(writer, model, weights, externalName);
  // The mask's length is the sum of the other two.
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
      opsets: [{ domain: "", version: opset.onnx }],
      graph: written,
    }),
    [written],
  );
  return { model: bytes, external };
}

/** Stores the weights, and gives those that are in a file beside the model. */
function storeWeights(
  writer: GraphWriter,
  { parameters }: LanguageModel,
  weights: TrainedModel["weights"],
  location: string | undefined,
): ExternalPart[] {
  const external: ExternalPart[] = [];
  let end = 0;
  const elementType = onnxTypes.float32;
  for (const [name, { shape, data }] of fittingWeights(parameters.specs, weights)) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (location === undefined || bytes.length < smallest)
      writer.store({ name, shape, elementType, bytes });
    else {
      const offset = Math.ceil(end / page) * page;
      writer.store({ name, shape, elementType, location, offset, length: bytes.length });
      external.push({ offset, bytes });
      end = offset + bytes.length;
    }
    writer.declare(parameters.get(name), name);
  }
  return external;
}
