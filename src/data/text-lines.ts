/**
 * The lines of text files, one at a time: a file may be larger than memory.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { InputError } from "../errors.ts";
import { readError } from "../files/file-errors.ts";

/** A line is at most this long: what has no line breaks is no text in lines. */
const MOST_BYTES_IN_LINE = 200e6;
const NEWLINE = 0x0a;

/**
 * The lines of a file in UTF-8, each with its line break (U+000A, and a U+000D before it). A byte order mark at the start
 * is left out.
 *
 * @param onBytes called with the number of bytes that were read, now and then
 * @throws {InputError} the file is missing, a folder, not UTF-8, or has a NUL byte: the line is named
 */
export async function* linesOf(
  file: string,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<string, void> {
  await requireFile(file);
  const lines = new LineDecoder(file);
  try {
    for await (const bytes of createReadStream(file) as AsyncIterable<Uint8Array>) {
      onBytes(bytes.length);
      yield* lines.push(bytes);
    }
  } catch (error) {
    throw error instanceof InputError ? error : readError(`text ${file}`, error);
  }
  yield* lines.end();
}

async function requireFile(file: string): Promise<void> {
  const found = await fs.stat(file).catch((error: unknown) => {
    throw readError(`text ${file}`, error);
  });
  if (found.isDirectory())
    throw new InputError(
      `text ${file} is a folder. Name the files inside, for example ${path.join(file, "*.txt")}.`,
    );
}

/** Cuts bytes into lines of text. */
class LineDecoder {
  readonly #file: string;
  /** The beginning of a line whose end has not come. */
  #rest: Uint8Array = new Uint8Array();
  #line = 1;

  constructor(file: string) {
    this.#file = file;
  }

  *push(bytes: Uint8Array): Generator<string, void> {
    const all = joined(this.#rest, bytes);
    const end = all.lastIndexOf(NEWLINE) + 1;
    this.#rest = all.slice(end);
    if (this.#rest.length > MOST_BYTES_IN_LINE)
      throw new InputError(
        `text ${this.#file} has more than ${MOST_BYTES_IN_LINE / 1e6} MB in line ${this.#line}. ` +
          `Name a text that has line breaks.`,
      );
    yield* this.#lines(all.subarray(0, end));
  }

  *end(): Generator<string, void> {
    yield* this.#lines(this.#rest);
  }

  *#lines(bytes: Uint8Array): Generator<string, void> {
    let text: string;
    try {
      text = this.#decoded(bytes);
    } catch (cause) {
      const line = this.#line + this.#linesBeforeFault(bytes);
      throw new InputError(
        `text ${this.#file} is not UTF-8 in line ${line}. Convert it first: iconv -f LATIN1 -t UTF-8.`,
        { cause },
      );
    }
    for (let start = 0; start < text.length; this.#line++) {
      const end = text.indexOf("\n", start) + 1 || text.length;
      const line = text.slice(start, end);
      if (line.includes("\0"))
        throw new InputError(
          `text ${this.#file} looks binary: line ${this.#line} has a NUL byte. Name a plain text file in UTF-8.`,
        );
      yield line;
      start = end;
    }
  }

  /** Removes a byte order mark at the start of the file, and only there. */
  #decoded(bytes: Uint8Array): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: this.#line > 1 }).decode(bytes);
  }

  #linesBeforeFault(bytes: Uint8Array): number {
    for (let count = 0, start = 0; ; count++) {
      const end = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
      try {
        this.#decoded(bytes.subarray(start, end));
      } catch {
        return count;
      }
      start = end;
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
