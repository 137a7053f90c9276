/**
 * Pairs from the lines of files: parallel files, columns between tabs, JSON lines, SCAN.
 *
 * White space at both ends of a text is removed. A pair with an empty side is refused with its place, or left out and counted.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { shortened } from "../../format.ts";
import { printPlace } from "../lines.ts";
import type { LinePlace } from "../lines.ts";
import { checkText, jsonRows, jsonTexts, parallelRows, tabbedRows } from "../rows.ts";
import type { NamedLines } from "../rows.ts";
import type { PairLayout } from "./choice.ts";
import type { TextPair } from "./pair.ts";

/** A pair and where it was read; of parallel files, the first names the place. */
export interface PlacedPair extends LinePlace {
  readonly pair: TextPair;
}

/** Called for a pair that is left out because a side is empty. */
export type OnSkipped = (place: LinePlace) => void;

/** How rows are read: where the sides of a pair are, and what is called for each pair that is left out. */
export interface RowReading extends PairLayout {
  readonly onSkipped?: OnSkipped;
}

/**
 * Line n of the first file with line n of the second; files after these two have further right answers.
 *
 * @throws {InputError} for fewer than two files, unequal numbers of lines, files without a line, or an empty side
 */
export async function* parallelPairs(
  files: readonly NamedLines[],
  reading: RowReading = {},
): AsyncGenerator<PlacedPair, void, undefined> {
  for await (const { texts, ...place } of parallelRows(files, { allowEmpty: true })) {
    const line = place.line;
    const named = texts.map((text, at): Side => [text, { file: files[at]!.file, line }, ","]);
    const pair = pairOfSides(named, reading);
    if (pair !== undefined) yield { ...place, pair };
  }
}

/**
 * Two columns of each line. Other columns may be empty; each line has as many as the first.
 *
 * @throws {InputError} for a column that a line lacks, lines of unequal numbers of columns, or an empty side
 */
export async function* tabbedPairs(
  lines: NamedLines,
  reading: RowReading = {},
): AsyncGenerator<PlacedPair, void, undefined> {
  const { columns = [1, 2] } = reading;
  checkColumns(columns);
  for await (const { texts, ...place } of tabbedRows(lines, { allowEmpty: true })) {
    const sides = columns.map((column): Side => {
      const text = texts[column - 1];
      if (text === undefined)
        throw new InputError(
          `${printPlace(place)}, has ${texts.length} ${texts.length === 1 ? "column" : "columns"} between tabs; column ${column} was ` +
            `asked for. The first column is 1.`,
        );
      return [text, place, `, column ${column},`];
    });
    const pair = pairOfSides(sides, reading);
    if (pair !== undefined) yield { ...place, pair };
  }
}

function checkColumns(columns: readonly number[]): void {
  const whole = columns.every((column) => Number.isSafeInteger(column) && column >= 1);
  if (columns.length !== 2 || !whole || columns[0] === columns[1])
    throw new InputError(
      `columns must be two different whole numbers from 1, the source's and the target's, got ${columns.join(", ")}.`,
    );
}

/**
 * A source and targets under two keys of each JSON object. A source that is a list of sentences is joined by spaces; of a list
 * of targets the first is the target, and the others are further right answers.
 *
 * @throws {InputError} for a line that is no JSON object with texts under both keys, or an empty side
 */
export async function* jsonPairs(
  lines: NamedLines,
  reading: RowReading = {},
): AsyncGenerator<PlacedPair, void, undefined> {
  const { fields = ["source", "target"] } = reading;
  const [sourceKey, targetKey] = fields;
  if (fields.length !== 2 || sourceKey === targetKey)
    throw new InputError(
      `fields must be two different keys, the source's and the target's, got ${fields.join(", ")}.`,
    );
  for await (const row of jsonRows(lines)) {
    const place = { file: row.file, line: row.line };
    const sentences = jsonTexts(row, sourceKey, { allowEmpty: true }).map((text) => text.trim());
    const targets = jsonTexts(row, targetKey, { allowEmpty: true });
    const filled = sentences.filter((text) => text !== "");
    const sides: Side[] = [
      [filled.join(" "), place, `, under "${sourceKey}",`],
      ...targets.map((text): Side => [text, place, `, under "${targetKey}",`]),
    ];
    const pair = pairOfSides(sides, reading);
    if (pair === undefined) continue;
    yield { ...place, pair: sentences.length > 1 ? { ...pair, lead: filled[0]! } : pair };
  }
}

/**
 * SCAN: a command and its actions.
 *
 *     IN: jump twice OUT: I_JUMP I_JUMP
 *
 * @throws {InputError} for another line, or an empty side
 */
export async function* scanPairs(
  { file, lines }: NamedLines,
  reading: RowReading = {},
): AsyncGenerator<PlacedPair, void, undefined> {
  for await (const { line, text } of lines) {
    const place = { file, line };
    const [, source, target] = /^IN:(.*?)\bOUT:(.*)$/.exec(text) ?? [];
    if (source === undefined || target === undefined)
      throw new InputError(
        `${printPlace(place)}, is not of SCAN's form "IN: jump OUT: I_JUMP": "${shortened(text, 80)}". Mend the line, or name another ` +
          `format.`,
      );
    const sides: Side[] = [
      [source, place, ", after IN:,"],
      [target, place, ", after OUT:,"],
    ];
    const pair = pairOfSides(sides, reading);
    if (pair !== undefined) yield { ...place, pair };
  }
}

/** A text, where it was read, and what follows the place in a message. */
type Side = readonly [text: string, place: LinePlace, where: string];

/** The pair, or undefined where it is left out. */
function pairOfSides(
  sides: readonly Side[],
  { empty = "refuse", onSkipped }: RowReading,
): TextPair | undefined {
  const [source, target, ...references] = sides.map(([text]) => text.trim());
  const without = sides.find(([text]) => text.trim() === "");
  if (without !== undefined) {
    const [text, place, where] = without;
    if (empty === "refuse") checkText(place, text, where);
    onSkipped?.(place);
    return undefined;
  }
  return {
    source: source!,
    target: target!,
    ...(references.length > 0 && { references }),
  };
}
