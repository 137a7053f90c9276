/**
 * What the records in `docs/results/` say of one encoding, at the train length and at the longest.
 *
 * @module
 */
import { measureNamed } from "../../../reproduce/experiment.ts";
import type { MeasureName } from "../../../reproduce/experiment.ts";
import { valueIn } from "../../../reproduce/record.ts";
import type { ExperimentRecord } from "../../../reproduce/record.ts";
import { intervalOf } from "../../../src/comparison/statistics/intervals.ts";
import { decimal, grouped, multiple } from "../../../src/format.ts";
import { mean, meanOfSeeds } from "../../../src/measures/estimate.ts";
import { table } from "../markdown.ts";

/** One encoding in one experiment, at one length. */
export interface Recorded {
  readonly experiment: string;
  /** As it was written: `t5(form=scaled)`. */
  readonly encoding: string;
  readonly measure: MeasureName;
  readonly length: number;
  readonly trainLength: number;
  /** Whether it was judged beyond the train length, with a number or without. */
  readonly beyond: boolean;
  /** Of each seed. */
  readonly values: readonly number[];
}

/** The experiments with this project's own options, that on text first; those with a study's options are in docs/results.md alone. */
export function ownExperiments(records: ReadonlyMap<string, ExperimentRecord>): ExperimentRecord[] {
  const own = [...records.values()].filter(({ experiment }) => !experiment.endsWith("-nope"));
  return own.toSorted((a, b) => Number(b.experiment === "text") - Number(a.experiment === "text"));
}

/** The id of an encoding as it was written, before its options. */
export function idOf(encoding: string): string {
  return /^[\w-]+/.exec(encoding)?.[0] ?? encoding;
}

/** Everything that was recorded of the encoding with an id, under the first protocol of each experiment. */
export function recordedOf(
  id: string,
  records: ReadonlyMap<string, ExperimentRecord>,
): readonly Recorded[] {
  return ownExperiments(records).flatMap((record) =>
    record.settings.encodings
      .filter((encoding) => idOf(encoding) === id)
      .flatMap((encoding) =>
        record.settings.testLengths.flatMap((length) => at(record, encoding, length)),
      ),
  );
}

function at(record: ExperimentRecord, encoding: string, length: number): Recorded[] {
  const { experiment, models, settings } = record;
  const measure: MeasureName = experiment === "text" ? "bits per byte" : "exact match";
  const values = models
    .filter((model) => model.encoding === encoding)
    .flatMap(({ scores }) => {
      const first = scores[0]?.protocol;
      const score = scores.find((one) => one.length === length && one.protocol === first);
      const value = score && valueIn(score, measureNamed(measure));
      return value === undefined ? [] : [value];
    });
  const { trainLength, testLengths } = settings;
  if (values.length === 0 || trainLength === undefined) return [];
  const beyond = testLengths.some((tested) => tested > trainLength);
  return [{ experiment, encoding, measure, length, trainLength, beyond, values }];
}

/** "2.705 (2.612 to 2.798)": the mean of the seeds and its 95 % interval, inside the measure's range. */
export function withInterval({ values, measure }: Pick<Recorded, "values" | "measure">): string {
  const [least, most] = measureNamed(measure).range;
  const interval = intervalOf(meanOfSeeds(values));
  const words = decimal(mean(values));
  if (interval === null || interval.high - interval.low < 5e-4) return words;
  const ends = [Math.max(least, interval.low), Math.min(most, interval.high)].map((end) =>
    decimal(end),
  );
  return `${words} (${ends.join(" to ")})`;
}

/** The table of a page; undefined where nothing was recorded. */
export function recordedTable(
  id: string,
  records: ReadonlyMap<string, ExperimentRecord>,
): string | undefined {
  const all = recordedOf(id, records);
  if (all.length === 0) return undefined;
  const names = [...new Set(all.map(({ experiment, encoding }) => `${experiment} ${encoding}`))];
  const rows = names.map((name) => {
    const own = all.filter((one) => `${one.experiment} ${one.encoding}` === name);
    const [first] = own as [Recorded, ...Recorded[]];
    const longest = own.at(-1)!;
    const { experiment, encoding, measure, trainLength } = first;
    return [
      `${experiment}, ${measure}`,
      `\`${encoding}\``,
      `${withInterval(first)} at ${grouped(first.length)}`,
      longest === first
        ? first.beyond
          ? "no number"
          : "not judged beyond it"
        : `${withInterval(longest)} at ${grouped(longest.length)} (${multiple(longest.length, trainLength)})`,
    ];
  });
  return table(["Measured", "Encoding as written", "At the train length", "At the longest"], rows);
}
