/**
 * Operators without inputs: graph inputs, constants, ranges and filled tensors.
 *
 * @module
 */
import type { Dimension } from "../tensor/dimension.ts";
import { elementCount, printShape, ShapeError } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { DType, Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./define-operator.ts";

const buildInput = defineOperator<never, { name: string; shape: Shape; dtype: DType }>({
  name: "input",
  inputs: [],
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate(_, { name }) {
    throw new Error(`input "${name}" has no value. Pass it to evaluate() or run().`);
  },
  gradient: () => ({}),
  onnx(_, __, { name }) {
    throw new Error(`onnx: "${name}" is used but not declared. List it in the graph's inputs.`);
  },
});

/**
 * A graph input: tokens, a parameter or state, whose value is given by name when the graph is run.
 *
 * @throws {RangeError} a name that the runtime would read as another, see `nameFault`
 */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Tensor {
  const fault = nameFault(name);
  if (fault !== undefined)
    throw new RangeError(`input: the name ${JSON.stringify(name)} ${fault}. Give it another name.`);
  return buildInput({}, { name, shape, dtype });
}

/**
 * Why a name cannot be one of a model's inputs, outputs or parameters, as the end of a sentence; undefined where it can. The
 * runtime reads names as UTF-8 up to the first NUL.
 */
export function nameFault(name: string): string | undefined {
  if (name.includes("\0")) return "has the character NUL, at which the runtime would end it";
  if (/\p{Surrogate}/u.test(name)) return "has half of a surrogate pair, which UTF-8 cannot hold";
  return name === "__proto__" ? "is that of every object's prototype in JavaScript" : undefined;
}

/** The name of a graph input; undefined for any other tensor. */
export function inputName(tensor: Tensor): string | undefined {
  return tensor.node.operator === buildInput.operator
    ? (tensor.node.attributes["name"] as string)
    : undefined;
}

const buildConstant = defineOperator<
  never,
  { shape: readonly number[]; dtype: DType; data: ArrayLike<number> }
>({
  name: "constant",
  inputs: [],
  infer({}, { shape, dtype, data }) {
    if (data.length !== elementCount(shape))
      throw new ShapeError(
        `constant: got ${data.length} elements, but ${printShape(shape)} has ` +
          `${elementCount(shape)}. Check the shape.`,
      );
    requireInt32("constant", dtype, data);
    return { shape, dtype };
  },
  evaluate: (_, { data }) => Float64Array.from(data),
  gradient: () => ({}),
  onnx: (emitter, _, { shape, dtype, data }) => emitter.tensor(shape, dtype, data),
});

/** A device would wrap other numbers to 32 bits. */
function requireInt32(speaker: string, dtype: DType, data: ArrayLike<number>): void {
  if (dtype !== "int32") return;
  for (let at = 0; at < data.length; at++)
    if ((data[at]! | 0) !== data[at])
      throw new RangeError(
        `${speaker}: ${data[at]} is no int32. Give whole numbers from −2,147,483,648 to 2,147,483,647, or float32.`,
      );
}

/**
 * A constant tensor, from its elements in row-major order. It is part of the model's bytes, so keep it small. A
 * device rounds float32 elements to float32; `evaluate` keeps them in float64.
 *
 * @throws {ShapeError} there are not as many elements as the shape has
 * @throws {RangeError} an int32 element is no whole number of 32 bits
 */
export function constant(
  shape: readonly number[],
  data: ArrayLike<number>,
  dtype: DType = "float32",
): Tensor {
  return buildConstant({}, { shape, dtype, data });
}

/** A constant scalar. */
export function scalar(value: number, dtype: DType = "float32"): Tensor {
  return constant([], [value], dtype);
}

const buildRange = defineOperator<never, { length: Dimension }>({
  name: "range",
  inputs: [],
  infer: (_, { length }) => ({ shape: [length], dtype: "int32" }),
  evaluate: (_, __, [shape]) => Float64Array.from({ length: shape![0]! }, (_, index) => index),
  gradient: { none: "integers" },
  onnx(emitter, _, { length }) {
    const [limit] = emitter.node("Squeeze", [emitter.shape([length])]);
    const [limit32] = emitter.node("Cast", [limit!], { to: 6 });
    return emitter.node("Range", [
      emitter.scalar(0, "int32"),
      limit32!,
      emitter.scalar(1, "int32"),
    ])[0]!;
  },
});

/** `[0, 1, …, length − 1]`, int32; the length may be symbolic. */
export function range(length: Dimension): Tensor {
  return buildRange({}, { length });
}

const buildFill = defineOperator<never, { shape: Shape; value: number; dtype: DType }>({
  name: "fill",
  inputs: [],
  infer(_, { shape, value, dtype }) {
    requireInt32("fill", dtype, [value]);
    return { shape, dtype };
  },
  evaluate: (_, { value }, [shape]) => new Float64Array(elementCount(shape!)).fill(value),
  gradient: () => ({}),
  onnx: (emitter, _, { shape, value, dtype }) =>
    emitter.node("Expand", [emitter.scalar(value, dtype), emitter.shape(shape)])[0]!,
});

/** A tensor whose elements all have one value; the shape may be symbolic. */
export function fill(shape: Shape, value: number, dtype: DType = "float32"): Tensor {
  return shape.length === 0 ? scalar(value, dtype) : buildFill({}, { shape, value, dtype });
}

/** The value of all elements of a scalar constant or of a filled tensor; undefined for any other tensor. */
export function uniformValue(tensor: Tensor): number | undefined {
  const { operator, attributes } = tensor.node;
  if (operator === buildFill.operator) return attributes["value"] as number;
  if (operator !== buildConstant.operator || tensor.shape.length > 0) return undefined;
  return (attributes["data"] as ArrayLike<number>)[0];
}
