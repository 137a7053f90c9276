/**
 * The comparison as text for a terminal: what each encoding costs and its score at each length.
 * Seven encodings at four lengths fit 100 columns.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { isRanked } from "../comparison/ranked.ts";
import type { Compared, Standing } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import { decimal, grouped, inSentence, memory, seconds, shortened } from "../format.ts";
import { mean } from "../measures/estimate.ts";
import type { Measure, RankingMeasure } from "../measures/measure.ts";
import { aligned } from "./aligned.ts";
import type { Cell } from "./aligned.ts";
import { besideTables } from "./beside.ts";
import { direction, Footnotes, lengthWithMultiple, rankedRows, rowAt, wordingOf } from "./rows.ts";
import { tuningTable } from "./tuning-table.ts";
import { yardstickTables } from "./yardstick-tables.ts";

/** How a table is printed. */
export interface TableOptions {
  /** Print the best numbers in bold, by ANSI escape codes. Default false. */
  readonly bold?: boolean;
}

const names: NamesOf<TableOptions> = { bold: true };

const longestName = 20;

/**
 * One table for each protocol, with the signs and the gaps explained underneath; then measures that are shown beside the
 * ranked one, and what is reached without a neural network.
 */
export function renderTable(results: Results, options: TableOptions = {}): string {
  refuseUnknownNames("renderTable", options, names);
  const { bold = false } = options;
  const { protocols, measure, words } = wordingOf(results);
  const footnotes = new Footnotes();
  const tables = protocols
    .filter(({ id }) => results.comparison.some((row) => row.protocol === id))
    .map(({ id }, i) => protocolTable(results, id, { withCosts: i === 0, footnotes, bold }));
  const standings = rankedRows(results).map(({ standing }) => standing);
  const explained = [
    ...signsExplained(measure, standings),
    ...(words.columns === undefined ? [] : [words.columns]),
    ...footnotes.reasons.map((reason, i) => `- [${i + 1}] ${reason}`),
  ];
  const parts = [
    ...[...tables, explained.join("\n")],
    tuningTable(results).join("\n"),
    ...[...besideTables(results), ...yardstickTables(results)].map((lines) => lines.join("\n")),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** What the signs of a table mean, for those that it has, and what guessing reaches. */
export function signsExplained(
  { printed: { best, superlative, chance, digits } }: Measure,
  standings: readonly Standing[],
): string[] {
  return [
    ...(standings.includes("best") ? [`* ${best} at this length`] : []),
    ...(standings.includes("level")
      ? [`~ not shown to be worse than the ${superlative} (95 %, all pairs of a length together)`]
      : []),
    ...(chance === undefined ? [] : [`guessing reaches ${decimal(chance, digits)}`]),
  ];
}

interface ProtocolTable {
  readonly withCosts: boolean;
  readonly footnotes: Footnotes;
  readonly bold: boolean;
}

function protocolTable(
  results: Results,
  protocol: string,
  { withCosts, footnotes, bold }: ProtocolTable,
): string {
  const { encodings, testLengths, trainLength } = results.configuration;
  const { measure } = wordingOf(results);
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
      valueCell(rowAt(results, encoding, length, protocol), measure, footnotes),
    ),
  ]);
  return [titleOf(results, protocol), ...aligned([head, ...body], bold)].join("\n");
}

/** "Bits per byte, windows that do not overlap (lower is better)" */
function titleOf(results: Results, protocol: string): string {
  const { measure, protocols, words } = wordingOf(results);
  const { name } = protocols.find(({ id }) => id === protocol)!;
  const better = protocol === protocols[0].id ? ` (${direction(measure)})` : "";
  return `${measure.printed.name}${words.on}, ${inSentence(name)}${better}`;
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

function valueCell(
  row: Compared | undefined,
  { printed }: RankingMeasure,
  footnotes: Footnotes,
): Cell {
  if (!row) return { text: "  " };
  if (!isRanked(row)) return { text: `- [${footnotes.of(row)}]` };
  const sign = { best: " *", level: " ~", behind: "  " }[row.standing];
  return { text: decimal(row.value, printed.digits) + sign, bold: row.standing === "best" };
}
