/**
 * Which recorded encodings are best at a place, which are not shown to be worse, and which are: by the intervals of
 * `reproduce/claims.ts` over paired seeds.
 *
 * @module
 */
import { judge, scoresAt } from "../../reproduce/claims.ts";
import type { Records } from "../../reproduce/claims.ts";
import { measureNamed } from "../../reproduce/experiment.ts";
import type { Claim, MeasureName, Place } from "../../reproduce/experiment.ts";
import type { Interval } from "../../src/comparison/statistics/intervals.ts";
import { mean } from "../../src/measures/estimate.ts";
import { allowedChange, worseSign } from "../../src/measures/measure.ts";

/** One encoding at a place, beside the best. */
export interface Standing {
  readonly encoding: string;
  /** Mean of the seeds. */
  readonly value: number;
  /** How much worse than the best, and its interval; of the best itself 0 and null. */
  readonly behind: number;
  readonly interval: Interval | null;
}

/** All recorded encodings at one place. */
export interface Standings {
  readonly place: Place;
  readonly measure: MeasureName;
  readonly seeds: number;
  readonly best: Standing;
  /** Shown to be as good: their whole interval is below the measure's tolerance. The nearest first. */
  readonly level: readonly Standing[];
  /** Neither shown to be as good nor shown to be worse. */
  readonly open: readonly Standing[];
  /** Shown to be worse: the whole interval is above zero, and not all of it below the tolerance. */
  readonly worse: readonly Standing[];
  /** Those without a number there. */
  readonly without: readonly string[];
}

/**
 * The standings. Intervals hold at 95 % for all differences to the best together.
 *
 * @throws {Error} no encoding has a number there
 */
export function standingsAt(records: Records, place: Place, measure: MeasureName): Standings {
  const record = records.get(place.experiment);
  const valued = (record?.settings.encodings ?? []).map((encoding) => {
    try {
      const runs = scoresAt(records, encoding, place, measureNamed(measure));
      return { encoding, value: mean(runs.map(({ value }) => value)) };
    } catch {
      return { encoding, value: undefined };
    }
  });
  const sign = worseSign(measureNamed(measure));
  const found = valued
    .flatMap(({ encoding, value }) => (value === undefined ? [] : [{ encoding, value }]))
    .sort((a, b) => sign * (a.value - b.value));
  const [first, ...others] = found;
  if (record === undefined || first === undefined)
    throw new Error(`docs: nothing was recorded at ${place.experiment}, ${place.length}.`);
  const claims = others.map(({ encoding }): Claim => ({
    kind: "order",
    ...{ better: first.encoding, worse: encoding, at: [place], measure },
  }));
  const judged = judge(claims, records);
  const tolerated = allowedChange(measureNamed(measure), first.value);
  const standings = others.map((one, which) => {
    const interval = judged[which]!.interval ?? null;
    const behind = judged[which]!.mean ?? NaN;
    const group =
      interval === null
        ? "open"
        : interval.high < tolerated
          ? "level"
          : interval.low > 0
            ? "worse"
            : "open";
    return { ...one, behind, interval, group };
  });
  return {
    ...{ place, measure, seeds: record.settings.seeds.length },
    best: { ...first, behind: 0, interval: null },
    level: standings.filter(({ group }) => group === "level"),
    open: standings.filter(({ group }) => group === "open"),
    worse: standings.filter(({ group }) => group === "worse"),
    without: valued.flatMap(({ encoding, value }) => (value === undefined ? [encoding] : [])),
  };
}
