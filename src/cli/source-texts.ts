/**
 * Texts from arguments, files or standard input, one a line, with their places.
 *
 * @module
 */
import { linesOf, printPlace } from "../data/lines.ts";
import type { Line } from "../data/lines.ts";
import { readLines } from "../data/line-files.ts";
import { InputError } from "../errors.ts";
import type { Question } from "../generation/translate.ts";
import { parseJson } from "../json.ts";
import { printError } from "./print.ts";

/** A text and where it is, for messages. */
export interface PlacedText {
  readonly text: string;
  readonly place: string;
}

/** Where texts come from. */
export interface TextOrigin {
  readonly given: readonly string[];
  readonly file?: string | undefined;
  /** Ends the reading of standard input. */
  readonly signal: AbortSignal;
}

/**
 * The texts of a command: those that were given, or the lines of a file or of standard input.
 *
 * @throws {InputError} texts and a file were given, or a line is not UTF-8
 * @throws {RunError} the file cannot be read
 */
export async function* sourceTexts(origin: TextOrigin): AsyncGenerator<PlacedText> {
  const { given, file } = origin;
  if (given.length > 0) {
    for (const [at, text] of given.entries()) yield { text, place: `text ${at + 1}` };
    return;
  }
  for await (const line of linesFrom(origin, file))
    yield { text: line.text, place: printPlace(line) };
}

/**
 * Questions, a line each: JSON with "question" and "context", or both with a tab between.
 *
 * @throws {InputError} a line is neither, or is not UTF-8
 * @throws {RunError} the file cannot be read
 */
export async function* sourceQuestions(origin: TextOrigin): AsyncGenerator<Question> {
  for await (const line of linesFrom(origin, origin.file)) {
    if (line.text.trim() === "") yield { question: "", context: "", place: printPlace(line) };
    else yield { ...questionOf(line), place: printPlace(line) };
  }
}

function questionOf(line: Line): Question {
  const { text } = line;
  if (text.trimStart().startsWith("{")) {
    const { question, context } = jsonOf(text);
    if (typeof question === "string" && typeof context === "string") return { question, context };
  } else {
    const [question, context, ...more] = text.split("\t");
    if (question?.trim() && context?.trim() && more.length === 0) return { question, context };
  }
  throw new InputError(
    `${printPlace(line)}: a question and its context are needed. Write {"question": "…", "context": "…"}, or both with a ` +
      `tab between.`,
  );
}

/** What a line has, nothing where it is no JSON. */
function jsonOf(text: string): { readonly question?: unknown; readonly context?: unknown } {
  try {
    return parseJson(text) as object;
  } catch {
    return {};
  }
}

async function* linesFrom({ signal }: TextOrigin, file: string | undefined): AsyncGenerator<Line> {
  if (file !== undefined) {
    yield* readLines(file);
    return;
  }
  if (process.stdin.isTTY) printError("reading texts from the terminal, one a line; Ctrl-D ends\n");
  const stop = (): void => void process.stdin.destroy();
  signal.addEventListener("abort", stop);
  try {
    yield* linesOf("standard input", process.stdin as AsyncIterable<Uint8Array>);
  } catch (error) {
    // Standard input that was closed by an interruption ends in the middle.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
