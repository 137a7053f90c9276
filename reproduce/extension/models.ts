/**
 * The models of the study, each trained in a folder of its own that goes on where it was stopped.
 *
 * @module
 */
import path from "node:path";
import type { TextSettings } from "../../src/comparison/settings.ts";
import { extend } from "../../src/extension/extend.ts";
import { extendFolder } from "../../src/extension/extend-folder.ts";
import { namesIn } from "../../src/files/folder-files.ts";
import { fineTuneRun } from "../../src/fine-tuning/fine-tune-run.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { openRun } from "../../src/runs/open-run.ts";
import type { OpenedRun } from "../../src/runs/open-run.ts";
import { trainRun } from "../../src/runs/train-run.ts";
import { asTrained, factor, methods, trainLength } from "./methods.ts";
import type { StudiedMethod } from "./methods.ts";

/** Where models are, and how the first ones are trained. */
export interface StudyModels {
  readonly folder: string;
  readonly settings: TextSettings;
  readonly signal: AbortSignal;
}

/** How models are trained on. */
export const tuning = {
  steps: 200,
  batch: 4,
  learningRate: 1e-3,
  length: factor * trainLength,
} as const;

/** A run that is finished, or that was stopped. */
type Run = OpenedRun | undefined;

/** The model of a seed before it is extended; undefined where it was stopped. */
export async function baseModel(models: StudyModels, seed: number): Promise<Run> {
  const { settings, signal } = models;
  const { corpus, width, heads, layers, steps, batch, learningRate, warmup } = settings;
  const { optimiser, evaluationTokens, threads, trainLength: length } = settings;
  const folder = baseFolder(models, seed);
  return await finished(folder, steps, () =>
    trainRun({
      ...{ folder, signal },
      settings: {
        ...{ corpus, width, heads, layers, length, steps, batch, learningRate, warmup },
        ...{
          optimiser: optimiser,
          evaluationTokens,
          threads: threads,
          seed,
          encoding: asTrained,
        },
      },
    }),
  );
}

/** The model of a seed with a method, trained on; undefined where it was stopped. */
export async function tunedModel(models: StudyModels, method: string, seed: number): Promise<Run> {
  const { settings, signal } = models;
  const base = baseFolder(models, seed);
  const name = `${nameOf(method)}-${seed}`;
  const from = method === asTrained ? base : path.join(models.folder, `extended-${name}`);
  if (method !== asTrained && (await namesIn(from).catch(() => undefined)) === undefined)
    await extendFolder({ model: base, out: from, method, factor });
  const folder = path.join(models.folder, `tuned-${name}`);
  const { steps, batch, learningRate, length } = tuning;
  const { corpus, evaluationTokens, threads } = settings;
  return await finished(folder, steps, () =>
    fineTuneRun({
      ...{ folder, signal },
      settings: {
        ...{ from, corpus, steps, batch, learningRate, trainLength: length },
        ...{ evaluationTokens, threads: threads, seed },
      },
    }),
  );
}

/** A model as it reads texts of a length with a method, not trained on. */
export function extendedModel(run: OpenedRun, method: string, length: number): TrainedModel {
  if (method === asTrained) return run;
  const studied: StudiedMethod = methods.find((each) => each.method === method)!;
  if (!studied.followsLength) return extend(run, { method, factor: studied.factor ?? factor });
  if (length <= trainLength) return run;
  return extend(run, { method, factor: studied.factor ?? factor, textLength: length });
}

async function finished(
  folder: string,
  steps: number,
  train: () => Promise<{ readonly evaluation: unknown }>,
): Promise<Run> {
  const done = await openRun(folder).catch(() => undefined);
  if (done?.step === steps) return done;
  return (await train()).evaluation === undefined ? undefined : await openRun(folder);
}

function baseFolder({ folder }: StudyModels, seed: number): string {
  return path.join(folder, `base-${seed}`);
}

/** A method's id, in names of folders. */
export function nameOf(method: string): string {
  return /^[\w-]+/.exec(method)![0];
}
