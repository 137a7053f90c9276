/**
 * The report's figures as SVG files and its tables as CSV files, for use elsewhere.
 *
 * @module
 */
import { isRanked } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import type { Tuning } from "../comparison/tuning.ts";
import { isMeasured } from "../comparison/trial-record.ts";
import { yardstickValue } from "../comparison/yardstick.ts";
import { forestPlot } from "../drawing/forest-plot.ts";
import { lineChart } from "../drawing/line-chart.ts";
import { standaloneSvg } from "../drawing/standalone.ts";
import { differenceCharts, lengthCharts, positionChart, trainingChart } from "./charts.ts";
import { csv } from "./csv.ts";
import { pageColours } from "./report-style.ts";
import { wordingOf } from "./rows.ts";
import { lossUnit } from "./unit.ts";

/** A file beside the report. */
export interface ReportFile {
  /** "report-figures/training-loss.svg" */
  readonly path: string;
  readonly text: string;
}

/**
 * Every figure as `report-figures/<name>.svg` and every table as `report-tables/<name>.csv`. Numbers have all their
 * digits; a cell without a value is empty.
 *
 * @param document what charts are drawn into, which is not changed
 */
export function reportFiles(results: Results, document: Document): readonly ReportFile[] {
  return [...figureFiles(results, document), ...tableFiles(results)];
}

function figureFiles(results: Results, document: Document): ReportFile[] {
  const byPosition = results.trials.some(({ lossByPosition }) => lossByPosition !== undefined);
  const lines = [
    ...lengthCharts(results),
    ...(byPosition ? [positionChart(results)] : []),
    trainingChart(results),
  ].map(({ options, ...chart }) => ({ ...chart, svg: lineChart(document, options) }));
  const forests = differenceCharts(results).map(({ options, ...chart }) => ({
    ...chart,
    svg: forestPlot(document, options),
  }));
  return [...lines, ...forests].flatMap(({ id, title, svg }) =>
    svg === undefined
      ? []
      : [
          {
            path: `report-figures/${id}.svg`,
            text: standaloneSvg(svg, { title, colours: pageColours }),
          },
        ],
  );
}

function tableFiles(results: Results): ReportFile[] {
  const tables: readonly (readonly [string, Parameters<typeof csv>[0]])[] = [
    ["comparison", comparison(results)],
    ["measures", measures(results)],
    ["trials", trials(results)],
    ...(results.tuning
      ? [["learning-rates", learningRates(results, results.tuning)] as const]
      : []),
    ...(results.yardsticks?.length ? [["yardsticks", yardsticks(results)] as const] : []),
  ];
  return tables.map(([name, rows]) => ({ path: `report-tables/${name}.csv`, text: csv(rows) }));
}

/** How encodings compare: a row for each encoding, length and protocol. */
function comparison(results: Results): Parameters<typeof csv>[0] {
  const head = [
    ...["encoding", "length", "protocol", "measure", "value", "low", "high", "standing"],
    ...["difference", "difference low", "difference high", "reason"],
  ];
  const rows = results.comparison.map((row) => {
    const place = [row.encoding, row.length, row.protocol];
    if (!isRanked(row)) return [...place, ...Array<null>(8).fill(null), row.failed];
    const { measure, value, interval, standing, difference } = row;
    return [
      ...[...place, measure, value, interval?.low, interval?.high, standing, difference.mean],
      ...[difference.simultaneous?.low, difference.simultaneous?.high, null],
    ];
  });
  return [head, ...rows];
}

/** All measures of each trial, a row for each length and protocol. */
function measures(results: Results): Parameters<typeof csv>[0] {
  const ids = wordingOf(results).measures.map(({ id }) => id);
  const rows = results.trials.flatMap(({ encoding, seed, evaluations }) =>
    evaluations.map((evaluation) => {
      const { length, protocol } = evaluation;
      const place = [encoding, seed, length, protocol];
      return isMeasured(evaluation)
        ? [...place, ...ids.map((id) => evaluation.values[id]), null]
        : [...place, ...ids.map(() => null), evaluation.unsupported];
    }),
  );
  return [["encoding", "seed", "length", "protocol", ...ids, "reason"], ...rows];
}

/** What is reached without a model: a row for each yardstick, length and protocol. */
function yardsticks(results: Results): Parameters<typeof csv>[0] {
  const { measures, protocols } = wordingOf(results);
  const ids = measures.map(({ id }) => id);
  const rows = (results.yardsticks ?? []).flatMap((yardstick) =>
    protocols.flatMap(({ id: protocol }) =>
      results.configuration.testLengths.map((length) => [
        ...[yardstick.name, length, protocol],
        ...ids.map((id) => yardstickValue(yardstick, { length, protocol }, id)),
      ]),
    ),
  );
  return [["yardstick", "length", "protocol", ...ids], ...rows];
}

/** The loss of each encoding at each learning rate. */
function learningRates(results: Results, { rates, encodings }: Tuning): Parameters<typeof csv>[0] {
  const { name, perNat } = lossUnit(results);
  const rows = encodings.flatMap(({ encoding, rate: chosen, losses }) =>
    rates.map((rate, at) => [encoding, rate, perNat * losses[at]!, rate === chosen ? 1 : 0]),
  );
  return [["encoding", "learning rate", `validation loss in ${name}`, "chosen"], ...rows];
}

/** What each trial cost. */
function trials(results: Results): Parameters<typeof csv>[0] {
  return [
    ["encoding", "seed", "parameters", "seconds per step, alone", "peak memory in bytes"],
    ...results.trials.map((trial) => [
      ...[trial.encoding, trial.seed, trial.parameters],
      ...[trial.secondsPerStep, trial.peakMemoryBytes],
    ]),
  ];
}
