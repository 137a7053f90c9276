/**
 * The few messages of ONNX that relpos writes, as bytes.
 *
 * Field numbers are those of `onnx.proto` (ONNX 1.16, IR version 9).
 *
 * @module
 */
import { PbfWriter } from "pbf";
import type { Shape } from "../tensor/shape.ts";

/** Writes one message; the writer is the library's. */
export type Message = (writer: PbfWriter) => void;

/** AttributeProto.AttributeType */
const attributeType = { float: 1, integer: 2, string: 3, graph: 5, integers: 7 } as const;

/** TensorProto.DataLocation.EXTERNAL */
const externalLocation = 1;

/** An attribute as a message. */
export type AttributeContent =
  | { readonly float: number }
  | { readonly integer: number }
  | { readonly text: string }
  | { readonly integers: readonly number[] }
  | { readonly graph: Uint8Array };

/** The bytes of a message; with the long parts that it has, it need not be copied while it grows. */
export function encode(message: Message, parts: readonly Uint8Array[] = []): Uint8Array {
  // A part is a field with a tag of one byte and a length of at most five.
  const capacity = parts.reduce((sum, { length }) => sum + length + 6, 256);
  const writer = new PbfWriter(new Uint8Array(capacity));
  message(writer);
  return writer.finish();
}

function child(writer: PbfWriter, tag: number, message: Message): void {
  writer.writeBytesField(tag, encode(message));
}

/** Opset and IR version, graph. */
export function modelMessage(model: {
  readonly irVersion: number;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly producerVersion: string;
  readonly graph: Uint8Array;
}): Message {
  return (writer) => {
    writer.writeVarintField(1, model.irVersion);
    writer.writeStringField(2, "relpos");
    writer.writeStringField(3, model.producerVersion);
    writer.writeBytesField(7, model.graph);
    for (const { domain, version } of model.opsets)
      child(writer, 8, (opset) => {
        opset.writeStringField(1, domain);
        opset.writeVarintField(2, version);
      });
  };
}

/** A graph of finished parts. */
export function graphMessage(graph: {
  readonly name: string;
  readonly nodes: readonly Uint8Array[];
  readonly initializers: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}): Message {
  return (writer) => {
    for (const node of graph.nodes) writer.writeBytesField(1, node);
    writer.writeStringField(2, graph.name);
    for (const initializer of graph.initializers) writer.writeBytesField(5, initializer);
    for (const input of graph.inputs) writer.writeBytesField(11, input);
    for (const output of graph.outputs) writer.writeBytesField(12, output);
  };
}

/** One node. */
export function nodeMessage(node: {
  readonly opType: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly (readonly [string, AttributeContent])[];
}): Message {
  return (writer) => {
    for (const input of node.inputs) writer.writeStringField(1, input);
    for (const output of node.outputs) writer.writeStringField(2, output);
    writer.writeStringField(3, node.name);
    writer.writeStringField(4, node.opType);
    for (const [name, content] of node.attributes)
      child(writer, 5, (attribute) => {
        attribute.writeStringField(1, name);
        writeContent(attribute, content);
      });
    if (node.domain !== "") writer.writeStringField(7, node.domain);
  };
}

function writeContent(writer: PbfWriter, content: AttributeContent): void {
  if ("float" in content) {
    writer.writeFloatField(2, content.float);
    writer.writeVarintField(20, attributeType.float);
  } else if ("integer" in content) {
    writer.writeVarintField(3, content.integer);
    writer.writeVarintField(20, attributeType.integer);
  } else if ("text" in content) {
    writer.writeStringField(4, content.text);
    writer.writeVarintField(20, attributeType.string);
  } else if ("graph" in content) {
    writer.writeBytesField(6, content.graph);
    writer.writeVarintField(20, attributeType.graph);
  } else {
    for (const value of content.integers) writer.writeVarintField(8, value);
    writer.writeVarintField(20, attributeType.integers);
  }
}

/** The content of a tensor: its raw little-endian bytes, or where they are in a file beside the model. */
export type TensorContent =
  | { readonly bytes: Uint8Array }
  | { readonly location: string; readonly offset: number; readonly length: number };

/** A constant of a graph; its type is a number of ONNX. */
export type NamedTensor = TensorContent & {
  readonly name: string;
  readonly shape: readonly number[];
  readonly elementType: number;
};

/** A named tensor with its content. */
function tensorMessage(tensor: NamedTensor): Message {
  return (writer) => {
    for (const size of tensor.shape) writer.writeVarintField(1, size);
    writer.writeVarintField(2, tensor.elementType);
    writer.writeStringField(8, tensor.name);
    if ("bytes" in tensor) return void writer.writeBytesField(9, tensor.bytes);
    for (const key of ["location", "offset", "length"] as const)
      child(writer, 13, (entry) => {
        entry.writeStringField(1, key);
        entry.writeStringField(2, String(tensor[key]));
      });
    writer.writeVarintField(14, externalLocation);
  };
}

/** The bytes of a named tensor. */
export function encodeTensor(tensor: NamedTensor): Uint8Array {
  return encode(tensorMessage(tensor), "bytes" in tensor ? [tensor.bytes] : []);
}

/** Name, element type and shape of a graph's input or output. */
export function valueInfoMessage(name: string, elementType: number, shape: Shape): Message {
  return (writer) => {
    writer.writeStringField(1, name);
    child(writer, 2, (type) =>
      child(type, 1, (tensorType) => {
        tensorType.writeVarintField(1, elementType);
        child(tensorType, 2, (shapeMessage) => {
          for (const dimension of shape)
            child(shapeMessage, 1, (dim) =>
              typeof dimension === "number"
                ? dim.writeVarintField(1, dimension)
                : dim.writeStringField(2, dimension),
            );
        });
      }),
    );
  };
}
