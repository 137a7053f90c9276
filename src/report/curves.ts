/**
 * The numbers behind the line figures: one curve for each encoding, seeds averaged, smoothed where single
 * points are noise.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import type { Curve, Point } from "../drawing/curve.ts";
import { mean } from "../measures/estimate.ts";
import { rankedRows, wordingOf } from "./rows.ts";
import { lossUnit } from "./unit.ts";

function curves(
  results: Results,
  measure: (encoding: string) => { readonly points: readonly Point[]; readonly reach?: number },
): Curve[] {
  return results.configuration.encodings.map((encoding, index) => {
    const { points, reach } = measure(encoding);
    const finite = points.filter((point) => Number.isFinite(point.y));
    return { name: encoding, index, points: finite, reach: reach ?? finite.at(-1)?.x ?? 0 };
  });
}

/** The value at each length, with the part of its 95 % interval that is possible. */
export function valueByLength(results: Results, protocol: string): Curve[] {
  const [least, most] = wordingOf(results).measure.range;
  const possible = (value: number): number => Math.min(most, Math.max(least, value));
  return curves(results, (encoding) => ({
    points: rankedRows(results)
      .filter((row) => row.encoding === encoding && row.protocol === protocol)
      .map((row) => ({
        x: row.length,
        y: row.value,
        ...(row.interval && {
          low: possible(row.interval.low),
          high: possible(row.interval.high),
        }),
      }))
      .sort((a, b) => a.x - b.x),
  }));
}

/** Positions in an octave of the loss by position; each bin is drawn as one point. */
const binsPerOctave = 6;

/** The loss at each position from the fourth on, in the unit of `lossUnit`, averaged in bins of equal width in log2. */
export function lossByPosition(results: Results): Curve[] {
  const { perNat } = lossUnit(results);
  return curves(results, (encoding) => {
    const rows = results.trials
      .filter((trial) => trial.encoding === encoding)
      .flatMap(({ lossByPosition }) => (lossByPosition ? [lossByPosition] : []));
    const length = Math.min(...rows.map((row) => row.length));
    if (!Number.isFinite(length)) return { points: [] };
    const bins = new Map<number, { positions: number[]; losses: number[] }>();
    for (let position = 4; position <= length; position++) {
      const bin = Math.floor(Math.log2(position) * binsPerOctave - 1e-9);
      const { positions, losses } = bins.get(bin) ?? { positions: [], losses: [] };
      positions.push(position);
      losses.push(...rows.map((row) => row[position - 1]!));
      bins.set(bin, { positions, losses });
    }
    const points = [...bins.values()].map(({ positions, losses }) => ({
      x: 2 ** mean(positions.map(Math.log2)),
      y: mean(losses) * perNat,
    }));
    return { points, reach: length };
  });
}

/** The loss of the training batches in the unit of `lossUnit`, averaged over seeds and over runs of neighbouring steps. */
export function trainingLoss(results: Results): Curve[] {
  const bins = 80;
  const { perNat } = lossUnit(results);
  return curves(results, (encoding) => {
    const trials = results.trials.filter((trial) => trial.encoding === encoding);
    const entries = trials.flatMap((trial) => trial.trainingLoss);
    const last = entries.reduce((most, { step }) => Math.max(most, step), 0);
    const groups = new Map<number, { step: number; loss: number }[]>();
    for (const entry of entries) {
      const bin = Math.ceil((entry.step / last) * bins);
      groups.set(bin, [...(groups.get(bin) ?? []), entry]);
    }
    const points = [...groups]
      .sort(([a], [b]) => a - b)
      .map(([, group]) => ({
        x: mean(group.map(({ step }) => step)),
        y: mean(group.map(({ loss }) => loss)) * perNat,
      }));
    return { points, reach: last };
  });
}
