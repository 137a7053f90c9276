/**
 * Reads results.json and refuses what is not one, naming the place: a report made from half a document
 * would look like a result.
 *
 * @module
 */
import { z } from "zod";
import { parseJson } from "../json.ts";
import type { TrainingConfiguration } from "./configuration.ts";
import type { Interval } from "./statistics/intervals.ts";
import { mostSeeds } from "./statistics/seeds-to-decide.ts";
import { kindOf } from "./kinds/index.ts";
import type { Kind } from "./kinds/kind.ts";
import { compareEncodings } from "./compare-encodings.ts";
import type { Compared, Difference, Failed, Ranked } from "./ranked.ts";
import { placeFields, trialSchema } from "./read-trial.ts";
import type { JudgedBy, Version } from "./read-trial.ts";
import { resultsSchema } from "./results.ts";
import type { Configuration, Environment, Results } from "./results.ts";
import {
  count,
  either,
  fail,
  list,
  measurement,
  number,
  object,
  oneOf,
  optional,
  upTo,
} from "./schemas.ts";
import { readWith, ResultsError, show, text } from "./schemas.ts";
import type { Trial } from "./trial-record.ts";
import type { Tuning } from "./tuning.ts";
import type { Yardstick, YardstickValue } from "./yardstick.ts";

export { ResultsError } from "./schemas.ts";

/**
 * The document of a comparison, checked. One that was written as "relpos-compare/1" is read as "relpos-compare/2".
 *
 * @throws {ResultsError} naming the first value that is missing or of the wrong kind
 */
export function parseResults(source: string): Results {
  const { document, version } = readDocument(source);
  const given = readWith(
    z.looseObject({}, "an object"),
    document["configuration"],
    "configuration",
  );
  const kind = kindOf(given);
  const configuration = readWith(configurationSchema(kind), given, "configuration");
  const by = judgedBy(kind, configuration);
  const record = readWith(
    object({
      ...recordFields,
      trials: list(trialSchema(by, version)),
      comparison: list(version === 1 ? anything : comparedSchema(by)),
      yardsticks: optional(list(yardstickSchema(by))),
      tuning: optional(tuningSchema),
    }),
    document,
  );
  const { relpos, command, startedAt, environment, trials, yardsticks, tuning } = record;
  trials.forEach((trial, t) => checkTrial(trial, configuration, `trials[${t}]`, version));
  // Version 1 was ranked by other statistics, and has everything from which it can be ranked again.
  const comparison =
    version === 1 ? compareEncodings(configuration, trials) : (record.comparison as Compared[]);
  const results: Results = {
    schema: resultsSchema,
    ...{ relpos, command },
    ...(startedAt === undefined ? {} : { startedAt }),
    ...{ environment, configuration, trials, comparison },
    ...(yardsticks === undefined ? {} : { yardsticks }),
    ...(tuning === undefined ? {} : { tuning }),
  };
  comparison.forEach(({ encoding }, c) =>
    checkEncoding(encoding, configuration, `comparison[${c}].encoding`),
  );
  tuning?.encodings.forEach(({ encoding, losses }, t) => {
    const place = `tuning.encodings[${t}]`;
    checkEncoding(encoding, configuration, `${place}.encoding`);
    if (losses.length !== tuning.rates.length)
      fail(`${place}.losses`, `as long as tuning.rates (${tuning.rates.length})`, losses.length);
  });
  return results;
}

/**
 * The record of a trial, checked; `configuration` is that of its comparison.
 *
 * @throws {ResultsError} naming the first value that is missing or of the wrong kind
 */
export function parseTrial(value: unknown, configuration: Configuration): Trial {
  const kind = kindOf(configuration);
  const trial = readWith(trialSchema(judgedBy(kind, configuration), 2), value);
  checkTrial(trial, configuration, "", 2);
  return trial;
}

function judgedBy(kind: Kind, configuration: Configuration): JudgedBy {
  return {
    protocols: kind.protocols(configuration),
    measures: kind.measures(configuration),
    ...(kind.itemsInVersion1 === undefined ? {} : { itemsInVersion1: kind.itemsInVersion1 }),
  };
}

/** The JSON of a document, and its version. */
function readDocument(source: string): {
  readonly document: Readonly<Record<string, unknown>>;
  readonly version: Version;
} {
  let value: unknown;
  try {
    value = parseJson(source);
  } catch (cause) {
    throw new ResultsError(
      "",
      `this is not JSON (${(cause as Error).message}). ` +
        `Pass the results.json that relpos compare wrote; a file that ends early was cut off.`,
    );
  }
  const document = readWith(z.looseObject({}, "an object"), value);
  const versions: Readonly<Record<string, Version>> = { "relpos-compare/1": 1, [resultsSchema]: 2 };
  const version = versions[String(document["schema"])];
  if (version === undefined)
    throw new ResultsError(
      "schema",
      `schema is ${show(document["schema"])}; this version reads ${Object.keys(versions).map(show).join(" and ")}. ` +
        `Run the comparison again, or use the version of relpos that wrote the file.`,
    );
  return { document, version };
}

