/**
 * A graph as the bytes of an ordinary ONNX model.
 *
 * @module
 */
import { onnxTypes } from "../operators/cast.ts";
import { inputName } from "../operators/source.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { opset } from "./devices.ts";
import type { Device } from "./devices.ts";
import { GraphWriter } from "./graph-writer.ts";
import { encode, modelMessage } from "./protobuf.ts";

/** What a model computes: named outputs, and the inputs in the order they are declared. */
export interface ModelGraph {
  /** Inputs of the model, each made with `input()`. Unused ones are kept. */
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Other tensors made with `input()`, float32 and of known sizes, whose numbers are part of the model. */
  readonly constants?: ReadonlyMap<Tensor, Float32Array>;
}

/**
 * The ONNX model of a graph for one device.
 *
 * @throws {UnsupportedOnDevice} the device lacks a kernel; the message names the node
 * @throws {Error} an input is used but not declared, two inputs have one name, or an output has an input's name
 */
export function writeModel(graph: ModelGraph, device: Device, name = "relpos"): Uint8Array {
  const writer = new GraphWriter(device);
  writer.reserve([
    ...[...graph.inputs, ...(graph.constants?.keys() ?? [])].flatMap((x) => inputName(x) ?? []),
    ...Object.keys(graph.outputs),
  ]);
  const inputs = graph.inputs.map((tensor) => {
    const label = inputName(tensor);
    if (label === undefined)
      throw new Error(`onnx: ${tensor.node.name} is no input. Declare tensors made with input().`);
    writer.declare(tensor, label);
    return { name: label, elementType: tensor.dtype, shape: tensor.shape };
  });
  const { constants = new Map<Tensor, Float32Array>() } = graph;
  for (const [tensor, data] of constants) storeConstant(writer, tensor, data);
  requireUnique(inputs.map((part) => part.name));
  const entries = Object.entries(graph.outputs);
  requireOther(
    inputs.map((part) => part.name),
    entries.map(([label]) => label),
  );
  refuseUndeclared(
    entries.map(([, tensor]) => tensor),
    new Set([...graph.inputs, ...constants.keys()]),
  );
  writer.bindInputSymbols(inputs);
  const names = writer.inline(
    entries.map(([, tensor]) => tensor),
    new Map(),
  );
  const outputs = entries.map(([label, { dtype, shape }], position) => {
    // The output's own name, whatever the node called it; an input may be an output too, under another name.
    writer.rename(names[position]!, label);
    return { name: label, elementType: dtype, shape };
  });
  const written = writer.finish(name, { inputs, outputs });
  return encode(
    modelMessage({
      irVersion: opset.irVersion,
      producerVersion: "1",
      opsets: [
        { domain: "", version: opset.onnx },
        { domain: "com.microsoft", version: opset.contrib },
      ],
      graph: written,
    }),
    [written],
  );
}

function storeConstant(writer: GraphWriter, tensor: Tensor, data: Float32Array): void {
  const name = inputName(tensor)!;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  writer.store({ name, shape: tensor.shape as number[], elementType: onnxTypes.float32, bytes });
  writer.declare(tensor, name);
}

function requireUnique(names: readonly string[]): void {
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice !== undefined)
    throw new Error(`onnx: two inputs are called "${twice}". Give each its own name.`);
}

/** In a model, a name belongs to one tensor: an input cannot have it and an output too. */
function requireOther(inputs: readonly string[], outputs: readonly string[]): void {
  const both = outputs.find((name) => inputs.includes(name));
  if (both !== undefined)
    throw new Error(
      `onnx: output "${both}" has the name of input "${both}". ` +
        `Give the output another name, such as "next ${both}".`,
    );
}

function refuseUndeclared(outputs: readonly Tensor[], declared: ReadonlySet<Tensor>): void {
  for (const node of nodesOf(outputs, declared)) {
    const label = node.outputs[0] && inputName(node.outputs[0]);
    if (label !== undefined)
      throw new Error(`onnx: input "${label}" is used but not declared. List it in the inputs.`);
  }
}
