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
import type { Interval } from "../src/comparison/results.ts";
import { errorOfSamples } from "../src/comparison/shares.ts";
import { intervalOf, mean, meanOfSeeds } from "../src/comparison/statistics.ts";
import type { Claim, MeasureName, Place } from "./experiment.ts";
import { readBits } from "./record.ts";
import type { ExperimentRecord, ScoreRecord } from "./record.ts";

/** What becomes of a claim. */
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

/** What a row's claims come to. */
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
  if (claim.kind === "holds") {
    const { encoding, from, to, within, measure } = claim;
    const [before, after] = [from, to].map((place) => scoresAt(records, encoding, place, measure));
    const ofLoss = measure === "bits per byte";
    const perPair = before!.values.map((x, seed) =>
      ofLoss ? within * x - (after!.values[seed]! - x) : within + after!.values[seed]! - x,
    );
    return { perPair, floor: Math.sqrt(varianceOfSamples(before!, after!, measure, false)) };
  }
  const { better, worse, at, measure } = claim;
  const sign = measure === "bits per byte" ? -1 : 1;
  const experiments = byExperiment(at).map((places) => {
    const compared = places.map((place) => {
      const [ours, theirs] = [better, worse].map((encoding) =>
        scoresAt(records, encoding, place, measure),
      );
      return {
        differences: ours!.values.map((x, seed) => sign * (x - theirs!.values[seed]!)),
        variance: varianceOfSamples(ours!, theirs!, measure),
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

/** One encoding at one place, seeds in their order. */
export interface Scores {
  readonly values: readonly number[];
  readonly entries: readonly ScoreRecord[];
  readonly samples: number;
}

/** The scores of an encoding at a place; raises NotMeasured, with the reason, where there are none. */
export function scoresAt(
  records: Records,
  encoding: string,
  { experiment, length, protocol }: Place,
  measure: MeasureName,
): Scores {
  const record = records.get(experiment);
  if (!record) throw new NotMeasured(`the experiment ${experiment} was not run`);
  const { seeds } = record.settings;
  const entries = seeds.map((seed) => {
    const model = record.models.find((one) => one.encoding === encoding && one.seed === seed);
    if (!model) throw new NotMeasured(`${encoding} was not trained in ${experiment}`);
    const first = model.scores[0]?.protocol;
    const entry = model.scores.find(
      (score) => score.length === length && score.protocol === (protocol ?? first),
    );
    if (!entry) throw new NotMeasured(`${experiment} has no length ${length}`);
    if (entry.unsupported !== undefined)
      throw new NotMeasured(`${encoding} at length ${length}: ${entry.unsupported}`);
    return entry;
  });
  const values = entries.map((entry) => valueOf(entry, measure));
  if (!values.every(Number.isFinite))
    throw new NotMeasured(`${encoding} at length ${length} has no finite score`);
  const samples = "task" in record.settings ? record.settings.evaluationSamples : 0;
  return { values, entries, samples };
}

function valueOf(entry: ScoreRecord, measure: MeasureName): number {
  const value = {
    "bits per byte": entry.bitsPerByte,
    "exact match": entry.exactMatch,
    "accuracy by token": entry.tokenAccuracy,
  }[measure];
  return value ?? NaN;
}

/** Variance of a mean difference over the seeds that the samples alone would leave; `same`: that both answered. */
function varianceOfSamples(a: Scores, b: Scores, measure: MeasureName, same = true): number {
  if (measure === "bits per byte") return 0;
  if (measure === "exact match" && same) {
    const answered = ({ entries, samples }: Scores): { exactMatch: number; correct: number[] }[] =>
      entries.map(({ exactMatch, correct }) => ({
        exactMatch: exactMatch!,
        correct: readBits(correct!, samples),
      }));
    return errorOfSamples(answered(a), answered(b)) ** 2;
  }
  // Tokens of a sample are not independent: a sample counts as one.
  return [a, b].reduce((sum, { values, samples }) => {
    const n = values.length * samples;
    const share = (mean(values) * n + 0.5) / (n + 1);
    return sum + (share * (1 - share)) / n;
  }, 0);
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
  measure: MeasureName,
): ReadonlyMap<string, readonly number[]> {
  const scores = among.map((encoding) => scoresAt(records, encoding, place, measure).values);
  const sign = measure === "bits per byte" ? -1 : 1;
  return new Map(
    among.map((encoding, which) => [
      encoding,
      scores[which]!.map((own, seed) => {
        const others = scores.map((values) => sign * (values[seed]! - own));
        const above = others.filter((difference) => difference > 0).length;
        const level = others.filter((difference) => difference === 0).length;
        return 1 / (above + (level + 1) / 2);
      }),
    ]),
  );
}
