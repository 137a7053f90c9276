/**
 * From bytes to a text to train on: decoding, checks that refuse a file that is not text, and joining of several
 * texts.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** A text to train on and where it came from. */
export interface Corpus {
  /** Short, for titles: "moby-dick", or the names of the files. */
  readonly name: string;
  readonly text: string;
  /** Length in UTF-8. */
  readonly bytes: number;
  /** SHA-256 of the UTF-8, in hexadecimal; a run that resumes checks that its text is the same. */
  readonly sha256: string;
  /** Where it came from and how its parts were joined, as text for a report. */
  readonly source: string;
  /** Notes for a reader of the results, such as the number of replaced bytes. */
  readonly notes: readonly string[];
}

/** The names of the corpora, the default first. */
export const corpusNames = ["moby-dick", "sotu"] as const;
/** The name of a corpus. */
export type CorpusName = (typeof corpusNames)[number];
/** The corpus that is loaded where none is named. */
export const defaultCorpus: CorpusName = "moby-dick";

/** What joins two files: one blank line. */
export const SEPARATOR = "\n\n";

/** A file with a larger share of bytes that are not text is refused. */
const TOLERATED_SHARE = 0.01;

/**
 * The text of the bytes of a file. A byte order mark at the start is removed; a few invalid sequences are replaced
 * by U+FFFD and counted.
 *
 * @param file its name, for messages
 * @returns the text, and the number of invalid sequences that were replaced
 * @throws {InputError} for bytes that are empty, binary, or text in an encoding other than UTF-8
 */
export function decodeText(file: string, bytes: Uint8Array): { text: string; replaced: number } {
  if (bytes.length === 0)
    throw new InputError(`text ${file} is empty. Name a file with some text in it.`);
  const container = containerOf(bytes);
  if (container !== undefined) throw new InputError(`text ${file} ${container}`);
  if (bytes.includes(0)) throw binary(file, "it contains NUL bytes");

  const text = new TextDecoder("utf-8").decode(bytes);
  if (text.trim() === "")
    throw new InputError(`text ${file} has only white space. Name a file with some text in it.`);

  const replaced = countOf(text, "\uFFFD") - countOfReplacementBytes(bytes);
  if (replaced > TOLERATED_SHARE * bytes.length)
    throw new InputError(
      `text ${file} is not UTF-8: ${percent(replaced, bytes.length)} of its bytes are not part of a character. ` +
        `If it is text in another encoding, convert it first: iconv -f LATIN1 -t UTF-8.`,
    );
  const controls = countControls(bytes);
  if (controls > TOLERATED_SHARE * bytes.length)
    throw binary(file, `${percent(controls, bytes.length)} of it are control characters`);
  return { text, replaced };
}

/** The format that the first bytes show, if it is not plain text, and how to convert it. */
export function containerOf(bytes: Uint8Array): string | undefined {
  const starts = (...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff))
    return "is UTF-16. Convert it first: iconv -f UTF-16 -t UTF-8.";
  if (starts(0x1f, 0x8b)) return "is compressed with gzip. Unpack it first: gunzip.";
  if (starts(0x50, 0x4b, 3, 4))
    return "is a zip archive (or an office document). Unpack or export it as text.";
  if (starts(0x25, 0x50, 0x44, 0x46)) return "is a PDF. Extract its text first: pdftotext.";
  return undefined;
}

function binary(file: string, reason: string): InputError {
  return new InputError(
    `text ${file} looks binary: ${reason}. Name a plain text file in UTF-8, or export this one as text.`,
  );
}

/** Control bytes other than tab, newline, form feed and carriage return; DEL counts. */
function countControls(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes)
    if ((byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13) || byte === 127)
      count++;
  return count;
}

/** How often the bytes themselves encode U+FFFD (EF BF BD). */
function countOfReplacementBytes(bytes: Uint8Array): number {
  let count = 0;
  for (let i = bytes.indexOf(0xef); i !== -1; i = bytes.indexOf(0xef, i + 1))
    if (bytes[i + 1] === 0xbf && bytes[i + 2] === 0xbd) count++;
  return count;
}

function countOf(text: string, piece: string): number {
  let count = 0;
  for (let i = text.indexOf(piece); i !== -1; i = text.indexOf(piece, i + piece.length)) count++;
  return count;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

/** Files of the user, in their order, or a corpus by name; with neither, the default corpus. */
export type CorpusChoice =
  | { readonly text: readonly string[]; readonly name?: undefined }
  | { readonly name?: string | undefined; readonly text?: undefined };
