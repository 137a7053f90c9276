/**
 * Claims judged by intervals over paired trainings.
 *
 * Two models of one experiment and one seed are a pair: they share first values, batches and samples. Each pair
 * gives a claim one number, positive where it agrees: with three seeds a claim about one experiment has three,
 * one about four tasks has twelve. Student's interval of their mean, at 95 % for all claims of a row together
 * (Bonferroni), decides: wholly above 0 the claim is shown, wholly below it is contradicted, else it is open.
 * Where pairs agree exactly the error is not 0 but that of the samples, or of one exchange in one ranking.
 *
 * @module
 */
import { intervalOf } from "../src/comparison/statistics/intervals.ts";
import type { Interval } from "../src/comparison/statistics/intervals.ts";
import { mean, meanOfSeeds } from "../src/measures/estimate.ts";
import type { Run } from "../src/measures/estimate.ts";
import { worseSign } from "../src/measures/measure.ts";
import type { RankingMeasure } from "../src/measures/measure.ts";
import { measureNamed } from "./experiment.ts";
import { leastVariance } from "./least-variance.ts";
import type { Claim, MeasureName, Place } from "./experiment.ts";
import { readBits, samplesOf, valueIn } from "./record.ts";
import type { ExperimentRecord, ScoreRecord } from "./record.ts";

/** How a claim came out. */
export type Outcome = "shown" | "contradicted" | "open" | "not measured";

/** A claim and how it came out. */
export interface Judged {
  readonly claim: Claim;
  readonly outcome: Outcome;
  /** Mean over pairs; positive agrees with the claim. Absent where nothing was measured. */
  readonly mean?: number;
  /** 95 % for all claims judged together. */
  readonly interval?: Interval | null;
  /** Why nothing was measured. */
  readonly reason?: string;
}

/** The records by experiment. */
export type Records = ReadonlyMap<string, ExperimentRecord>;

/** Judges claims together. */
export function judge(claims: readonly Claim[], records: Records): readonly Judged[] {
  const confidence = 1 - 0.05 / Math.max(1, claims.length);
  return claims.map((claim): Judged => {
    try {
      const { perPair, floor } = valuesOf(claim, records);
      const estimate = meanOfSeeds(perPair);
      const standardError = Math.max(estimate.standardError, floor);
      const interval = intervalOf({ ...estimate, standardError }, confidence);
      const outcome =
        interval && interval.low > 0
          ? "shown"
          : interval && interval.high < 0
            ? "contradicted"
            : "open";
      return { claim, outcome, mean: estimate.mean, interval };
    } catch (error) {
      if (!(error instanceof NotMeasured)) throw error;
      return { claim, outcome: "not measured", reason: error.message };
    }
  });
}

/** The verdict of a row, from its claims. */
export type RowVerdict =
  "reproduced" | "reproduced in part" | "not decided" | "not reproduced" | "not run";

/** The verdict of all claims together. */
export function verdictOf(judged: readonly Judged[]): RowVerdict {
  const has = (outcome: Outcome): boolean => judged.some((one) => one.outcome === outcome);
  if (judged.length === 0 || judged.every(({ outcome }) => outcome === "not measured"))
    return "not run";
  if (has("contradicted")) return "not reproduced";
  if (!has("shown")) return "not decided";
  return judged.every(({ outcome }) => outcome === "shown") ? "reproduced" : "reproduced in part";
}

/** A claim that cannot be judged: an encoding that is absent, or has no number at a length. */
class NotMeasured extends Error {
  override readonly name = "NotMeasured";
}

interface PerPair {
  readonly perPair: readonly number[];
  /** Least standard error of the mean. */
  readonly floor: number;
}

