/**
 * What a reader of results must know before he reads the ranking: models that are not better than a yardstick, and
 * models whose training ended too early.
 *
 * @module
 */
import { worseSign } from "../measures/measure.ts";
import type { RankingMeasure } from "../measures/measure.ts";
import { mean } from "../measures/estimate.ts";
import { baseLength } from "./configuration.ts";
import { fallsFast, lossTrend } from "./falling-loss.ts";
import type { LossTrend } from "./falling-loss.ts";
import { kindOf } from "./kinds/index.ts";
import { isRanked } from "./ranked.ts";
import type { Ranked } from "./ranked.ts";
import type { Results } from "./results.ts";
import type { Place } from "./trial-record.ts";
import { edgeOf } from "./tuning.ts";
import { yardstickValue } from "./yardstick.ts";

/** A warning. */
export type Warning = BelowYardstick | StillFalling | RateAtEdge;

/** A model that is not shown to be better than the best yardstick at a place. */
export interface BelowYardstick extends Place {
  readonly kind: "yardstick";
  readonly encoding: string;
  /** Id of the measure that encodings are ranked by. */
  readonly measure: string;
  /** The encoding's mean over its seeds. */
  readonly value: number;
  /** The id and the value of the yardstick. */
  readonly yardstick: string;
  readonly reached: number;
  /** True: the mean itself is no better. False: it is, but its 95 % interval holds the yardstick's value. */
  readonly worse: boolean;
}

/** A training loss that was falling fast at the end, see `falling-loss.ts`. */
export interface StillFalling {
  readonly kind: "falling";
  readonly encoding: string;
  /** Means over the seeds: the last training loss, and its fall with each doubling of the steps, in nats. */
  readonly last: number;
  readonly fall: number;
}

/** A learning rate that was chosen at an end of those that were tried: one beyond it may be better still. */
export interface RateAtEdge {
  readonly kind: "rate";
  readonly encoding: string;
  readonly rate: number;
  readonly edge: "lowest" | "highest";
}

/** All warnings: about yardsticks at the train length and the longest, under the main protocol; then about training and learning rates. */
export function warningsOf(results: Results): readonly Warning[] {
  return [...belowYardsticks(results), ...stillFalling(results), ...ratesAtEdges(results)];
}

function ratesAtEdges({ tuning }: Results): RateAtEdge[] {
  return (tuning?.encodings ?? []).flatMap(({ encoding, rate }) => {
    const edge = edgeOf(tuning!, { rate });
    return edge === undefined ? [] : [{ kind: "rate", encoding, rate, edge }];
  });
}

function belowYardsticks(results: Results): BelowYardstick[] {
  const { configuration, comparison } = results;
  const kind = kindOf(configuration);
  const [main] = kind.protocols(configuration);
  const [measure] = kind.measures(configuration);
  const lengths = new Set([baseLength(configuration), Math.max(...configuration.testLengths)]);
  return [...lengths].flatMap((length) => {
    const best = bestYardstick(results, { length, protocol: main!.id }, measure);
    if (best === undefined) return [];
    return comparison
      .filter(isRanked)
      .filter((row) => row.length === length && row.protocol === main!.id)
      .flatMap((row): BelowYardstick[] => {
        const { encoding, protocol, value } = row;
        const worse = worseSign(measure) * (value - best.reached) >= 0;
        if (!worse && isBetter(row, best.reached, measure)) return [];
        const place = { length, protocol, measure: measure.id };
        return [{ kind: "yardstick", encoding, ...place, value, ...best, worse }];
      });
  });
}

/** Whether all of the interval of the mean is better; the mean itself, where there is no interval. */
function isBetter({ interval, value }: Ranked, reached: number, measure: RankingMeasure): boolean {
  const sign = worseSign(measure);
  const ends = interval === null ? [value] : [interval.low, interval.high];
  return ends.every((end) => sign * (end - reached) < 0);
}

function bestYardstick(
  { yardsticks = [] }: Results,
  place: Place,
  measure: RankingMeasure,
): Pick<BelowYardstick, "yardstick" | "reached"> | undefined {
  const reached = yardsticks.flatMap((yardstick) => {
    const value = yardstickValue(yardstick, place, measure.id);
    return value === undefined ? [] : [{ yardstick: yardstick.id, reached: value }];
  });
  const sign = worseSign(measure);
  return reached.sort((a, b) => sign * (a.reached - b.reached))[0];
}

function stillFalling({ configuration: { encodings }, trials }: Results): StillFalling[] {
  return encodings.flatMap((encoding): StillFalling[] => {
    const trends = trials
      .filter((trial) => trial.encoding === encoding)
      .map(({ trainingLoss }) => lossTrend(trainingLoss));
    const known = trends.filter((trend): trend is LossTrend => trend !== undefined);
    if (known.length === 0) return [];
    const last = mean(known.map((trend) => trend.last));
    const fall = mean(known.map((trend) => trend.fall));
    const squares = known.reduce((sum, trend) => sum + trend.standardError ** 2, 0);
    const standardError = Math.sqrt(squares) / known.length;
    return fallsFast({ last, fall, standardError })
      ? [{ kind: "falling", encoding, last, fall }]
      : [];
  });
}
