/**
 * Text files, line by line: lines alone, parallel files, values between tabs, JSON a line. A file may be larger than memory.
 * One whose name ends in `.gz` is unpacked while it is read.
 *
 * @module
 */
import fs from "node:fs";
import { pipeline } from "node:stream";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { readError } from "../files/file-errors.ts";
import { linesOf } from "./lines.ts";
import type { Line } from "./lines.ts";
import { jsonRows, parallelRows, tabbedRows } from "./rows.ts";
import type { JsonRow, NamedLines, RowOptions, TabbedOptions, TextRow } from "./rows.ts";

const CHUNK_BYTES = 2 ** 18;

/**
 * The lines of a file; one whose name ends in `.gz` is unpacked while it is read.
 *
 * @param onBytes called with the number of bytes that were read from the file, now and then
 * @throws {InputError} the file is missing, a folder, or not text in UTF-8
 * @throws {RunError} the file could not be read
 */
export async function* readLines(
  file: string,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Line, void, undefined> {
  yield* linesOf(file, chunksOf(file, onBytes));
}

/**
 * The lines of several files with the same number, side by side.
 *
 * @throws {InputError} a file is missing, a folder, or not text in UTF-8; numbers of lines are unequal; a text is empty
 * @throws {RunError} a file could not be read
 */
export async function* readParallel(
  files: readonly string[],
  options: RowOptions = {},
): AsyncGenerator<TextRow, void, undefined> {
  yield* parallelRows(files.map(named), options);
}

/**
 * The values between tabs of each line of a file.
 *
 * @throws {InputError} the file is missing, a folder, or not text in UTF-8; a line has another number of values; one is empty
 * @throws {RunError} the file could not be read
 */
export async function* readTabbed(
  file: string,
  options: TabbedOptions = {},
): AsyncGenerator<TextRow, void, undefined> {
  yield* tabbedRows(named(file), options);
}

/**
 * The JSON value of each line of a file.
 *
 * @throws {InputError} the file is missing, a folder, or not text in UTF-8; a line is not JSON
 * @throws {RunError} the file could not be read
 */
export async function* readJsonLines(file: string): AsyncGenerator<JsonRow, void, undefined> {
  yield* jsonRows(named(file));
}

function named(file: string): NamedLines {
  return { file, lines: readLines(file) };
}

async function* chunksOf(
  file: string,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    // The streams are closed when their reader stops, after an error too.
    for await (const chunk of contentOf(file, onBytes)) yield chunk as Uint8Array;
  } catch (error) {
    throw readError(file, error);
  }
}

function contentOf(file: string, onBytes?: (bytes: number) => void): Readable {
  const bytes = fs.createReadStream(file, { highWaterMark: CHUNK_BYTES });
  if (onBytes) bytes.on("data", ({ length }) => onBytes(length));
  if (!file.endsWith(".gz")) return bytes;
  // An error of the file ends the unpacking with that error, which its reader sees.
  return pipeline(bytes, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined);
}
