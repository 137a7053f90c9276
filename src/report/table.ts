/**
 * The comparison as text for a terminal: what each encoding costs and its score at each length.
 * Seven encodings at four lengths fit 100 columns.
 *
 * @module
 */
import { bits, grouped, memory, seconds, shortened } from "./format.ts";
import { mean } from "../comparison/statistics.ts";
import type { AnyResults } from "../comparison/task-results.ts";
import { isOfTask } from "../comparison/task-results.ts";
import { lengthWithMultiple, rankedRows, scoreOf, wordingOf } from "./wording.ts";
import type { AnyCompared } from "./wording.ts";

export interface TableOptions {
  /** Print the best numbers in bold, by ANSI escape codes. Default false. */
  readonly bold?: boolean;
}

const longestName = 20;

/** One table for each protocol, with the signs and the gaps explained underneath. */
export function renderTable(results: AnyResults, { bold = false }: TableOptions = {}): string {
  const { protocols, superlative, worse } = wordingOf(results);
  const footnotes: string[] = [];
  const rows: readonly AnyCompared[] = results.comparison;
  const tables = protocols
    .filter((protocol) => rows.some((row) => row.protocol === protocol))
    .map((protocol, i) => protocolTable(results, protocol, i === 0, footnotes, bold));
  const ranked = rankedRows(results);
  const explained = [
    ...(ranked.some((row) => row.standing === "best")
      ? [worse > 0 ? "* lowest loss at this length" : "* most samples right at this length"]
      : []),
    ...(ranked.some((row) => row.standing === "level")
      ? [
          `~ cannot be told apart from the ${superlative} (95 %, all encodings of a length together)`,
        ]
      : []),
    ...footnotes.map((reason, i) => `- [${i + 1}] ${reason}`),
  ];
  return `${[...tables, explained.join("\n")].join("\n\n")}\n`;
}

interface Cell {
  readonly text: string;
  readonly bold?: boolean;
}

function protocolTable(
  results: AnyResults,
  protocol: string,
  withCosts: boolean,
  footnotes: string[],
  bold: boolean,
): string {
  const { encodings, testLengths, trainLength } = results.configuration;
  const head: Cell[] = [
    { text: "encoding" },
    ...(withCosts ? ["parameters", "s/step", "peak memory"] : []).map((text) => ({ text })),
    // The two characters that follow a number: a space and its sign.
    ...testLengths.map((length) => ({
      text: `${lengthWithMultiple(length, trainLength)}  `,
    })),
  ];
  const body = encodings.map((encoding): Cell[] => [
    { text: shortened(encoding, longestName) },
    ...(withCosts ? costs(results, encoding) : []),
    ...testLengths.map((length) =>
      scoreCell(
        (results.comparison as readonly AnyCompared[]).find(
          (row) => row.encoding === encoding && row.length === length && row.protocol === protocol,
        ),
        footnotes,
      ),
    ),
  ]);
  return [titleOf(results, protocol), ...aligned([head, ...body], bold)].join("\n");
}

/** "Bits per byte, windows that do not overlap (lower is better)" */
function titleOf(results: AnyResults, protocol: string): string {
  const words = wordingOf(results);
  const name = words.protocol(protocol);
  const first = protocol === words.protocols[0];
  const measure = isOfTask(results)
    ? `${words.measure} on ${results.configuration.task.name}`
    : words.measure;
  return (
    `${measure}, ${name[0]!.toLowerCase()}${name.slice(1)}` + (first ? ` (${words.direction})` : "")
  );
}

function costs(results: AnyResults, encoding: string): Cell[] {
  const trials = [...results.trials].filter((trial) => trial.encoding === encoding);
  if (trials.length === 0) return ["-", "-", "-"].map((text) => ({ text }));
  return [
    { text: grouped(trials[0]!.parameters) },
    { text: seconds(mean(trials.map((trial) => trial.secondsPerStep))) },
    { text: memory(Math.max(...trials.map((trial) => trial.peakMemoryBytes))) },
  ];
}

function scoreCell(row: AnyCompared | undefined, footnotes: string[]): Cell {
  if (!row) return { text: "  " };
  if ("failed" in row) {
    const reason = `${row.encoding}: ${row.failed}`;
    if (!footnotes.includes(reason)) footnotes.push(reason);
    return { text: `- [${footnotes.indexOf(reason) + 1}]` };
  }
  const sign = { best: " *", level: " ~", behind: "  " }[row.standing];
  return { text: bits(scoreOf(row)) + sign, bold: row.standing === "best" };
}

/** First column to the left, the others to the right, a rule under the head. */
function aligned(rows: readonly (readonly Cell[])[], bold: boolean): string[] {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.text.length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column]!;
        const text = column === 0 ? cell.text.padEnd(width) : cell.text.padStart(width);
        return bold && cell.bold ? `\x1b[1m${text}\x1b[22m` : text;
      })
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [lines[0]!, rule, ...lines.slice(1)];
}