function valuesOf(claim: Claim, records: Records): PerPair {
  if (claim.kind === "rank") return rankDifferences(claim, records);
  const measure = measureNamed(claim.measure);
  if (claim.kind === "holds") {
    const { encoding, from, to, within } = claim;
    const [before, after] = [from, to].map((place) => scoresAt(records, encoding, place, measure));
    const relative = "relative" in measure.tolerance;
    const perPair = before!.map(({ value }, seed) => {
      const allowed = relative ? within * value : within;
      return allowed - worseSign(measure) * (after![seed]!.value - value);
    });
    const variance = leastVariance(measure, before!, after!, false);
    return { perPair, floor: Math.sqrt(variance) };
  }
  const { better, worse, at } = claim;
  const experiments = byExperiment(at).map((places) => {
    const compared = places.map((place) => {
      const [ours, theirs] = [better, worse].map((encoding) =>
        scoresAt(records, encoding, place, measure),
      );
      return {
        differences: ours!.map(
          ({ value }, seed) => worseSign(measure) * (theirs![seed]!.value - value),
        ),
        variance: leastVariance(measure, ours!, theirs!, true),
      };
    });
    return {
      perPair: meanOfLists(compared.map(({ differences }) => differences)),
      variance: sumOf(compared.map(({ variance }) => variance)) / places.length ** 2,
    };
  });
  return {
    perPair: experiments.flatMap(({ perPair }) => perPair),
    floor: Math.sqrt(sumOf(experiments.map(({ variance }) => variance))) / experiments.length,
  };
}

/** Places by their experiment, whose models are other models. */
function byExperiment(places: readonly Place[]): readonly (readonly Place[])[] {
  const ids = [...new Set(places.map(({ experiment }) => experiment))];
  return ids.map((id) => places.filter(({ experiment }) => experiment === id));
}

/** `[[1, 2], [3, 6]]` is `[2, 4]`. */
function meanOfLists(lists: readonly (readonly number[])[]): number[] {
  return lists[0]!.map((_, at) => mean(lists.map((list) => list[at]!)));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** The values of an encoding at a place, seeds in their order; raises NotMeasured, with the reason, where there are none. */
export function scoresAt(
  records: Records,
  encoding: string,
  { experiment, length, protocol }: Place,
  measure: RankingMeasure,
): readonly Run[] {
  const record = records.get(experiment);
  if (!record) throw new NotMeasured(`the experiment ${experiment} was not run`);
  const count = samplesOf(record);
  const runs = record.settings.seeds.map((seed): Run => {
    const model = record.models.find((one) => one.encoding === encoding && one.seed === seed);
    if (!model) throw new NotMeasured(`${encoding} was not trained in ${experiment}`);
    const first = model.scores[0]?.protocol;
    const entry = model.scores.find(
      (score) => score.length === length && score.protocol === (protocol ?? first),
    );
    if (!entry) throw new NotMeasured(`${experiment} has no length ${length}`);
    if (entry.unsupported !== undefined)
      throw new NotMeasured(`${encoding} at length ${length}: ${entry.unsupported}`);
    return runOf(entry, measure, count);
  });
  if (!runs.every(({ value }) => Number.isFinite(value)))
    throw new NotMeasured(`${encoding} at length ${length} has no finite value`);
  return runs;
}

function runOf(entry: ScoreRecord, measure: RankingMeasure, count: number): Run {
  const items = entry.correct === undefined ? {} : { correct: readBits(entry.correct, count) };
  return { value: valueIn(entry, measure) ?? NaN, items, count };
}

function rankDifferences(claim: Extract<Claim, { kind: "rank" }>, records: Records): PerPair {
  const { better, worse, among, at, measure } = claim;
  const perPair = byExperiment(at).flatMap((places) =>
    meanOfLists(
      places.map((place) => {
        const ranks = reciprocalRanks(records, among, place, measure);
        const [ours, theirs] = [ranks.get(better)!, ranks.get(worse)!];
        return ours.map((rank, seed) => rank - theirs[seed]!);
      }),
    ),
  );
  // As if first and second had changed places in one ranking of one pair.
  const [first] = byExperiment(at);
  return { perPair, floor: 0.5 / (first!.length * perPair.length) };
}

/** For each encoding and seed 1 / rank; encodings that tie share the mean of their ranks. */
export function reciprocalRanks(
  records: Records,
  among: readonly string[],
  place: Place,
  name: MeasureName,
): ReadonlyMap<string, readonly number[]> {
  const measure = measureNamed(name);
  const scores = among.map((encoding) =>
    scoresAt(records, encoding, place, measure).map(({ value }) => value),
  );
  return new Map(
    among.map((encoding, which) => [
      encoding,
      scores[which]!.map((own, seed) => {
        const others = scores.map((values) => worseSign(measure) * (own - values[seed]!));
        const above = others.filter((difference) => difference > 0).length;
        const level = others.filter((difference) => difference === 0).length;
        return 1 / (above + (level + 1) / 2);
      }),
    ]),
  );
}