/** What was compared and how it was trained. */
function configurationSchema(kind: Kind): z.ZodType<Configuration> {
  const training: Readonly<Record<keyof TrainingConfiguration, z.ZodType>> = {
    encodings: list(text, 1),
    seeds: list(number, 1),
    vocab: count,
    model: object({ width: count, heads: count, layers: count, hidden: count }),
    trainLength: count,
    testLengths: list(count, 1),
    steps: count,
    batch: count,
    learningRate: optional(number),
    notes: optional(
      z.record(z.string(), z.union([z.string(), z.number()], "a string"), "an object"),
    ),
  };
  return object({ ...training, ...kind.subject }) as unknown as z.ZodType<Configuration>;
}

const environment: z.ZodType<Environment> = object({
  node: text,
  platform: text,
  cpu: text,
  cores: count,
  onnxruntime: text,
  device: text,
  threads: count,
});

const recordFields = { relpos: text, command: text, startedAt: optional(text), environment };

const anything: z.ZodType<unknown> = z.unknown();

const whole: z.ZodType<number> = z
  .number("a whole number")
  .int("a whole number")
  .min(0, "0 or more");

const interval: z.ZodType<Interval | null> = object({ low: number, high: number }).nullable();

const difference: z.ZodType<Difference> = object({
  mean: number,
  interval,
  simultaneous: interval,
  trained: interval,
  worseSeeds: whole,
});

const tuningSchema: z.ZodType<Tuning> = object({
  seed: number,
  judgedOn: text,
  rates: list(number, 2),
  encodings: list(object({ encoding: text, rate: number, losses: list(measurement) }), 1),
});

/** What counting, compressing or guessing reaches. */
function yardstickSchema({ measures, protocols }: JudgedBy): z.ZodType<Yardstick> {
  const known = measures.map(({ id }) => id);
  const values = z
    .record(z.string(), number, "an object")
    .refine(
      (given) => Object.keys(given).every((id) => known.includes(id)),
      `an object of ${known.join(" and ")}`,
    );
  const reached: z.ZodType<YardstickValue> = object({ ...placeFields(protocols), values });
  return object({ id: text, name: text, reached: list(reached) });
}

/** One row of the comparison. */
function comparedSchema({ measures, protocols }: JudgedBy): z.ZodType<Compared> {
  const failed: z.ZodType<Failed> = object({
    encoding: text,
    ...placeFields(protocols),
    failed: text,
  });
  const ranked: z.ZodType<Ranked> = object({
    encoding: text,
    ...placeFields(protocols),
    measure: oneOf(...measures.map(({ id }) => id)),
    value: number,
    interval,
    standing: oneOf("best", "level", "behind"),
    difference,
    growth: difference.nullable(),
    seedsToDecide: optional(upTo(mostSeeds).nullable()),
  });
  return either("failed", failed, ranked);
}

/** Refuses a trial whose names and sizes do not agree with one another or with the configuration. */
function checkTrial(
  { encoding, evaluations, scorePicture: picture }: Trial,
  configuration: Configuration,
  at: string,
  version: Version,
): void {
  const place = (field: string): string => (at ? `${at}.${field}` : field);
  checkEncoding(encoding, configuration, place("encoding"));
  const kind = kindOf(configuration);
  const under = version === 2 ? "items" : kind.itemsInVersion1;
  const expected = kind.itemCount(configuration);
  evaluations.forEach((entry, e) => {
    if ("unsupported" in entry) return;
    const columns = Object.entries(entry.items);
    const [first, { length }] = columns[0]!;
    for (const [name, numbers] of columns) {
      const where = place([`evaluations[${e}]`, ...(under ? [under] : []), name].join("."));
      if (expected && numbers.length !== expected.count)
        fail(where, `${expected.field} = ${expected.count} numbers`, numbers.length);
      if (numbers.length !== length) fail(where, `as long as ${first} (${length})`, numbers.length);
    }
  });
  if (picture && picture.values.length !== picture.size ** 2)
    fail(
      place("scorePicture.values"),
      `size * size = ${picture.size ** 2} numbers`,
      picture.values.length,
    );
}

function checkEncoding(encoding: string, { encodings }: Configuration, at: string): void {
  if (!encodings.includes(encoding)) fail(at, "one of configuration.encodings", encoding);
}
