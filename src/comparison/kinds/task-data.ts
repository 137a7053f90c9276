/**
 * A task to train on and to judge by: fresh samples for training, held-out samples under each condition for judging.
 *
 * @module
 */
import { answerEvaluator } from "../../evaluation/answers.ts";
import { unsupportedReason } from "../../model/length-limit.ts";
import { exactMatch } from "../../measures/exact-match.ts";
import type { Items } from "../../measures/items.ts";
import type { Measures } from "../../measures/measure.ts";
import { valuesOf } from "../../measures/measure.ts";
import { tokenAccuracy } from "../../measures/token-accuracy.ts";
import { compileBound } from "../../runtime/bound.ts";
import { heldOutSamples, rowWidth, taskBatchAt } from "../../tasks/batches.ts";
import type { Task } from "../../tasks/task.ts";
import type { RowSource } from "../../training/language-objective.ts";
import type { JudgeRequest, TrialData } from "../trial-data.ts";
import type { Evaluation } from "../trial-record.ts";

/** A task, and how models are judged on it. */
export interface TaskDataOptions {
  readonly task: Task;
  /** The longest samples of training, in the task's own measure. */
  readonly trainLength: number;
  /** Samples judged at each length under each condition. */
  readonly evaluationSamples: number;
}

/** What models on a task are judged by. */
export const taskMeasures: Measures = [exactMatch, tokenAccuracy];

/** A task as the data of a trial. */
export function taskData(options: TaskDataOptions): TrialData {
  const { task, trainLength } = options;
  const protocols = task.conditions.map(({ id }) => id);
  const training: RowSource = {
    weighted: true,
    at: ({ batch, seed, step }) => taskBatchAt(task, { batch, trainLength, seed, step }),
  };
  return {
    measures: taskMeasures,
    protocols,
    training,
    async judge(request) {
      const evaluations: Evaluation[] = [];
      for (const condition of protocols)
        evaluations.push(await judgeUnder(condition, options, request));
      return { evaluations };
    },
  };
}

async function judgeUnder(
  condition: string,
  { task, evaluationSamples }: TaskDataOptions,
  { trained, length, seed, compile, compileOptions, onEvaluation }: JudgeRequest,
): Promise<Evaluation> {
  const place = { length, protocol: condition };
  const width = rowWidth(task, length, condition);
  const unsupported = unsupportedReason(trained.model, width);
  if (unsupported !== undefined) return { ...place, unsupported };
  onEvaluation?.(length, condition);
  const samples = heldOutSamples(task, { length, condition, count: evaluationSamples, seed });
  const evaluator = await answerEvaluator(trained, width, {
    ...compileOptions,
    compile: compile ?? compileBound,
    seed,
  });
  try {
    const items = answeredItems(await evaluator.answer(samples));
    const tokens = items["scored"]!.reduce((sum, scored) => sum + scored, 0);
    return { ...place, values: valuesOf(taskMeasures, items), tokens, items };
  } finally {
    await evaluator.dispose();
  }
}

/** What each sample contributes, by whether each of its scored tokens was answered right. */
export function answeredItems(answered: readonly (readonly boolean[])[]): Items {
  return {
    correct: answered.map((tokens) => (tokens.every(Boolean) ? 1 : 0)),
    right: answered.map((tokens) => tokens.filter(Boolean).length),
    scored: answered.map((tokens) => tokens.length),
  };
}
