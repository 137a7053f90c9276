/**
 * One trial on a task: train one model with one encoding and one seed on fresh samples, then count its right
 * answers at every length, under every condition.
 *
 * @module
 */
import { answerEvaluator, summariseAnswers } from "../evaluation/answers.ts";
import { unsupportedReason } from "../evaluation/language.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { heldOutSamples, rowWidth, taskBatchAt } from "../tasks/batches.ts";
import type { Task } from "../tasks/task.ts";
import type { RowSource } from "../training/language-objective.ts";
import type { Checkpoint } from "../training/train.ts";
import { scorePicture } from "./score-picture.ts";
import type { TaskEvaluation, TaskTrial } from "./task-results.ts";
import { trainTrial } from "./trial.ts";
import type { TrialBasics } from "./trial.ts";

/** What all trials of a comparison on a task share, and what tells this one apart. */
export interface TaskTrialRequest extends TrialBasics {
  readonly task: Task;
  /** The longest samples of training, in the task's own measure. */
  readonly trainLength: number;
  /** Samples judged at each length under each condition. */
  readonly evaluationSamples: number;
}

/** A trial without the figures that only its process and its storage know. */
export type TaskTrialOutcome = Omit<
  TaskTrial,
  "peakMemoryBytes" | "trainingLoss" | "secondsPerStep"
>;

/** Runs a trial; undefined if it was stopped before the end. */
export async function runTaskTrial(
  request: TaskTrialRequest,
): Promise<TaskTrialOutcome | undefined> {
  const { task, trainLength, testLengths, plan, signal } = request;
  const samples: RowSource = {
    weighted: true,
    at: ({ batch, seed, step }) => taskBatchAt(task, { batch, trainLength, seed, step }),
  };
  const trained = await trainTrial(request, samples);
  if (trained === undefined) return undefined;
  const { model, tensors } = trained;
  const evaluations: TaskEvaluation[] = [];
  for (const { id: condition } of task.conditions)
    for (const length of testLengths) {
      evaluations.push(await answersAt(request, model, tensors, length, condition));
      if (signal?.aborted) return undefined;
    }
  return {
    encoding: model.encoding.id,
    seed: plan.seed,
    parameters: model.parameters.count,
    evaluations,
    scorePicture: scorePicture(model, tensors, Math.min(48, plan.length)),
  };
}

async function answersAt(
  { task, plan, compile, compileOptions, onEvaluation, evaluationSamples }: TaskTrialRequest,
  model: LanguageModel,
  tensors: Checkpoint["tensors"],
  length: number,
  condition: string,
): Promise<TaskEvaluation> {
  const place = { length, protocol: condition };
  const width = rowWidth(task, length, condition);
  const unsupported = unsupportedReason(model, width);
  if (unsupported !== undefined) return { ...place, unsupported };
  onEvaluation?.(length, condition);
  const samples = heldOutSamples(task, {
    length,
    condition,
    count: evaluationSamples,
    seed: plan.seed,
  });
  const options = { ...compileOptions, compile };
  const evaluator = await answerEvaluator({ model, weights: tensors }, width, options);
  try {
    return { ...place, ...summariseAnswers(await evaluator.answer(samples)) };
  } finally {
    await evaluator.dispose();
  }
}
