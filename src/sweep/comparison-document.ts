/**
 * `run.json` of a comparison and of each of its trials, so that a comparison is taken up only with the same settings,
 * and each trial's model can be opened as a run.
 *
 * @module
 */
import { modelConfig, rowLength } from "../comparison/settings.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { recordedFile, versionsHere } from "../runs/recorded.ts";
import { InputError } from "../errors.ts";
import { runSchema } from "../runs/run-document.ts";
import type { ComparisonRun, Json, ModelRun, RecordedEncoding } from "../runs/run-document.ts";
import type { RecordedRun, RunDocument } from "../runs/run-document.ts";
import { differencesOf, differenceWords } from "../runs/run-differences.ts";
import type { LoadedData } from "./prepare.ts";
import { settingsOf } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";

/** What `run.json` of a comparison holds. */
export function comparisonDocument(settings: ComparisonSettings, data: LoadedData): ComparisonRun {
  return {
    ...recordOf(settings, data),
    kind: "compare",
    encodings: settings.encodings.map((id) => recordedEncoding(settings, id)),
    seeds: settings.seeds,
  };
}

/** What `run.json` of one of its trials holds. */
export function trialDocument(job: Omit<TrialJob, "folder" | "run">, data: LoadedData): ModelRun {
  const { encoding, seed } = job;
  const settings = settingsOf(job);
  return {
    ...recordOf(settings, data),
    kind: "trial",
    encoding: recordedEncoding(settings, encoding),
    seed,
  };
}

/**
 * Refuses to go on where a process finds something else than the comparison began with: another text, or another
 * version of relpos.
 *
 * @throws {InputError} naming what differs, with both values
 */
export function requireUnchanged(began: RunDocument, now: RunDocument): void {
  const differing = differencesOf(began, now);
  if (differing.length === 0) return;
  const words = differenceWords(differing, { there: "at first", here: "now" });
  throw new InputError(
    `this changed since the comparison began: ${words}. Restore it as it was and run the same command again, ` +
      `or begin another comparison in another folder.`,
  );
}

/** Settings that a document has under names of their own. */
const elsewhere =
  "encodings encodingFiles seeds width heads layers trainLength corpus validation tokenizer tokenizerSha256".split(
    " ",
  );

function recordOf(settings: ComparisonSettings, data: LoadedData): RecordedRun {
  const { trainLength } = settings;
  const length = rowLength(settings);
  const others = Object.entries(settings).filter(([name]) => !elsewhere.includes(name));
  return {
    schema: runSchema,
    versions: versionsHere,
    ...(data.corpus === undefined ? {} : { corpus: data.corpus }),
    ...(data.validation === undefined ? {} : { validation: data.validation }),
    ...(data.tokenizer === undefined ? {} : { tokenizer: data.tokenizer }),
    model: modelConfig(settings, data.vocab),
    trainLength: length,
    settings: {
      ...(Object.fromEntries(others) as Readonly<Record<string, Json>>),
      // A task's own length is not that of its rows.
      ...(trainLength === length ? {} : { trainLength }),
    },
  };
}

function recordedEncoding(
  { encodingFiles = [] }: ComparisonSettings,
  id: string,
): RecordedEncoding {
  const file = encodingFiles.find((one) => one.id === id);
  return file === undefined ? { id } : recordedFile(file);
}
