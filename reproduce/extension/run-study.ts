/**
 * Runs the study: models of all seeds side by side, a file for each model's scores, so that it goes on where it was stopped.
 *
 * @module
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TextSettings } from "../../src/comparison/settings.ts";
import { loadCorpus } from "../../src/data/corpus-files.ts";
import { splitText } from "../../src/data/split.ts";
import { evaluationSpans } from "../../src/data/windows.ts";
import { breakingPosition, stretchLosses } from "../../src/extension/breaking-position.ts";
import { writeAtomically } from "../../src/files/files.ts";
import { unsupportedReason } from "../../src/model/length-limit.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import type { OpenedRun } from "../../src/runs/open-run.ts";
import { textLoss } from "../../src/runs/text-loss.ts";
import { environmentOf } from "../../src/sweep/environment.ts";
import { settingsDigest } from "../../src/sweep/comparison-folder.ts";
import { version } from "../../src/version.ts";
import type { StudyRequest } from "../experiment.ts";
import type { ExperimentRecord, ModelRecord, ScoreRecord } from "../record.ts";
import { baseModel, extendedModel, nameOf, tunedModel, tuning } from "./models.ts";
import type { StudyModels } from "./models.ts";
import { asTrained } from "./methods.ts";

/** Scores of one model, and where it breaks. */
interface Judged extends ModelRecord {
  /** Of the model as it was trained: the position from which it predicts worse, see `breakingPosition`. */
  readonly breaksAt?: number;
}

/** Windows of which each predicts its second half. */
const protocol = "sliding";

/**
 * Trains and judges the models of one experiment.
 *
 * @returns undefined where the signal stopped it
 */
export async function runExtensionStudy(
  id: "extended" | "tuned",
  { settings: given, folder: place, processes, signal, say }: StudyRequest,
): Promise<ExperimentRecord | undefined> {
  const settings = given as TextSettings;
  const folder = path.join(
    place,
    `extension-${settingsDigest({ ...settings, encodings: [asTrained] })}`,
  );
  const models: StudyModels = { folder, settings, signal };
  await fs.mkdir(path.join(folder, "scores"), { recursive: true });
  const judge = await judgeOf(settings);
  const bases = await atOnce(processes, settings.seeds, async (seed) => {
    const started = performance.now();
    const run = await baseModel(models, seed);
    if (run) say(`${id}: the model of seed ${seed} is trained`);
    return { run, seconds: (performance.now() - started) / 1000 };
  });
  const jobs = settings.seeds.flatMap((seed, at) =>
    settings.encodings.map((method) => ({ seed, method, base: bases[at]! })),
  );
  const judged = await atOnce(processes, jobs, async ({ seed, method, base }) => {
    if (base.run === undefined || signal.aborted) return undefined;
    const file = path.join(folder, "scores", `${id}-${nameOf(method)}-${seed}.json`);
    const kept = await fs.readFile(file, "utf8").catch(() => undefined);
    if (kept !== undefined) return JSON.parse(kept) as Judged;
    const model = await judgedModel({ id, models, judge }, { method, seed, base });
    if (model === undefined) return undefined;
    await writeAtomically(file, JSON.stringify(model));
    say(`${id}: ${method}, seed ${seed}: ${model.scores.map(scoreWords).join(", ")}`);
    return model;
  });
  if (judged.some((model) => model === undefined)) return undefined;
  const all = judged as readonly Judged[];
  const breaks = all.flatMap(({ breaksAt }) => breaksAt ?? []);
  return {
    schema: "relpos-reproduction/1",
    experiment: id,
    relpos: version,
    command: "npm run reproduce -- --only extension",
    environment: environmentOf(settings),
    settings,
    skipped: [],
    ...(breaks.length > 0 && { notes: [limitWords(breaks)] }),
    models: all.map((model) => ({ ...model, breaksAt: undefined })),
  };
}

