/**
 * Reads results.json and refuses what is not one, naming the place: a report made from half a document
 * would look like a result.
 *
 * @module
 */
import type * as R from "./results.ts";

export class ResultsError extends Error {
  /** Path of the offending value: "trials[2].seed". */
  readonly path: string;

  constructor(path: string, message: string) {
    super(`results: ${message}`);
    this.name = "ResultsError";
    this.path = path;
  }
}

/**
 * The document in `text`, checked.
 *
 * @throws ResultsError naming the first value that is missing or of the wrong kind.
 */
export function parseResults(text: string): R.Results {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ResultsError(
      "",
      `this is not JSON (${(cause as Error).message}). ` +
        `Pass the results.json that relpos compare wrote; a file that ends early was cut off.`,
    );
  }
  const { schema } = record(value, "the document");
  if (schema !== "relpos-compare/1")
    throw new ResultsError(
      "schema",
      `schema is ${show(schema)}; this version reads "relpos-compare/1". ` +
        `Run the comparison again, or use the version of relpos that wrote the file.`,
    );
  const results = readResults(value, "") as unknown as R.Results;
  checkReferences(results);
  return results;
}

type Reader = (value: unknown, path: string) => unknown;

function fail(path: string, expected: string, got: unknown): never {
  throw new ResultsError(
    path,
    `${path} must be ${expected}, got ${show(got)}. Run the comparison again to write a whole document.`,
  );
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    fail(path, "an object", value);
  return value as Record<string, unknown>;
}

const text: Reader = (value, path) =>
  typeof value === "string" ? value : fail(path, "a string", value);

const number: Reader = (value, path) =>
  typeof value === "number" && Number.isFinite(value) ? value : fail(path, "a number", value);

const count: Reader = (value, path) =>
  Number.isSafeInteger(value) && (value as number) > 0
    ? value
    : fail(path, "a positive integer", value);

/** A measurement; null stands for one that was not finite. */
const measurement: Reader = (value, path) => (value === null ? NaN : number(value, path));

const nullable =
  (read: Reader): Reader =>
  (value, path) =>
    value === null ? null : read(value, path);

const oneOf =
  (...words: readonly string[]): Reader =>
  (value, path) =>
    words.includes(value as string) ? value : fail(path, words.map(show).join(" or "), value);

const list =
  (read: Reader, least = 0): Reader =>
  (value, path) => {
    if (!Array.isArray(value)) fail(path, "an array", value);
    if (value.length < least) fail(path, "an array that is not empty", value);
    return value.map((item, i) => read(item, `${path}[${i}]`));
  };

/** Keys ending in "?" may be absent; keys that are not named are dropped. */
const object =
  (fields: Readonly<Record<string, Reader>>): Reader =>
  (value, path) => {
    const source = record(value, path || "the document");
    const read: Record<string, unknown> = {};
    for (const [key, reader] of Object.entries(fields)) {
      const name = key.replace("?", "");
      if (key.endsWith("?") && source[name] === undefined) continue;
      read[name] = reader(source[name], path ? `${path}.${name}` : name);
    }
    return read;
  };

/** `present` when the value has `key`, else `absent`. */
const either =
  (key: string, present: Reader, absent: Reader): Reader =>
  (value, path) =>
    (typeof value === "object" && value !== null && key in value ? present : absent)(value, path);

const place = { length: count, protocol: oneOf("windows", "sliding") };
const unsupported = object({ unsupported: text });
const windows = object({ bits: list(measurement, 1), bytes: list(number, 1) });
const interval = nullable(object({ low: number, high: number }));
const difference = object({ mean: number, interval, simultaneous: interval });

const evaluation = either(
  "unsupported",
  object({ ...place, unsupported: text }),
  object({
    ...place,
    bitsPerByte: measurement,
    perplexity: measurement,
    tokens: count,
    windows,
  }),
);

const trial = object({
  encoding: text,
  seed: number,
  parameters: count,
  secondsPerStep: measurement,
  peakMemoryBytes: measurement,
  trainingLoss: list(object({ step: number, loss: measurement })),
  evaluations: list(evaluation, 1),
  lossByPosition: either("unsupported", unsupported, list(measurement)),
  "scorePicture?": object({ size: count, values: list(measurement), caption: text }),
});

const compared = either(
  "failed",
  object({ encoding: text, ...place, failed: text }),
  object({
    encoding: text,
    ...place,
    bitsPerByte: number,
    interval,
    standing: oneOf("best", "level", "behind"),
    difference,
    growth: nullable(difference),
    over: oneOf("paired windows of text", "paired seeds"),
  }),
);

const notes: Reader = (value, path) =>
  Object.fromEntries(
    Object.entries(record(value, path)).map(([key, note]) => [
      key,
      typeof note === "number" ? note : text(note, `${path}.${key}`),
    ]),
  );

const readResults = object({
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
  configuration: object({
    encodings: list(text, 1),
    seeds: list(number, 1),
    corpus: object({
      name: text,
      bytes: count,
      trainBytes: count,
      validationBytes: count,
      split: text,
    }),
    tokenizer: text,
    vocab: count,
    model: object({ width: count, heads: count, layers: count, hidden: count }),
    trainLength: count,
    testLengths: list(count, 1),
    steps: count,
    batch: count,
    learningRate: number,
    stride: count,
    "notes?": notes,
  }),
  trials: list(trial),
  comparison: list(compared),
}) as (value: unknown, path: string) => object;

/** What no single value can show: that names, lengths and sizes agree with one another. */
function checkReferences({ configuration, trials, comparison }: R.Results): void {
  const known = new Set(configuration.encodings);
  const check = (holds: boolean, path: string, expected: string, got: unknown): void => {
    if (!holds) fail(path, expected, got);
  };
  trials.forEach(({ encoding, evaluations, scorePicture: picture }, t) => {
    const path = `trials[${t}]`;
    check(known.has(encoding), `${path}.encoding`, "one of configuration.encodings", encoding);
    evaluations.forEach((entry, e) => {
      if (!("windows" in entry)) return;
      const { bits, bytes } = entry.windows;
      const where = `${path}.evaluations[${e}].windows.bytes`;
      check(bits.length === bytes.length, where, `as long as bits (${bits.length})`, bytes.length);
    });
    if (picture)
      check(
        picture.values.length === picture.size ** 2,
        `${path}.scorePicture.values`,
        `size * size = ${picture.size ** 2} numbers`,
        picture.values.length,
      );
  });
  comparison.forEach(({ encoding }, c) =>
    check(
      known.has(encoding),
      `comparison[${c}].encoding`,
      "one of configuration.encodings",
      encoding,
    ),
  );
}
