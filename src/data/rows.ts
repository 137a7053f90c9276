/**
 * Rows of texts from lines: parallel files, values between tabs, and a JSON value a line.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { printPlace } from "./lines.ts";
import type { Line, LinePlace } from "./lines.ts";

/** Texts that belong together, and where they were read. */
export interface TextRow extends LinePlace {
  /** In parallel files, one of each file, in their order; `file` is then the first. */
  readonly texts: readonly string[];
}

/** A JSON value, and where it was read. */
export interface JsonRow extends LinePlace {
  readonly value: unknown;
}

/** Choices of readers of texts. */
export interface RowOptions {
  /** Whether a text may be empty or white space alone. Default false: it is refused with its place. */
  readonly allowEmpty?: boolean;
}

/** Choices of a reader of values between tabs. */
export interface TabbedOptions extends RowOptions {
  /** How many values each line has. Default: as many as the first line. */
  readonly columns?: number;
}

const rowNames: NamesOf<RowOptions> = { allowEmpty: true };
const tabbedNames: NamesOf<TabbedOptions> = { ...rowNames, columns: true };

/** The lines of one file, under its name. */
export interface NamedLines {
  readonly file: string;
  readonly lines: AsyncIterable<Line>;
}

/**
 * The lines of several files with the same number, side by side: a source and its translation, an answer and its references.
 *
 * @throws {InputError} for fewer than two files, unequal numbers of lines, files without a line, or an empty text
 */
export async function* parallelRows(
  files: readonly NamedLines[],
  options: RowOptions = {},
): AsyncGenerator<TextRow, void, undefined> {
  refuseUnknownNames("parallel texts", options, rowNames, (message) => new InputError(message));
  const { allowEmpty = false } = options;
  if (files.length < 2)
    throw new InputError(
      `parallel texts need at least two files, got ${files.length}. Name one for each side.`,
    );
  const readers = files.map(({ lines }) => lines[Symbol.asyncIterator]());
  try {
    for (let line = 1; ; line++) {
      const read = await Promise.all(readers.map((reader) => reader.next()));
      if (read.every(({ done }) => done === true)) {
        if (line === 1) throw noLines(files.map(({ file }) => file).join(" and "));
        return;
      }
      const texts = read.map((each, at) => {
        if (each.done === true)
          throw unequal(
            files[at]!.file,
            line - 1,
            files[read.findIndex(({ done }) => !done)]!.file,
          );
        if (!allowEmpty) checkText(each.value, each.value.text);
        return each.value.text;
      });
      yield { file: files[0]!.file, line, texts };
    }
  } finally {
    for (const reader of readers) await reader.return?.();
  }
}

/**
 * The values between tabs of each line. Quotation marks and backslashes are characters like others, as in corpora of
 * translations.
 *
 * @throws {InputError} for a line with another number of values, a file without a line, or an empty text
 */
export async function* tabbedRows(
  { file, lines }: NamedLines,
  options: TabbedOptions = {},
): AsyncGenerator<TextRow, void, undefined> {
  refuseUnknownNames("tabbed texts", options, tabbedNames, (message) => new InputError(message));
  const { columns, allowEmpty = false } = options;
  let expected = columns;
  let count = 0;
  for await (const { line, text } of lines) {
    count++;
    const texts = text.split("\t");
    expected ??= texts.length;
    if (texts.length !== expected) {
      const source = columns === undefined ? "as line 1 has" : "as was asked for";
      throw new InputError(
        `${printPlace({ file, line })}, has ${texts.length} values between tabs; ${expected} were expected, ${source}. Mend the line, ` +
          `or remove it.`,
      );
    }
    if (!allowEmpty)
      texts.forEach((each, at) => checkText({ file, line }, each, `, value ${at + 1},`));
    yield { file, line, texts };
  }
  if (count === 0) throw noLines(file);
}

/**
 * The JSON value of each line. Lines of white space alone are passed over.
 *
 * @throws {InputError} for a line that is not JSON, or a file without a value
 */
export async function* jsonRows({
  file,
  lines,
}: NamedLines): AsyncGenerator<JsonRow, void, undefined> {
  let count = 0;
  for await (const { line, text } of lines) {
    if (text.trim() === "") continue;
    count++;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new InputError(
        `${printPlace({ file, line })}, is not JSON: ${reason}. Write one whole JSON value a line.`,
        { cause },
      );
    }
    yield { file, line, value };
  }
  if (count === 0) throw noLines(file);
}

/**
 * The texts that a JSON object has under a key: one text, or a list of them.
 *
 * @throws {InputError} the value is no object, or has no text there, or an empty one
 */
export function jsonTexts(row: JsonRow, key: string, options: RowOptions = {}): readonly string[] {
  refuseUnknownNames("texts of JSON", options, rowNames, (message) => new InputError(message));
  const { value } = row;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(
      `${printPlace(row)}, is not an object with "${key}", but ${nameOf(value)}. Write {"${key}": "…"}.`,
    );
  const found = (value as Readonly<Record<string, unknown>>)[key];
  const texts: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (found === undefined)
    throw new InputError(
      `${printPlace(row)}, has no "${key}", only ${Object.keys(value).join(", ") || "no key at all"}. Name a key that each object ` +
        `has.`,
    );
  if (texts.length === 0)
    throw new InputError(
      `${printPlace(row)}, has no text in the list "${key}". Give at least one.`,
    );
  return texts.map((text) => {
    if (typeof text !== "string")
      throw new InputError(
        `${printPlace(row)}, has ${nameOf(text)} under "${key}". A text or a list of texts is expected.`,
      );
    if (options.allowEmpty !== true) checkText(row, text, `, under "${key}",`);
    return text;
  });
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * Refuses a text that is empty or white space alone.
 *
 * @param where follows the place in the message: ", value 2,"
 * @throws {InputError} for such a text
 */
export function checkText(place: LinePlace, text: string, where = ","): void {
  if (text.trim() === "")
    throw new InputError(
      `${printPlace(place)}${where} is empty. Give it a text, or remove the line, from every file that belongs to it.`,
    );
}

function unequal(short: string, lines: number, long: string): InputError {
  return new InputError(
    `${short} ends after line ${lines}, and ${long} goes on: line n of one belongs to line n of the other. Give files with the ` +
      `same number of lines.`,
  );
}

function noLines(file: string): InputError {
  return new InputError(`${file}: there is no line to read. Name files with some text in them.`);
}
