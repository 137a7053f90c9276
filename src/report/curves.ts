/**
 * The numbers behind the line figures: one curve for each encoding, seeds averaged, smoothed where single
 * points are noise.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import { mean } from "../comparison/statistics.ts";
import type { AnyResults } from "../comparison/task-results.ts";
import { rankedRows, scoreOf, wordingOf } from "./wording.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Curve {
  readonly encoding: string;
  /** Place in configuration.encodings; decides the colour. */
  readonly index: number;
  /** Largest x that was measured; a smoothed curve's last point lies a little before it. */
  readonly reach: number;
  /** Finite, ascending in x. */
  readonly points: readonly Point[];
}

function curves(
  results: AnyResults,
  measure: (encoding: string) => { readonly points: readonly Point[]; readonly reach?: number },
): Curve[] {
  return results.configuration.encodings.map((encoding, index) => {
    const { points, reach } = measure(encoding);
    const finite = points.filter((point) => Number.isFinite(point.y));
    return { encoding, index, points: finite, reach: reach ?? finite.at(-1)?.x ?? 0 };
  });
}

/** Bits per byte, or exact match, at each length, with the 95 % interval as far as it is possible. */
export function scoreByLength(results: AnyResults, protocol: string): Curve[] {
  const { least, most } = wordingOf(results);
  const possible = (value: number): number => Math.min(most, Math.max(least, value));
  return curves(results, (encoding) => ({
    points: rankedRows(results)
      .filter((row) => row.encoding === encoding && row.protocol === protocol)
      .map((row) => ({
        x: row.length,
        y: scoreOf(row),
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

/** Nats per token at each position from the fourth on, averaged in bins of equal width in log2. */
export function lossByPosition(results: Results): Curve[] {
  return curves(results, (encoding) => {
    const rows = results.trials
      .filter((trial) => trial.encoding === encoding)
      .flatMap((trial) => ("unsupported" in trial.lossByPosition ? [] : [trial.lossByPosition]));
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
      y: mean(losses),
    }));
    return { points, reach: length };
  });
}

/** Nats per token of the training batches, averaged over seeds and over runs of neighbouring steps. */
export function trainingLoss(results: AnyResults): Curve[] {
  const bins = 80;
  return curves(results, (encoding) => {
    const trials = [...results.trials].filter((trial) => trial.encoding === encoding);
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
        y: mean(group.map(({ loss }) => loss)),
      }));
    return { points, reach: last };
  });
}

/**
 * Where a figure's vertical axis should end: at the top of the curves, unless that presses what must be seen
 * well (`must`) into the lowest sixth of the height; then at three times the height of that.
 */
export function ceilingOf(curves: readonly Curve[], must: readonly number[]): number {
  const all = curves.flatMap((curve) => curve.points.flatMap(({ y, high }) => [y, high ?? y]));
  const low = Math.min(...all);
  const high = Math.max(...all);
  const needed = Math.max(...must.filter(Number.isFinite), low + 0.05) - low;
  return high - low <= 6 * needed ? high : low + 3 * needed;
}
