/**
 * What makes bytes a text to train on: decoding, the checks that turn a wrong file away with a reason, and
 * how several texts become one.
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
  /** SHA-256 of the UTF-8 in hexadecimal: a run that continues checks that its text is still the same. */
  readonly sha256: string;
  /** Where it came from and how its parts were joined, in words for a report. */
  readonly source: string;
  /** What a reader of the results should know, such as bytes that had to be replaced. */
  readonly notes: readonly string[];
}

/** The corpora known by name, the default first. */
export const corpusNames = ["moby-dick", "sotu"] as const;
export type CorpusName = (typeof corpusNames)[number];
export const defaultCorpus: CorpusName = "moby-dick";

/** Between two files, or two sections of a named corpus, stands one blank line. */
export const SEPARATOR = "\n\n";

/** Above this share of bytes that are no text, a file is taken for something else. */
const TOLERATED_SHARE = 0.01;

/**
 * The text of a file's bytes. A byte order mark at the start is dropped; a few invalid bytes become U+FFFD and
 * are counted.
 *
 * @param file the name to use in messages
 * @returns the text, and how many invalid pieces were replaced
 * @throws InputError when the bytes are empty, binary, or text in another encoding than UTF-8
 */
export function decodeText(file: string, bytes: Uint8Array): { text: string; replaced: number } {
  if (bytes.length === 0)
    throw new InputError(`text ${file} is empty. Name a file with some text in it.`);
  const container = containerOf(bytes);
  if (container !== undefined) throw new InputError(`text ${file} ${container}`);
  if (bytes.includes(0)) throw binary(file, "it contains NUL bytes");

  const text = new TextDecoder("utf-8").decode(bytes);
  if (text.trim() === "")
    throw new InputError(
      `text ${file} holds nothing but white space. Name a file with some text in it.`,
    );

  const replaced = countOf(text, "\uFFFD") - countOfReplacementBytes(bytes);
  if (replaced > TOLERATED_SHARE * bytes.length)
    throw new InputError(
      `text ${file} is not UTF-8: ${percent(replaced, bytes.length)} of its bytes make no character. ` +
        `If it is a text in another encoding, convert it first: iconv -f LATIN1 -t UTF-8.`,
    );
  const controls = countControls(bytes);
  if (controls > TOLERATED_SHARE * bytes.length)
    throw binary(file, `${percent(controls, bytes.length)} of it are control characters`);
  return { text, replaced };
}

/** Sections as one text: each without white space at its ends, a blank line between, a newline at the end. */
export function joinSections(sections: readonly string[]): string {
  return sections.map((section) => section.trim()).join(SEPARATOR) + "\n";
}

/** What the first bytes say about a file that is no plain text, and what to do; undefined if they say nothing. */
function containerOf(bytes: Uint8Array): string | undefined {
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

/** How often a file itself holds U+FFFD, which is EF BF BD. */
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
