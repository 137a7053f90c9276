/**
 * Attributes of nodes, as operators give them and as they are written.
 *
 * @module
 */
import { onnxTypes } from "../operators/cast.ts";
import type { DType, OnnxAttribute, OnnxGraph } from "../tensor/tensor.ts";
import type { AttributeContent } from "./protobuf.ts";

/** Element types of tensors, and of the sizes and bounds beside them. */
export type ElementType = DType | "int64";

/** A nested graph that is written. */
export interface FinishedGraph extends OnnxGraph {
  readonly bytes: Uint8Array;
  /** Every name its nodes read, its own and those of graphs around it. */
  readonly reads: ReadonlySet<string>;
}

/** The type a Cast makes. */
export function castTo({ to }: Readonly<Record<string, OnnxAttribute>>): ElementType | undefined {
  const found = Object.entries(onnxTypes).find(([, code]) => code === to);
  return found?.[0] as ElementType | undefined;
}

/** Numbers as the bytes of a type. */
export function bytesOf(dtype: DType, data: ArrayLike<number>): Uint8Array {
  if (dtype === "float32") return new Uint8Array(Float32Array.from(data).buffer);
  return dtype === "int32" ? new Uint8Array(Int32Array.from(data).buffer) : Uint8Array.from(data);
}

/** Whether an attribute is a nested graph. */
export function isGraph(value: OnnxAttribute): value is FinishedGraph {
  return typeof value === "object" && "kind" in value;
}

/** An attribute as the message that is written. */
export function content(value: OnnxAttribute): AttributeContent {
  if (typeof value === "number") return { integer: value };
  if (typeof value === "string") return { text: value };
  if ("float" in value) return { float: value.float };
  if ("kind" in value) return { graph: (value as FinishedGraph).bytes };
  return { integers: value };
}
