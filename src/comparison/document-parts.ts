/**
 * The parts of results.json that comparisons on text and on tasks share, and what no single value can show:
 * that names, lengths and sizes agree with one another.
 *
 * @module
 */
import { count, fail, list, measurement, nullable, number } from "./json-reader.ts";
import { object, oneOf, record, ResultsError, show, text } from "./json-reader.ts";
import type { Reader } from "./json-reader.ts";
import type { RunRecord, ScorePicture, TrainingConfiguration } from "./results.ts";

/** The JSON of a document, its schema checked. */
export function readDocument(source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new ResultsError(
      "",
      `this is not JSON (${(cause as Error).message}). ` +
        `Pass the results.json that relpos compare wrote; a file that ends early was cut off.`,
    );
  }
  const document = record(value, "the document");
  if (document["schema"] !== "relpos-compare/1")
    throw new ResultsError(
      "schema",
      `schema is ${show(document["schema"])}; this version reads "relpos-compare/1". ` +
        `Run the comparison again, or use the version of relpos that wrote the file.`,
    );
  return document;
}

/** Whether a document says that it is of a task. */
export function saysTask({ configuration }: Record<string, unknown>): boolean {
  return typeof configuration === "object" && configuration !== null && "task" in configuration;
}

/** A 95 % interval, or null. */
export const interval: Reader = nullable(object({ low: number, high: number }));

const difference = object({ mean: number, interval, simultaneous: interval });

/** Why there is no number. */
export const unsupported: Reader = object({ unsupported: text });

/** What is known of a trained model beside its evaluations. */
export const trainedModel: Readonly<Record<string, Reader>> = {
  encoding: text,
  seed: number,
  parameters: count,
  secondsPerStep: measurement,
  peakMemoryBytes: measurement,
  trainingLoss: list(object({ step: number, loss: measurement })),
};

/** What a trial may have. */
export const picture: Readonly<Record<string, Reader>> = {
  "scorePicture?": object({ size: count, values: list(measurement), caption: text }),
};

/** How an encoding stands to the others. */
export function judged(...over: readonly string[]): Readonly<Record<string, Reader>> {
  return {
    interval,
    standing: oneOf("best", "level", "behind"),
    difference,
    growth: nullable(difference),
    over: oneOf(...over),
  };
}

const notes: Reader = (value, path) =>
  Object.fromEntries(
    Object.entries(record(value, path)).map(([key, note]) => [
      key,
      typeof note === "number" ? note : text(note, `${path}.${key}`),
    ]),
  );

/** What was compared and how it was trained, with `own` in the middle. */
export function configuration(own: Readonly<Record<string, Reader>>): Reader {
  return object({
    encodings: list(text, 1),
    seeds: list(number, 1),
    ...own,
    vocab: count,
    model: object({ width: count, heads: count, layers: count, hidden: count }),
    trainLength: count,
    testLengths: list(count, 1),
    steps: count,
    batch: count,
    learningRate: number,
    "notes?": notes,
  });
}

/** What was run, where, and by which command. */
export const runRecord: Readonly<Record<string, Reader>> = {
  schema: text,
  relpos: text,
  command: text,
  "startedAt?": text,
  environment: object({
    node: text,
    platform: text,
    cpu: text,
    cores: count,
    onnxruntime: text,
    device: text,
    threads: count,
  }),
};

/** What `checkReferences` looks at. */
interface Referring extends RunRecord {
  readonly configuration: TrainingConfiguration;
  readonly trials: readonly {
    readonly encoding: string;
    readonly scorePicture?: ScorePicture;
  }[];
  readonly comparison: readonly { readonly encoding: string }[];
}

/** Raises a ResultsError unless names and sizes agree. */
export function checkReferences({ configuration, trials, comparison }: Referring): void {
  const known = new Set(configuration.encodings);
  const named = (encoding: string, path: string): void => {
    if (!known.has(encoding)) fail(path, "one of configuration.encodings", encoding);
  };
  trials.forEach(({ encoding, scorePicture: picture }, t) => {
    named(encoding, `trials[${t}].encoding`);
    if (picture && picture.values.length !== picture.size ** 2)
      fail(
        `trials[${t}].scorePicture.values`,
        `size * size = ${picture.size ** 2} numbers`,
        picture.values.length,
      );
  });
  comparison.forEach(({ encoding }, c) => named(encoding, `comparison[${c}].encoding`));
}
