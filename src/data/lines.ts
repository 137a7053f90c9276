/**
 * The lines of a stream of bytes, one at a time, so that a file may be larger than memory.
 *
 * A line ends at a newline, or a carriage return and a newline; the last one needs none. A byte order mark at the start is
 * removed. Bytes that are not UTF-8 are refused with their place: a replaced character would change what is measured.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { containerOf } from "./corpus.ts";

/** Where something was read. */
export interface LinePlace {
  readonly file: string;
  /** The first is 1. */
  readonly line: number;
}

/** A line and what ends it. */
export interface Line extends LinePlace {
  /** Without its end. */
  readonly text: string;
  /** A newline, a carriage return and a newline, or "" after the last line. */
  readonly end: string;
}

/** The most bytes of one line. */
const MOST_LINE_BYTES = 100e6;
const NEWLINE = 0x0a;

/** A place in words, for messages: "train.de, line 17". */
export function printPlace({ file, line }: LinePlace): string {
  return `${file}, line ${line}`;
}

/**
 * The lines of a file, from its bytes.
 *
 * @param file its name, for messages
 * @throws {InputError} for bytes that are not UTF-8, contain NUL or begin as another format does, and for a line above
 *   100 MB
 */
export async function* linesOf(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Line, void, undefined> {
  let line = 1;
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    if (line === 1 && begun.length === 0) checkFormat(file, chunk);
    const end = chunk.lastIndexOf(NEWLINE);
    begun.push(chunk.subarray(0, end + 1));
    if (end >= 0) {
      for (const each of textsOf({ file, line }, joined(begun)))
        yield { file, line: line++, ...each };
      begun = [];
      begunBytes = 0;
    }
    begun.push(chunk.subarray(end + 1));
    begunBytes += chunk.length - end - 1;
    if (begunBytes > MOST_LINE_BYTES)
      throw new InputError(
        `${printPlace({ file, line })}, is longer than ${MOST_LINE_BYTES / 1e6} MB. Name a text file with a sentence, an answer or ` +
          `a record a line.`,
      );
  }
  const rest = joined(begun);
  if (rest.length > 0)
    for (const each of textsOf({ file, line }, rest)) yield { file, line: line++, ...each };
}

function checkFormat(file: string, bytes: Uint8Array): void {
  const container = containerOf(bytes);
  if (container !== undefined) throw new InputError(`${file} ${container}`);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Whole lines; the last may lack its newline. */
function textsOf(first: LinePlace, bytes: Uint8Array): Pick<Line, "text" | "end">[] {
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    throw notUtf8(first, bytes);
  }
  if (first.line === 1 && text.startsWith("\uFEFF")) text = text.slice(1);
  const nul = text.indexOf("\0");
  if (nul !== -1) {
    const line = first.line + text.slice(0, nul).split("\n").length - 1;
    throw new InputError(
      `${printPlace({ file: first.file, line })}, has a NUL byte, so the file looks binary. Name a plain text file in UTF-8.`,
    );
  }
  return [...text.matchAll(/([^\n]*?)(\r?\n)|([^\n]+?)(\r?)$/g)].map(
    ([, whole, end, last = "", rest = ""]) => ({ text: whole ?? last, end: end ?? rest }),
  );
}

function notUtf8(first: LinePlace, bytes: Uint8Array): InputError {
  const at = firstInvalid(bytes);
  const before = bytes.subarray(0, at);
  const line = first.line + before.filter((byte) => byte === NEWLINE).length;
  const column = at - before.lastIndexOf(NEWLINE);
  return new InputError(
    `${printPlace({ file: first.file, line })}, is not UTF-8 at its byte ${column}. If the file has another encoding, convert it ` +
      `first: iconv -f LATIN1 -t UTF-8.`,
  );
}

/** The index of the first byte that is not part of a character. */
function firstInvalid(bytes: Uint8Array): number {
  const text = lenient.decode(bytes);
  const encoder = new TextEncoder();
  let offset = 0;
  let from = 0;
  for (;;) {
    const at = text.indexOf("\uFFFD", from);
    offset += encoder.encode(text.slice(from, at)).length;
    // U+FFFD itself may be written in the file.
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd)
      return offset;
    offset += 3;
    from = at + 1;
  }
}
