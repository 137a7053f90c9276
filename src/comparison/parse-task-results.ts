/**
 * Reads results.json of a comparison on a task.
 *
 * @module
 */
import { checkReferences, configuration, judged, picture } from "./document-parts.ts";
import { readDocument, runRecord, saysTask, trainedModel } from "./document-parts.ts";
import { count, either, fail, list, number } from "./json-reader.ts";
import { object, ResultsError, text } from "./json-reader.ts";
import type { Reader } from "./json-reader.ts";
import { parseResults } from "./parse-results.ts";
import type { AnyResults, TaskResults } from "./task-results.ts";

/**
 * The document of a comparison on a task, checked.
 *
 * @throws ResultsError naming the first value that is missing or of the wrong kind.
 */
export function parseTaskResults(source: string): TaskResults {
  const document = readDocument(source);
  if (!saysTask(document))
    throw new ResultsError(
      "configuration.task",
      `this document is of a comparison on text. Read it with parseResults.`,
    );
  const results = readResults(document, "") as TaskResults;
  checkReferences(results);
  const { conditions, samples } = results.configuration.task;
  const known = conditions.map(({ id }) => id);
  const condition = (protocol: string, path: string): void => {
    if (!known.includes(protocol))
      fail(path, "a condition of configuration.task.conditions", protocol);
  };
  results.trials.forEach(({ evaluations }, t) =>
    evaluations.forEach((entry, e) => {
      const path = `trials[${t}].evaluations[${e}]`;
      condition(entry.protocol, `${path}.protocol`);
      if ("correct" in entry && entry.correct.length !== samples)
        fail(
          `${path}.correct`,
          `configuration.task.samples = ${samples} numbers`,
          entry.correct.length,
        );
    }),
  );
  results.comparison.forEach(({ protocol }, c) => condition(protocol, `comparison[${c}].protocol`));
  return results;
}

/** A document of either kind. */
export function parseAnyResults(source: string): AnyResults {
  return saysTask(readDocument(source)) ? parseTaskResults(source) : parseResults(source);
}

const place = { length: count, protocol: text };

/** A number from 0 to 1. */
const share: Reader = (value, path) =>
  typeof value === "number" && value >= 0 && value <= 1
    ? value
    : fail(path, "a number from 0 to 1", value);

const zeroOrOne: Reader = (value, path) =>
  value === 0 || value === 1 ? value : fail(path, "0 or 1", value);

const evaluation = either(
  "unsupported",
  object({ ...place, unsupported: text }),
  object({
    ...place,
    exactMatch: share,
    tokenAccuracy: share,
    tokens: count,
    correct: list(zeroOrOne, 1),
  }),
);

const compared = either(
  "failed",
  object({ encoding: text, ...place, failed: text }),
  object({
    encoding: text,
    ...place,
    exactMatch: number,
    ...judged("paired samples", "paired seeds"),
  }),
);

const readResults = object({
  ...runRecord,
  configuration: configuration({
    task: object({
      name: text,
      summary: text,
      length: text,
      conditions: list(object({ id: text, summary: text }), 1),
      samples: count,
      rowTokens: count,
      example: text,
    }),
  }),
  trials: list(object({ ...trainedModel, evaluations: list(evaluation, 1), ...picture })),
  comparison: list(compared),
});
