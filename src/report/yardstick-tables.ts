/**
 * What counting, compressing or guessing reaches, for a terminal and for the report.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import { yardstickValue } from "../comparison/yardstick.ts";
import type { Yardstick } from "../comparison/yardstick.ts";
import { decimal } from "../format.ts";
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

/** The tables; none where a document has no yardsticks. */
export function yardstickMeasures(results: Results): readonly YardstickTable[] {
  const { yardsticks = [] } = results;
  if (yardsticks.length === 0) return [];
  const { testLengths, trainLength } = results.configuration;
  const { measure, beside, protocols, words } = wordingOf(results);
  const measures = [measure, ...beside];
  const cell = (yardstick: Yardstick, length: number, protocol: string): string =>
    measures
      .map(({ id, printed }) => {
        const value = yardstickValue(yardstick, { length, protocol }, id);
        return value === undefined ? "-" : decimal(value, printed.digits);
      })
      .join(" / ");
  const named = measures.map(({ printed }) => printed.name.toLowerCase()).join(" / ");
  const tables = protocols.map(({ name, id }) => {
    const rows = yardsticks.map((yardstick) => ({
      ...{ id: yardstick.id, name: yardstick.name },
      cells: testLengths.map((length) => cell(yardstick, length, id)),
    }));
    const constant = rows.every(({ cells }) => new Set(cells).size === 1);
    return {
      title: `Without a neural network${words.on}, ${name[0]!.toLowerCase()}${name.slice(1)}: ${named}`,
      head: constant
        ? ["at every length"]
        : testLengths.map((length) => lengthWithMultiple(length, trainLength)),
      rows: constant ? rows.map((row) => ({ ...row, cells: row.cells.slice(0, 1) })) : rows,
    };
  });
  const [first] = tables;
  const alike = tables.every(({ rows }) => JSON.stringify(rows) === JSON.stringify(first!.rows));
  const together = `Without a neural network${words.on}, judged on the same ${words.token}s: ${named}`;
  return alike ? [{ ...first!, title: together }] : tables;
}

/** Columns of a terminal. */
const columns = 100;

/** The same for a terminal, each table as lines; names that would make it too wide are replaced by ids. */
export function yardstickTables(results: Results): readonly (readonly string[])[] {
  return yardstickMeasures(results).map(({ title, head, rows }) => {
    const written = (key: "name" | "id"): string[] => {
      const all = [["", ...head], ...rows.map((row) => [row[key], ...row.cells])];
      return aligned(
        all.map((row) => row.map((text) => ({ text }))),
        false,
      );
    };
    const byName = written("name");
    const fits = byName.every((line) => line.length <= columns);
    return [title, ...(fits ? byName : written("id"))];
  });
}
