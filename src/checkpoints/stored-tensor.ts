/**
 * A tensor as a safetensors file stores it: a dtype, a shape and little-endian bytes in row-major order.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** Bytes of an element of every dtype that can be read, in the format's order of dtypes. */
export const dtypeBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;
/** The name of a dtype in the format, such as `F32`. */
export type StoredDtype = keyof typeof dtypeBytes;

/** A tensor as a file stores it. */
export interface StoredTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** The values of a stored tensor, row-major, in the typed array of its dtype. */
export type StoredValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/**
 * A typed array as a stored tensor; the array's kind gives the dtype (Uint8Array is U8). Shares its memory.
 *
 * @throws {InputError} the shape has another number of elements
 */
export function store(shape: readonly number[], values: StoredValues): StoredTensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (size !== values.length)
    throw new InputError(
      `a tensor of shape [${shape.join(", ")}] holds ${size} values, got ${values.length}. ` +
        `Give one value for each element.`,
    );
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dtype: dtypeOf(values), shape: [...shape], bytes };
}

function dtypeOf(values: StoredValues): StoredDtype {
  if (values instanceof Float32Array) return "F32";
  if (values instanceof Float64Array) return "F64";
  if (values instanceof Int32Array) return "I32";
  if (values instanceof BigInt64Array) return "I64";
  if (values instanceof Uint8Array) return "U8";
  if (values instanceof Int8Array) return "I8";
  if (values instanceof Int16Array) return "I16";
  if (values instanceof Uint16Array) return "U16";
  if (values instanceof Uint32Array) return "U32";
  return "U64";
}

/** The values as stored. F16 and BF16 become float32, which holds them exactly; BOOL becomes bytes of 0 and 1. */
export function valuesOf(tensor: StoredTensor): StoredValues {
  const { dtype, bytes } = tensor;
  const [buffer, offset, length] = aligned(bytes, dtypeBytes[dtype]);
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer, offset, length);
    case "F64":
      return new Float64Array(buffer, offset, length);
    case "F16":
      return float16Values(new Uint16Array(buffer, offset, length));
    case "BF16":
      return bfloat16Values(new Uint16Array(buffer, offset, length));
    case "I64":
      return new BigInt64Array(buffer, offset, length);
    case "U64":
      return new BigUint64Array(buffer, offset, length);
    case "I32":
      return new Int32Array(buffer, offset, length);
    case "U32":
      return new Uint32Array(buffer, offset, length);
    case "I16":
      return new Int16Array(buffer, offset, length);
    case "U16":
      return new Uint16Array(buffer, offset, length);
    case "I8":
      return new Int8Array(buffer, offset, length);
    case "U8":
    case "BOOL":
      return new Uint8Array(buffer, offset, length);
  }
}

/** The values as float32, rounded where the dtype holds more. Parameters of a model are read with this. */
export function float32Of(tensor: StoredTensor): Float32Array {
  const values = valuesOf(tensor);
  if (values instanceof Float32Array) return values;
  const rounded = new Float32Array(values.length);
  for (let i = 0; i < rounded.length; i++) rounded[i] = Number(values[i]);
  return rounded;
}

/** The bytes at an address that a typed array can view: in place where they are aligned, otherwise a copy. */
function aligned(bytes: Uint8Array, size: number): [ArrayBufferLike, number, number] {
  const place = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return [place.buffer, place.byteOffset, place.byteLength / size];
}

let everyFloat16: Float32Array | undefined;

/** Looked up: a table of all 65,536 values is four times as fast as to compute each. */
function float16Values(halves: Uint16Array): Float32Array {
  everyFloat16 ??= Float32Array.from({ length: 65536 }, (_, half) => float16(half));
  const values = new Float32Array(halves.length);
  for (let i = 0; i < values.length; i++) values[i] = everyFloat16[halves[i]!]!;
  return values;
}

/** The value of an IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
function float16(half: number): number {
  const sign = half >>> 15 === 1 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A bfloat16 is the upper half of a float32. */
function bfloat16Values(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = halves[i]! * 2 ** 16;
  return new Float32Array(bits.buffer);
}
