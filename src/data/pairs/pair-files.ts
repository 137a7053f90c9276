/**
 * Pairs from files of any format that is known, one after the other: a file may be larger than memory, but for the format "squad".
 *
 * @module
 */
import { InputError, unknownName } from "../../errors.ts";
import { readLines } from "../line-files.ts";
import type { LinePlace } from "../lines.ts";
import type { NamedLines } from "../rows.ts";
import type { SpanExample } from "../spans/span-example.ts";
import { storyPairs } from "./babi.ts";
import { pairFormats } from "./choice.ts";
import type { PairFormat, PairLayout } from "./choice.ts";
import { jsonPairs, parallelPairs, scanPairs, tabbedPairs } from "./from-lines.ts";
import type { PlacedPair, RowReading } from "./from-lines.ts";
import { spanExamples, spanPairs } from "./squad.ts";

/**
 * The pairs of files, in their order.
 *
 * @param onSkipped called for each pair that is left out because a side is empty
 * @throws {InputError} a file is missing, not text in UTF-8 or not of its format; a side is empty, unless they are skipped
 * @throws {RunError} a file could not be read
 */
export async function* readPairs(
  files: readonly string[],
  layout: PairLayout = {},
  onSkipped?: (place: LinePlace) => void,
): AsyncGenerator<PlacedPair, void, undefined> {
  if (files.length === 0) throw new InputError("no file of pairs was given. Name at least one.");
  const format = layout.format ?? (await guessFormat(files));
  checkLayout(format, layout);
  const reading = { ...layout, ...(onSkipped && { onSkipped }) };
  const named = files.map((file): NamedLines => ({ file, lines: readLines(file) }));
  if (format === "parallel") yield* parallelPairs(named, reading);
  else for (const lines of named) yield* readers[format](lines, reading);
}

type Reader = (lines: NamedLines, reading: RowReading) => AsyncIterable<PlacedPair>;

const readers: Readonly<Record<Exclude<PairFormat, "parallel">, Reader>> = {
  tsv: tabbedPairs,
  jsonl: jsonPairs,
  scan: scanPairs,
  babi: storyPairs,
  squad: spanPairs,
};

/**
 * The questions of a file in SQuAD's format, whose answers are stretches of the paragraph.
 *
 * @throws {InputError} the file is missing, not text in UTF-8 or not of the format
 * @throws {RunError} the file could not be read
 */
export function readSpanExamples(file: string): Promise<readonly SpanExample[]> {
  return spanExamples({ file, lines: readLines(file) });
}

/** Refuses a choice that the format does not read. */
function checkLayout(format: PairFormat, { columns, fields }: PairLayout): void {
  if (!pairFormats.includes(format)) throw unknownName("format", String(format), pairFormats);
  if (columns !== undefined && format !== "tsv")
    throw new InputError(
      `columns are of the format "tsv", and the format is "${format}". Leave them out.`,
    );
  if (fields !== undefined && format !== "jsonl")
    throw new InputError(
      `fields are of the format "jsonl", and the format is "${format}". Leave them out.`,
    );
}

const ENDINGS: readonly (readonly [RegExp, PairFormat])[] = [
  [/\.tsv$/i, "tsv"],
  [/\.(jsonl|ndjson)$/i, "jsonl"],
  [/\.json$/i, "squad"],
];

/**
 * The format of files, from the ending of the first one's name or else from its first lines.
 *
 * @throws {InputError} the first file is missing or not text in UTF-8, or is a single file of a format that is not recognised
 */
export async function guessFormat(files: readonly string[]): Promise<PairFormat> {
  const [first = ""] = files;
  const name = first.replace(/\.gz$/i, "");
  const ending = ENDINGS.find(([pattern]) => pattern.test(name));
  if (ending !== undefined) return ending[1];
  const lines: string[] = [];
  for await (const { text } of readLines(first)) if (lines.push(text) === 2) break;
  const [one = "", two = ""] = lines;
  if (/^IN: .* OUT: /.test(one)) return "scan";
  if (/^1 /.test(one) && /^2 /.test(two)) return "babi";
  if (one.includes("\t")) return "tsv";
  if (files.length > 1) return "parallel";
  throw new InputError(
    `the format of ${first} is not recognised: its first line has no tab, and is neither of SCAN nor of bAbI. Name a second file ` +
      `with the targets, or the format: ${pairFormats.join(", ")}.`,
  );
}
