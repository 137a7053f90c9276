/**
 * The header of a safetensors file: which tensors it has, and where their bytes are. Files may come from anywhere, so
 * the whole header is checked before any byte of a tensor is read.
 *
 *     bytes 0 … 7        n, the header's length, unsigned 64 bits, little-endian; at most 100 MB
 *     bytes 8 … 8 + n    JSON in UTF-8, beginning with "{", padded with spaces:
 *                        { "<name>": { "dtype", "shape", "data_offsets": [begin, end] }, …,
 *                          "__metadata__": { "<key>": "<text>" } }
 *     the rest           the tensors' bytes, without gaps, overlaps or leftovers
 *
 * Format:  https://huggingface.co/docs/safetensors
 *
 * @module
 */
import { RunError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { firstDuplicateKey } from "./duplicate-keys.ts";
import type { StoredDtype } from "./stored-tensor.ts";
import { dtypeBytes } from "./stored-tensor.ts";

/** The format's limit on the header, in bytes. */
export const LARGEST_HEADER = 100_000_000;
/** The name in the header under which a file keeps texts beside its tensors. */
export const METADATA = "__metadata__";

/** What the header says of one tensor. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** First byte and the one after the last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** A header that has been checked. */
export interface Header {
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
  /** The byte of the file at which the tensors' bytes begin. */
  readonly dataStart: number;
}

/** Bytes at the beginning of a file that say how long its header is. */
export const LENGTH_BYTES = 8;

/**
 * The byte of a file at which the tensors' bytes begin.
 *
 * @param bytes the first bytes of the file, `LENGTH_BYTES` of them or more
 * @param size of the file
 * @param file the name to use in messages
 * @throws {RunError} the file is shorter than its header
 */
export function dataStartOf(bytes: Uint8Array, size: number, file: string, mend?: string): number {
  const corrupt = corruptFile(file, mend);
  if (size < LENGTH_BYTES || bytes.length < LENGTH_BYTES)
    throw corrupt(`it has ${size} bytes, fewer than the ${LENGTH_BYTES} of its length`);
  const stated = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (stated > LARGEST_HEADER)
    throw corrupt(`its header claims ${stated} bytes, the format allows ${LARGEST_HEADER}`);
  const dataStart = LENGTH_BYTES + Number(stated);
  if (dataStart > size)
    throw corrupt(`its header claims ${stated} bytes, only ${size - LENGTH_BYTES} follow`);
  return dataStart;
}

/**
 * Reads and checks a header.
 *
 * @param bytes the file, or its beginning up to the tensors' bytes
 * @param file the name to use in messages
 * @param size of the file. Default: that of `bytes`
 * @param mend what to do about a damaged file, the end of a sentence
 * @throws {RunError} the bytes do not follow the format, or a dtype is not supported
 */
export function readHeader(
  bytes: Uint8Array,
  file: string,
  size: number = bytes.length,
  mend?: string,
): Header {
  const corrupt = corruptFile(file, mend);
  const dataStart = dataStartOf(bytes, size, file, mend);
  const json = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), corrupt);
  const metadata = readMetadata(json.get(METADATA), corrupt);
  json.delete(METADATA);
  const entries = [...json].map(([name, entry]) => readEntry(name, entry, corrupt));
  checkLayout(entries, size - dataStart, corrupt);
  return { entries, metadata, dataStart };
}

type Corrupt = (fault: string) => RunError;

function corruptFile(file: string, mend = "copy or download it again."): Corrupt {
  return (fault) =>
    new RunError(
      `${file} is no intact safetensors file: ${fault}. ` +
        `It may be truncated or of another kind; ${mend}`,
    );
}

function parseHeader(bytes: Uint8Array, corrupt: Corrupt): Map<string, unknown> {
  if (bytes[0] !== 0x7b) throw corrupt(`its header does not begin with "{"`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw corrupt("its header is not UTF-8");
  }
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw corrupt(`its header is not JSON (${(error as Error).message})`);
  }
  const duplicate = firstDuplicateKey(text);
  if (duplicate !== undefined)
    throw corrupt(`its header has the name ${JSON.stringify(duplicate)} twice`);
  return new Map(Object.entries(json as object));
}

function readMetadata(value: unknown, corrupt: Corrupt): Map<string, string> {
  // The reference reads null as no metadata.
  if (value === undefined || value === null) return new Map();
  if (!isRecord(value)) throw corrupt(`${METADATA} is no object`);
  return new Map(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== "string")
        throw corrupt(`${METADATA} must map texts to texts, ${JSON.stringify(key)} is none`);
      return [key, text];
    }),
  );
}

function readEntry(name: string, value: unknown, corrupt: Corrupt): TensorEntry {
  const title = `tensor ${JSON.stringify(name)}`;
  if (!isRecord(value)) throw corrupt(`${title} has no description`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") throw corrupt(`${title} has no dtype`);
  if (!Object.hasOwn(dtypeBytes, dtype))
    throw new RunError(
      `${title} has dtype ${JSON.stringify(dtype)}, which relpos does not read. ` +
        `Convert the checkpoint to one of ${Object.keys(dtypeBytes).join(", ")}.`,
    );
  if (!isSizes(shape)) throw corrupt(`${title} has ${told("shape", shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2)
    throw corrupt(`${title} has ${told("offsets", offsets)}`);
  const known = dtype as StoredDtype;
  const size = shape.reduce((product, dimension) => product * dimension, dtypeBytes[known]);
  const [begin, end] = offsets as [number, number];
  if (!Number.isSafeInteger(size) || end - begin !== size)
    throw corrupt(
      `${title} of shape [${shape.join(", ")}] in ${dtype} takes ${size} bytes, ` +
        `its offsets ${begin} … ${end} hold ${end - begin}`,
    );
  return { name, dtype: known, shape, begin, end };
}

/** In the order of their bytes, each tensor must begin where the one before ends, and the last must end the file. */
function checkLayout(entries: readonly TensorEntry[], available: number, corrupt: Corrupt): void {
  let place = 0;
  for (const { name, begin, end } of [...entries].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== place)
      throw corrupt(
        `tensor ${JSON.stringify(name)} begins at byte ${begin}, the one before ends at ${place}`,
      );
    place = end;
  }
  if (place !== available)
    throw corrupt(`its tensors take ${place} bytes, after the header there are ${available}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function told(what: string, value: unknown): string {
  return value === undefined ? `no ${what}` : `the ${what} ${JSON.stringify(value)}`;
}
