/**
 * What counting, compressing or guessing reaches, for a terminal and for the report.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import { yardstickValue } from "../comparison/yardstick.ts";
import type { Yardstick } from "../comparison/yardstick.ts";
import { decimal, inSentence } from "../format.ts";
import type { Measure } from "../measures/measure.ts";
import { aligned } from "./aligned.ts";
import { lengthWithMultiple, wordingOf } from "./rows.ts";

/** Yardsticks under one protocol, or under all where they do not differ. */
export interface YardstickTable {
  /** "Without a neural network, on the same tokens: bits per byte" */
  readonly title: string;
  /** Heads of the columns after the first: lengths, or one for all lengths where values do not differ. */
  readonly head: readonly string[];
  readonly rows: readonly {
    readonly id: string;
    readonly name: string;
    readonly cells: readonly string[];
  }[];
}

/** The measures that yardsticks are shown by. */
function shownMeasures(results: Results): readonly Measure[] {
  const { measure, beside } = wordingOf(results);
  return [measure, ...beside];
}

/**
 * The tables; none where a document has no yardsticks.
 *
 * @param measures that a cell has the values of. Default: the one that encodings are ranked by, and those beside it
 */
export function yardstickMeasures(
  results: Results,
  measures: readonly Measure[] = shownMeasures(results),
): readonly YardstickTable[] {
  const { yardsticks = [] } = results;
  if (yardsticks.length === 0) return [];
  const { testLengths, trainLength } = results.configuration;
  const { protocols, words } = wordingOf(results);
  const cell = (yardstick: Yardstick, length: number, protocol: string): string =>
    measures
      .map(({ id, printed }) => {
        const value = yardstickValue(yardstick, { length, protocol }, id);
        return value === undefined ? "-" : decimal(value, printed.digits);
      })
      .join(" / ");
  const named = measures.map(({ printed }) => inSentence(printed.name)).join(" / ");
  const tables = protocols.map(({ name, id }) => {
    const rows = yardsticks.map((yardstick) => ({
      ...{ id: yardstick.id, name: yardstick.name },
      cells: testLengths.map((length) => cell(yardstick, length, id)),
    }));
    const constant = rows.every(({ cells }) => new Set(cells).size === 1);
    return {
      title: `Without a neural network${words.on}, ${inSentence(name)}: ${named}`,
      head: constant
        ? ["at every length"]
        : testLengths.map((length) => lengthWithMultiple(length, trainLength)),
      rows: constant ? rows.map((row) => ({ ...row, cells: row.cells.slice(0, 1) })) : rows,
    };
  });
  const [first] = tables;
  const alike = tables.every(({ rows }) => JSON.stringify(rows) === JSON.stringify(first!.rows));
  const together = `Without a neural network${words.on}, judged on the same ${words.judged}: ${named}`;
  return alike ? [{ ...first!, title: together }] : tables;
}

/** Columns of a terminal. */
const columns = 100;

/**
 * The same for a terminal, each table as lines. Where they would be too wide each measure has tables of its own, and names that
 * still are too wide are replaced by ids.
 */
export function yardstickTables(results: Results): readonly (readonly string[])[] {
  const together = yardstickMeasures(results);
  const measures = shownMeasures(results);
  const tables =
    measures.length === 1 || together.every((table) => fits(written(table, "name")))
      ? together
      : measures.flatMap((measure) => yardstickMeasures(results, [measure]));
  return tables.map((table) => {
    const byName = written(table, "name");
    return [table.title, ...(fits(byName) ? byName : written(table, "id"))];
  });
}

function fits(lines: readonly string[]): boolean {
  return lines.every((line) => line.length <= columns);
}

function written({ head, rows }: YardstickTable, key: "name" | "id"): string[] {
  const all = [["", ...head], ...rows.map((row) => [row[key], ...row.cells])];
  return aligned(
    all.map((row) => row.map((text) => ({ text }))),
    false,
  );
}