interface Judge {
  /** At each length, of the model for texts of that length. */
  scores(trainedAt: (length: number) => TrainedModel): Promise<readonly ScoreRecord[]>;
  /** By position in windows of the longest length. */
  byPosition(trained: TrainedModel): Promise<readonly number[]>;
}

interface StudyParts {
  readonly id: "extended" | "tuned";
  readonly models: StudyModels;
  readonly judge: Judge;
}

/** What is to be judged; `seconds` is how long the base was trained here. */
interface StudyModel {
  readonly method: string;
  readonly seed: number;
  readonly base: { readonly run: OpenedRun | undefined; readonly seconds: number };
}

async function judgedModel(
  { id, models, judge }: StudyParts,
  { method, seed, base }: StudyModel,
): Promise<Judged | undefined> {
  const { steps } = models.settings;
  const started = performance.now();
  const run = id === "tuned" ? await tunedModel(models, method, seed) : base.run;
  if (run === undefined) return undefined;
  const seconds = (performance.now() - started) / 1000;
  const scores = await judge.scores((length) =>
    id === "tuned" ? run : extendedModel(run, method, length),
  );
  const plain = id === "extended" && method === asTrained;
  const breaksAt = plain ? breakingPosition(stretchLosses(await judge.byPosition(run))) : undefined;
  const losses = run.metrics.map(({ loss }) => loss).slice(-tuning.steps / 20);
  // In steps of the models that all share.
  const trained = id === "tuned" ? seconds : plain ? base.seconds : 0;
  return {
    ...{ encoding: method, seed },
    parameters: run.model.parameters.count,
    secondsPerStep: sixDigits(trained / steps),
    lastLoss: sixDigits(losses.reduce((sum, loss) => sum + loss, 0) / losses.length),
    scores,
    ...(breaksAt !== undefined && { breaksAt }),
  };
}

/** Judges models on the end of the text, the same stretches of it at every length. */
async function judgeOf(settings: TextSettings): Promise<Judge> {
  const { text } = await loadCorpus(settings.corpus);
  const bytes = new TextEncoder().encode(splitText(text).validation);
  const tokens = Int32Array.from(bytes);
  const longest = Math.max(...settings.testLengths);
  const limit = settings.evaluationTokens;
  const { spans } = evaluationSpans(tokens.length, { longest, limit });
  const shared = {
    ...{
      tokenizer: { byteLength: (ids: ArrayLike<number>) => ids.length },
      tokens,
      spans,
      seed: 0,
    },
    compileOptions: { threads: settings.threads ?? 1 },
  };
  const scoreOf = async (trained: TrainedModel, length: number): Promise<ScoreRecord> => {
    const unsupported = unsupportedReason(trained.model, length);
    if (unsupported !== undefined) return { length, protocol, unsupported };
    const { bitsPerByte } = await textLoss(trained, { ...shared, length, stride: length / 2 });
    return { length, protocol, bitsPerByte: sixDigits(bitsPerByte) };
  };
  return {
    async scores(trainedAt) {
      const scores: ScoreRecord[] = [];
      for (const length of settings.testLengths)
        scores.push(await scoreOf(trainedAt(length), length));
      return scores;
    },
    byPosition: async (trained) =>
      (await textLoss(trained, { ...shared, length: longest, positions: true })).byPosition!,
  };
}

function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}

function limitWords(breaks: readonly number[]): string {
  return (
    `Before they are extended, the models break at position ${breaks.join(", ")}: from there on, in windows of the longest ` +
    `length, perplexity stays 1.1 times the lowest of earlier positions, or more.`
  );
}

function scoreWords({ length, bitsPerByte, unsupported }: ScoreRecord): string {
  return `${length}: ${bitsPerByte?.toFixed(3) ?? unsupported}`;
}

/** The results of all, so many at once. */
async function atOnce<Item, Result>(
  many: number | undefined,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: many ?? os.availableParallelism() }, worker));
  return results;
}
