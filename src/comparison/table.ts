/**
 * The comparison as text for a terminal: what each encoding costs and its bits per byte at each length.
 * Seven encodings at four lengths fit 100 columns.
 *
 * @module
 */
import { bits, grouped, memory, multiple, seconds, shortened } from "./format.ts";
import type { Compared, Protocol, Results } from "./results.ts";
import { isRanked, protocols } from "./results.ts";
import { mean } from "./statistics.ts";

export interface TableOptions {
  /** Print the best numbers in bold, by ANSI escape codes. Default false. */
  readonly bold?: boolean;
}

const longestName = 20;

/** Both protocols, one table each, with the signs and the gaps explained underneath. */
export function renderTable(results: Results, { bold = false }: TableOptions = {}): string {
  const footnotes: string[] = [];
  const tables = protocols
    .filter((protocol) => results.comparison.some((row) => row.protocol === protocol))
    .map((protocol, i) => protocolTable(results, protocol, i === 0, footnotes, bold));
  const ranked = results.comparison.filter(isRanked);
  const explained = [
    ...(ranked.some((row) => row.standing === "best") ? ["* lowest loss at this length"] : []),
    ...(ranked.some((row) => row.standing === "level")
      ? ["~ cannot be told apart from the lowest (95 %, all encodings of a length together)"]
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
  results: Results,
  protocol: Protocol,
  withCosts: boolean,
  footnotes: string[],
  bold: boolean,
): string {
  const { encodings, testLengths, trainLength, stride } = results.configuration;
  const title =
    protocol === "windows"
      ? "Bits per byte, windows that do not overlap (lower is better)"
      : `Bits per byte, sliding windows, stride ${grouped(stride)}`;
  const head: Cell[] = [
    { text: "encoding" },
    ...(withCosts ? ["parameters", "s/step", "peak memory"] : []).map((text) => ({ text })),
    // The two characters that follow a number: a space and its sign.
    ...testLengths.map((length) => ({
      text: `${grouped(length)} (${multiple(length, trainLength)})  `,
    })),
  ];
  const body = encodings.map((encoding): Cell[] => [
    { text: shortened(encoding, longestName) },
    ...(withCosts ? costs(results, encoding) : []),
    ...testLengths.map((length) =>
      scoreCell(
        results.comparison.find(
          (row) => row.encoding === encoding && row.length === length && row.protocol === protocol,
        ),
        footnotes,
      ),
    ),
  ]);
  return [title, ...aligned([head, ...body], bold)].join("\n");
}

function costs(results: Results, encoding: string): Cell[] {
  const trials = results.trials.filter((trial) => trial.encoding === encoding);
  if (trials.length === 0) return ["-", "-", "-"].map((text) => ({ text }));
  return [
    { text: grouped(trials[0]!.parameters) },
    { text: seconds(mean(trials.map((trial) => trial.secondsPerStep))) },
    { text: memory(Math.max(...trials.map((trial) => trial.peakMemoryBytes))) },
  ];
}

function scoreCell(row: Compared | undefined, footnotes: string[]): Cell {
  if (!row) return { text: "  " };
  if (!isRanked(row)) {
    const reason = `${row.encoding}: ${row.failed}`;
    if (!footnotes.includes(reason)) footnotes.push(reason);
    return { text: `- [${footnotes.indexOf(reason) + 1}]` };
  }
  const sign = { best: " *", level: " ~", behind: "  " }[row.standing];
  return { text: bits(row.bitsPerByte) + sign, bold: row.standing === "best" };
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
