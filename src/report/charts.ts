/**
 * The report's charts as data: what is drawn in each, for the page and for files of their own.
 *
 * @module
 */
import { baseLength } from "../comparison/configuration.ts";
import type { Results } from "../comparison/results.ts";
import { ceilingOf } from "../drawing/curve.ts";
import type { Curve } from "../drawing/curve.ts";
import type { ForestPlotOptions } from "../drawing/forest-plot.ts";
import type { LineChartOptions } from "../drawing/line-chart.ts";
import { grouped, inSentence, multiple } from "../format.ts";
import { worseSign } from "../measures/measure.ts";
import { lossByPosition, trainingLoss, valueByLength } from "./curves.ts";
import { rankedRows, wordingOf } from "./rows.ts";
import { lossUnit } from "./unit.ts";

/** A chart with its name. */
export interface Chart<Options> {
  /** Of its file, without an ending: "by-length-windows". */
  readonly id: string;
  readonly title: string;
  readonly options: Options;
}

/** The value of each encoding by length, a chart for each protocol that has a value. */
export function lengthCharts(results: Results): Chart<LineChartOptions>[] {
  const { testLengths, trainLength } = results.configuration;
  const { measure, protocols } = wordingOf(results);
  const { name, digits } = measure.printed;
  const [least, most] = measure.range;
  const drawn = protocols.map((protocol) => ({
    protocol,
    curves: valueByLength(results, protocol.id),
  }));
  const all = drawn.flatMap(({ curves }) => curves);
  const points = all.flatMap((curve) => curve.points);
  const atBase = points.filter((point) => point.x === baseLength(results.configuration));
  const ceiling = Math.min(
    most,
    ceilingOf(
      all,
      atBase.map((point) => point.high ?? point.y),
    ),
  );
  const floor = Math.min(...points.map((point) => point.low ?? point.y));
  // A measure that has a highest value is drawn over its whole range.
  const axis = most < Infinity ? { ceiling: most, floor: least } : { ceiling, floor };
  return drawn
    .filter(({ curves }) => curves.some((curve) => curve.points.length > 0))
    .map(({ protocol, curves }) => ({
      id: `by-length-${protocol.id}`,
      title: `${protocol.name}, ${inSentence(name)}`,
      options: {
        description: `${name} by test length, ${inSentence(protocol.name)}`,
        curves,
        x: { scale: "log2", ticks: testLengths, multipleOf: trainLength },
        points: true,
        digits,
        ...axis,
      },
    }));
}

/** The distance of each encoding to the best, a chart for each length and condition. */
export function differenceCharts(results: Results): Chart<ForestPlotOptions>[] {
  const { encodings, testLengths, trainLength } = results.configuration;
  const { measure, protocols, words } = wordingOf(results);
  const { superlative, digits } = measure.printed;
  return protocols
    .filter(({ role }) => role !== "check")
    .flatMap(({ id, role }) =>
      testLengths.flatMap((length) => {
        const rows = rankedRows(results).filter(
          (row) => row.length === length && row.protocol === id,
        );
        if (rows.length === 0) return [];
        const drawn = role === "main" ? "" : `, ${id}`;
        const title = `${words.length(length)}, ${multiple(length, trainLength)} the train length${drawn}`;
        const options = {
          description: `Difference to the best at ${title}`,
          rows: rows.map(({ encoding, difference, standing }) => ({
            name: encoding,
            index: encodings.indexOf(encoding),
            difference: difference.mean,
            ...{ interval: difference.interval, simultaneous: difference.simultaneous },
            standing,
          })),
          ...{ worse: worseSign(measure), superlative, digits },
        };
        return [{ id: `difference-${id}-${length}`, title, options }];
      }),
    );
}

/** The loss at each position of the longest window. */
export function positionChart(results: Results): Chart<LineChartOptions> {
  const { trainLength } = results.configuration;
  const curves = lossByPosition(results);
  const all = curves.flatMap((curve) => curve.points);
  const longest = Math.max(4, ...curves.map((curve) => curve.reach));
  const ticks = Array.from({ length: 30 }, (_, i) => 2 ** i).filter((t) => t >= 4 && t <= longest);
  const inside = all.filter((point) => point.x >= 8 && point.x <= trainLength);
  const ceiling = ceilingOf(
    curves,
    inside.map((point) => point.y),
  );
  const title = `Loss by position in the longest window, ${lossUnit(results).name}`;
  return {
    ...{ id: "by-position", title },
    options: {
      ...{ description: title, curves, x: { scale: "log2", ticks }, width: 640, ceiling },
      rule: { x: trainLength, label: `train length ${grouped(trainLength)}` },
    },
  };
}

/** The training loss by step. The axis ends above the last three quarters of the steps, so that differences are seen. */
export function trainingChart(results: Results): Chart<LineChartOptions> {
  const { steps } = results.configuration;
  const curves = trainingLoss(results);
  const ys = (least: number): number[] =>
    curves.flatMap(({ points }) => points.filter(({ x }) => x > least).map(({ y }) => y));
  const late = ys(steps / 4);
  const ceiling = Math.max(...(late.length > 0 ? late : ys(-Infinity)));
  const title = `Training loss by step, ${lossUnit(results).name}`;
  return {
    ...{ id: "training-loss", title },
    options: { description: title, curves, x: { scale: "linear" }, width: 640, ceiling },
  };
}

/** Whether a curve has a point above the ceiling. */
export function leaves({ curves, ceiling }: LineChartOptions): boolean {
  return curves.some((curve: Curve) => curve.points.some((point) => point.y > ceiling));
}
