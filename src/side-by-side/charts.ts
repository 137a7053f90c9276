/**
 * The charts of models side by side: perplexity by length, loss by position.
 *
 * @module
 */
import { ceilingOf } from "../drawing/curve.ts";
import type { Curve } from "../drawing/curve.ts";
import type { LineChartOptions } from "../drawing/line-chart.ts";
import { grouped } from "../format.ts";
import { mean } from "../measures/estimate.ts";
import type { SideProtocol, SideBySide, SideLoss } from "./result.ts";

/** What a protocol is called. */
export const protocolNames: Readonly<Record<SideProtocol, string>> = {
  windows: "Windows that do not overlap",
  sliding: "Sliding windows",
};

/** A loss with its numbers. */
export type MeasuredSide = Extract<SideLoss, { nats: number }>;

/** The losses of a model under a protocol, by length; those without numbers are left out. */
export function lossesOf(
  { losses }: Pick<SideBySide, "losses">,
  model: string,
  protocol: SideProtocol,
): readonly MeasuredSide[] {
  return losses.filter(
    (loss): loss is MeasuredSide =>
      "nats" in loss && loss.model === model && loss.protocol === protocol,
  );
}

/** Perplexity by length; the axis ends where the models that still predict end. */
export function lengthChart(result: SideBySide, protocol: SideProtocol): LineChartOptions {
  const curves = result.models.map((name, index): Curve => {
    const points = lossesOf(result, name, protocol)
      .filter(({ perplexity }) => Number.isFinite(perplexity))
      // Intervals of one model say how hard other texts are, which is the same for all: those of differences are in the table.
      .map(({ length, perplexity }) => ({ x: length, y: perplexity }));
    return { name, index, points, reach: points.at(-1)?.x ?? 0 };
  });
  const best = result.lengths.map((length) =>
    Math.min(
      ...curves.flatMap(({ points }) => points.filter(({ x }) => x === length).map(({ y }) => y)),
    ),
  );
  return {
    description: `Perplexity by length, ${protocolNames[protocol].toLowerCase()}`,
    curves,
    x: { scale: "log2", ticks: result.lengths },
    points: true,
    digits: 2,
    ceiling: ceilingOf(curves, best),
  };
}

/** Points of an octave of positions. */
const binsPerOctave = 6;

/** The loss at each position of the longest windows, from the fourth on, in bins of equal width in log2. */
export function positionChart(
  { positions }: SideBySide,
  contextLength: number | undefined,
): LineChartOptions {
  const curves = positions.map(({ model, length, byPosition }, index): Curve => {
    const bins = new Map<number, { readonly at: number[]; readonly nats: number[] }>();
    for (let position = 4; position <= length; position++) {
      const nats = byPosition[position - 1];
      if (nats == null || !Number.isFinite(nats)) continue;
      const bin = Math.floor(Math.log2(position) * binsPerOctave - 1e-9);
      const own = bins.get(bin) ?? { at: [], nats: [] };
      own.at.push(Math.log2(position));
      own.nats.push(nats);
      bins.set(bin, own);
    }
    const points = [...bins.values()].map(({ at, nats }) => ({ x: 2 ** mean(at), y: mean(nats) }));
    return { name: model, index, points, reach: length };
  });
  const longest = Math.max(4, ...positions.map(({ length }) => length));
  const ticks = Array.from({ length: 30 }, (_, at) => 2 ** at).filter(
    (tick) => tick >= 4 && tick <= longest,
  );
  const early = curves.flatMap(({ points }) =>
    points.filter(({ x }) => x >= 8 && x <= (contextLength ?? longest)).map(({ y }) => y),
  );
  const inside = contextLength !== undefined && contextLength < longest;
  return {
    description: "Nats a token by position in the longest windows",
    curves,
    x: { scale: "log2", ticks },
    width: 640,
    ceiling: ceilingOf(curves, early),
    ...(inside && {
      rule: { x: contextLength, label: `texts of training end at ${grouped(contextLength)}` },
    }),
  };
}
