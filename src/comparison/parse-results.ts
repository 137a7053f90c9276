/**
 * Reads results.json and refuses what is not one, naming the place: a report made from half a document
 * would look like a result.
 *
 * @module
 */
import { checkReferences, configuration, judged, picture } from "./document-parts.ts";
import { readDocument, runRecord, saysTask, trainedModel, unsupported } from "./document-parts.ts";
import { count, either, fail, list, measurement, number } from "./json-reader.ts";
import { object, oneOf, ResultsError, text } from "./json-reader.ts";
import type * as R from "./results.ts";

export { ResultsError };

/**
 * The document of a comparison on text, checked.
 *
 * @throws ResultsError naming the first value that is missing or of the wrong kind.
 */
export function parseResults(source: string): R.Results {
  const document = readDocument(source);
  if (saysTask(document))
    throw new ResultsError(
      "configuration.task",
      `this document is of a comparison on a task. Read it with parseTaskResults.`,
    );
  const results = readResults(document, "") as R.Results;
  checkReferences(results);
  results.trials.forEach(({ evaluations }, t) =>
    evaluations.forEach((entry, e) => {
      if (!("windows" in entry)) return;
      const { bits, bytes } = entry.windows;
      const where = `trials[${t}].evaluations[${e}].windows.bytes`;
      if (bits.length !== bytes.length)
        fail(where, `as long as bits (${bits.length})`, bytes.length);
    }),
  );
  return results;
}

const place = { length: count, protocol: oneOf("windows", "sliding") };

const evaluation = either(
  "unsupported",
  object({ ...place, unsupported: text }),
  object({
    ...place,
    bitsPerByte: measurement,
    perplexity: measurement,
    tokens: count,
    windows: object({ bits: list(measurement, 1), bytes: list(number, 1) }),
  }),
);

const trial = object({
  ...trainedModel,
  evaluations: list(evaluation, 1),
  lossByPosition: either("unsupported", unsupported, list(measurement)),
  ...picture,
});

const compared = either(
  "failed",
  object({ encoding: text, ...place, failed: text }),
  object({
    encoding: text,
    ...place,
    bitsPerByte: number,
    ...judged("paired windows of text", "paired seeds"),
  }),
);

const readResults = object({
  ...runRecord,
  configuration: configuration({
    corpus: object({
      name: text,
      bytes: count,
      trainBytes: count,
      validationBytes: count,
      split: text,
    }),
    tokenizer: text,
    stride: count,
  }),
  trials: list(trial),
  comparison: list(compared),
});
