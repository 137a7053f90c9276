/**
 * The document of a new run that trains a language model on a text.
 *
 * @module
 */
import type { CorpusChoice } from "../data/corpus-files.ts";
import type { Corpus } from "../data/corpus.ts";
import type { Cut } from "../data/split.ts";
import type { TokenizerConfig } from "../data/tokenizer.ts";
import type { CompleteSettings } from "./complete-settings.ts";
import { recordedCorpusOf, recordedValidationOf, versionsHere } from "./recorded.ts";
import { runSchema } from "./run-document.ts";
import type { ModelRun } from "./run-document.ts";

/** Settings of the training alone. */
export type TrainingSettings = Pick<
  CompleteSettings,
  | ("steps" | "batch" | "accumulate" | "learningRate" | "minLearningRate" | "warmup" | "decaySteps")
  | ("optimiser" | "beta2" | "weightDecay" | "clip" | "checkpointEvery" | "validateEvery")
  | ("patience" | "evaluationTokens" | "device" | "threads")
>;

/** What was asked for. */
export interface TextRunSettings extends TrainingSettings {
  readonly corpus: CorpusChoice;
  readonly cut: Cut;
  readonly seed: number;
  /** Files of a validation text of its own. */
  readonly validation?: readonly string[] | undefined;
}

/** The texts that were read for it. */
export interface RunTexts {
  readonly corpus: Corpus;
  /** Of the settings' `validation`. */
  readonly own: Corpus | undefined;
}

/** What is made of the settings; `source` and `adapter` where the run goes on from a model. */
export interface TextRunParts extends Pick<
  ModelRun,
  "model" | "encoding" | "trainLength" | "source" | "adapter"
> {
  readonly tokenizer: TokenizerConfig;
}

/** The document, as `run.json` will hold it. */
export function newTextRun(
  settings: TextRunSettings,
  { corpus, own }: RunTexts,
  { tokenizer, model, encoding, trainLength, source, adapter }: TextRunParts,
): ModelRun {
  const { validation, cut, seed } = settings;
  return {
    schema: runSchema,
    versions: versionsHere,
    kind: "train",
    corpus: recordedCorpusOf(corpus, settings.corpus, cut),
    ...(own && validation && { validation: recordedValidationOf(own, validation) }),
    ...{ tokenizer, model, encoding, trainLength, seed },
    ...(source && { source }),
    ...(adapter && { adapter }),
    settings: otherSettings(settings),
  };
}

/** The settings that have no place of their own in a run's document. */
function otherSettings(settings: TrainingSettings): ModelRun["settings"] {
  const { steps, batch, accumulate, learningRate, minLearningRate, warmup } = settings;
  const { optimiser, beta2 } = settings;
  const { weightDecay, clip, checkpointEvery, evaluationTokens, device, threads } = settings;
  const { validateEvery, patience, decaySteps } = settings;
  return {
    ...{ steps, batch, accumulate, learningRate, minLearningRate, warmup, decaySteps },
    ...{ optimiser, beta2, weightDecay },
    ...{ clip, checkpointEvery, validateEvery, patience, evaluationTokens, device, threads },
  };
}
