/**
 * Safetensors: named tensors in one file, as Hugging Face's libraries write and read them.
 *
 * Reads and writes every dtype whose elements are 1, 2, 4 or 8 whole bytes, except the 8-bit floats. Equal tensors give
 * equal bytes, in whatever order they are given, and the bytes of the reference writer: wider dtypes first, so that
 * every tensor is aligned, then by the bytes of their names; the header is padded to a multiple of 8 bytes.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { TensorEntry } from "./safetensors-header.ts";
import { LARGEST_HEADER, METADATA, readHeader } from "./safetensors-header.ts";
import type { StoredDtype, StoredTensor } from "./stored-tensor.ts";
import { dtypeBytes } from "./stored-tensor.ts";

export type { StoredDtype, StoredTensor, StoredValues } from "./stored-tensor.ts";
export { float32Of, store, valuesOf } from "./stored-tensor.ts";

/** What a safetensors file has. */
export interface Safetensors {
  /** By name, in the order of the file's header. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a safetensors file.
 *
 * @param bytes the whole file; the tensors are views into it
 * @param file the name to use in messages
 * @param mend what to do about a damaged file, the end of a sentence. Default: "copy or download it again."
 * @throws {RunError} the bytes do not follow the format, or a dtype is not supported
 */
export function readSafetensors(
  bytes: Uint8Array,
  file = "the checkpoint",
  mend?: string,
): Safetensors {
  const { entries, metadata, dataStart } = readHeader(bytes, file, bytes.length, mend);
  const tensors = new Map(
    entries.map(({ name, dtype, shape, begin, end }) => [
      name,
      { dtype, shape, bytes: bytes.subarray(dataStart + begin, dataStart + end) },
    ]),
  );
  return { tensors, metadata };
}

/**
 * The bytes of a safetensors file.
 *
 * @param tensors by name; see `store` for making them from typed arrays
 * @param metadata texts to keep beside them
 * @throws {InputError} a tensor's bytes do not fit its shape, a name is reserved or no Unicode, or the header is too
 *   large
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  for (const [name, { dtype, shape, bytes }] of tensors) {
    const size = sizeOf(dtype, shape);
    if (size !== bytes.length)
      throw new InputError(
        `tensor "${name}" of shape [${shape.join(", ")}] in ${dtype} takes ${size} bytes, ` +
          `got ${bytes.length}. Give the bytes of all its elements.`,
      );
  }
  const { head, entries } = safetensorsLayout(tensors, metadata);
  const file = new Uint8Array(head.length + (entries.at(-1)?.end ?? 0));
  file.set(head);
  for (const { name, begin } of entries) file.set(tensors.get(name)!.bytes, head.length + begin);
  return file;
}

/** A file that is written part by part. */
export interface SafetensorsLayout {
  /** Its first bytes. */
  readonly head: Uint8Array;
  /** Where the bytes of each tensor are, counted from the end of the head, in the order of the file. */
  readonly entries: readonly TensorEntry[];
}

/**
 * The places of tensors in a file.
 *
 * @param metadata texts to keep beside them
 * @throws {InputError} a name is reserved or no Unicode, or the header is too large
 */
export function safetensorsLayout(
  tensors: ReadonlyMap<string, Pick<StoredTensor, "dtype" | "shape">>,
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsLayout {
  const rank = Object.keys(dtypeBytes);
  const named = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      rank.indexOf(b.dtype) - rank.indexOf(a.dtype) || inOrderOfBytes(nameA, nameB),
  );
  const entries = layOut(named);
  const header = headerBytes(entries, metadata);
  const head = new Uint8Array(8 + header.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(header.length), true);
  head.set(header, 8);
  return { head, entries };
}

function sizeOf(dtype: StoredDtype, shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, dtypeBytes[dtype]);
}

/**
 * Compares names by their UTF-8, which is the order of their code points. JavaScript compares UTF-16 units, which puts
 * code points from U+10000 on before those from U+E000 to U+FFFF.
 */
function inOrderOfBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, place) => character !== right[place]);
  if (at < 0) return left.length - right.length;
  return left[at]!.codePointAt(0)! - (right[at]?.codePointAt(0) ?? -1);
}

function layOut(
  named: readonly (readonly [string, Pick<StoredTensor, "dtype" | "shape">])[],
): TensorEntry[] {
  let place = 0;
  return named.map(([name, { dtype, shape }]) => {
    if (name === METADATA)
      throw new InputError(`a tensor cannot be named ${METADATA}, which is reserved. Rename it.`);
    if (!name.isWellFormed())
      throw new InputError(
        `a tensor cannot be named ${JSON.stringify(name)}, which has half of a surrogate pair and no UTF-8. Rename it.`,
      );
    const begin = place;
    place += sizeOf(dtype, shape);
    return { name, dtype, shape, begin, end: place };
  });
}

function headerBytes(
  entries: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const keys = Object.keys(metadata).sort(inOrderOfBytes);
  const fields = entries.map(({ name, dtype, shape, begin, end }) => [
    name,
    { dtype, shape, data_offsets: [begin, end] },
  ]);
  // Written field by field: in a plain object, names such as "10" would move to the front.
  const members = [
    ...(keys.length > 0
      ? [[METADATA, Object.fromEntries(keys.map((key) => [key, metadata[key]]))]]
      : []),
    ...fields,
  ].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  if (padded.length > LARGEST_HEADER)
    throw new InputError(
      `the names and shapes of ${entries.length} tensors take ${padded.length} bytes of header, ` +
        `the format allows ${LARGEST_HEADER}. Write fewer tensors to a file.`,
    );
  return padded;
}
