/**
 * Measures that are shown beside the one by which encodings are ranked: each encoding's value at each length, the mean
 * over its seeds.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import type { Place } from "../comparison/trial-record.ts";
import { decimal, inSentence, shortened } from "../format.ts";
import { mean } from "../measures/estimate.ts";
import type { Measure } from "../measures/measure.ts";
import { aligned } from "./aligned.ts";
import { lengthWithMultiple, wordingOf } from "./rows.ts";

/** One measure under one protocol. */
export interface BesideTable {
  /** "Accuracy by token on copy, samples drawn as in training (higher is better)" */
  readonly title: string;
  readonly measure: Measure;
  readonly rows: readonly {
    readonly encoding: string;
    /** One for each test length; undefined where a seed has no finite value. */
    readonly values: readonly (number | undefined)[];
  }[];
}

/** A table for each measure that is shown beside the ranked one, and each protocol that was judged. */
export function besideMeasures(results: Results): readonly BesideTable[] {
  const { encodings, testLengths } = results.configuration;
  const { beside, protocols, words } = wordingOf(results);
  return beside.flatMap((measure) =>
    protocols
      .filter(({ id }) => results.comparison.some((row) => row.protocol === id))
      .map(({ id, name }) => ({
        title:
          `${measure.printed.name}${words.on}, ${inSentence(name)} ` +
          `(${measure.better} is better)`,
        measure,
        rows: encodings.map((encoding) => ({
          encoding,
          values: testLengths.map((length) =>
            valueAt(results, encoding, { length, protocol: id }, measure),
          ),
        })),
      })),
  );
}

/** The same for a terminal, each table as lines. */
export function besideTables(results: Results): readonly (readonly string[])[] {
  const { testLengths, trainLength } = results.configuration;
  return besideMeasures(results).map(({ title, measure, rows }) => {
    const head = ["encoding", ...testLengths.map((at) => lengthWithMultiple(at, trainLength))];
    const body = rows.map(({ encoding, values }) => [
      shortened(encoding, 20),
      ...values.map((value) =>
        value === undefined ? "-" : decimal(value, measure.printed.digits),
      ),
    ]);
    return [
      title,
      ...aligned(
        [head, ...body].map((row) => row.map((text) => ({ text }))),
        false,
      ),
    ];
  });
}

function valueAt(
  { trials, configuration: { seeds } }: Results,
  encoding: string,
  { length, protocol }: Place,
  { id }: Measure,
): number | undefined {
  const values = seeds.map((seed) => {
    const trial = trials.find((trial) => trial.encoding === encoding && trial.seed === seed);
    const found = trial?.evaluations.find(
      (entry) => entry.length === length && entry.protocol === protocol,
    );
    return found && "values" in found ? (found.values[id] ?? NaN) : NaN;
  });
  return values.every(Number.isFinite) ? mean(values) : undefined;
}
