/**
 * `run.json` of a comparison and of each of its trials, so that a comparison is taken up only with the same settings,
 * and each trial's model can be opened as a run.
 *
 * @module
 */
import { bothHalves } from "../comparison/trial-model.ts";
import { modelConfig, rowLength } from "../comparison/settings.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { none } from "../encodings/none.ts";
import { recordedFile, versionsHere } from "../runs/recorded.ts";
import { InputError } from "../errors.ts";
import { runSchema } from "../runs/run-document.ts";
import type {
  ComparisonRun,
  Json,
  ModelRun,
  PairRun,
  RecordedEncoding,
} from "../runs/run-document.ts";
import type { RecordedRun, RunDocument } from "../runs/run-document.ts";
import { differencesOf, differenceWords } from "../runs/run-differences.ts";
import type { LoadedData } from "./prepare.ts";
import { settingsOf } from "./trial-job.ts";
import type { TrialJob } from "./trial-job.ts";

/** What `run.json` of a comparison holds. */
export function comparisonDocument(settings: ComparisonSettings, data: LoadedData): ComparisonRun {
  return {
    ...recordOf(settings, data),
    ...(data.pairs === undefined ? {} : { data: data.pairs.recorded }),
    kind: "compare",
    encodings: settings.encodings.map((id) => recordedEncoding(settings, id)),
    seeds: settings.seeds,
  };
}

/** What `run.json` of one of its trials holds: on pairs of texts that of a run of one encoder-decoder. */
export function trialDocument(
  job: Omit<TrialJob, "folder" | "comparison" | "run">,
  data: LoadedData,
): ModelRun | PairRun {
  const { encoding, seed } = job;
  const settings = settingsOf(job);
  const record = recordOf(settings, data);
  const own = recordedEncoding(settings, encoding);
  if (data.pairs === undefined || !("pairs" in data.data))
    return { ...record, kind: "trial", encoding: own, seed };
  const { schema, versions, settings: others } = record;
  const { longest, decoder } = data.data;
  return {
    ...{ schema, versions, kind: "pairs", architecture: "encoder-decoder" },
    ...{ task: data.pairs.task, data: data.pairs.recorded },
    tokenizer: data.tokenizer!,
    model: bothHalves(record.model),
    encodings: {
      encoder: own,
      decoder: decoder === undefined ? own : { id: decoder.id },
      cross: { id: none.id },
    },
    ...{ sourceLength: longest.source, targetLength: longest.target, seed },
    settings: { ...others, trainLength: settings.trainLength },
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
  "encodings encodingFiles seeds width heads layers trainLength corpus validation tokenizer tokenizerSha256 pairs".split(
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
      ...(data.pairs === undefined ? {} : { task: data.pairs.task }),
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
