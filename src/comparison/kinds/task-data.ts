/**
 * A task to train on and to judge by: fresh samples for training, held-out samples under each condition for judging.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../../errors.ts";
import type { NamesOf } from "../../errors.ts";
import { answerEvaluator } from "../../evaluation/answers.ts";
import { languageEvaluator } from "../../evaluation/language.ts";
import { unsupportedReason } from "../../model/length-limit.ts";
import { exactMatch } from "../../measures/exact-match.ts";
import type { Items } from "../../measures/items.ts";
import type { Measures } from "../../measures/measure.ts";
import { valuesOf } from "../../measures/measure.ts";
import { tokenAccuracy } from "../../measures/token-accuracy.ts";
import { compileBound } from "../../runtime/bound.ts";
import { heldOutSamples, rowWidth, taskBatchAt, taskRows } from "../../tasks/batches.ts";
import type { Task } from "../../tasks/task.ts";
import type { RowSource } from "../../training/language-objective.ts";
import type { JudgeRequest, TrialData, ValidateRequest } from "../trial-data.ts";
import type { Evaluation } from "../trial-record.ts";

/** A task, and how models are judged on it. */
export interface TaskDataOptions {
  readonly task: Task;
  /** The longest samples of training, in the task's own measure. */
  readonly trainLength: number;
  /** Samples judged at each length under each condition. */
  readonly evaluationSamples: number;
}

const names: NamesOf<TaskDataOptions> = { task: true, trainLength: true, evaluationSamples: true };

/** What models on a task are judged by. */
export const taskMeasures: Measures = [exactMatch, tokenAccuracy];

/** A task as the data of a trial. */
export function taskData(options: TaskDataOptions): TrialData {
  refuseUnknownNames("taskData", options, names, (message) => new InputError(message));
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
    validate: (request) => lossOnSamples(options, request),
  };
}

/** Mean nats of the scored tokens of samples as in training, at the train length; the seed makes them samples of its own. */
async function lossOnSamples(
  { task, trainLength, evaluationSamples: count }: TaskDataOptions,
  { trained, seed, compile, compileOptions }: ValidateRequest,
): Promise<number> {
  const length = rowWidth(task, trainLength);
  const rows = taskRows(heldOutSamples(task, { length: trainLength, count, seed }), length);
  const options = { ...compileOptions, compile: compile ?? compileBound, seed };
  const evaluator = await languageEvaluator(trained, length, options);
  try {
    const windows = Array.from({ length: count }, (_, row) => {
      const [start, end] = [row * length, (row + 1) * length];
      const [tokens, targets] = [
        rows.tokens.subarray(start, end),
        rows.targets.subarray(start, end),
      ];
      return { start, tokens, targets, scoredFrom: 0 };
    });
    const losses = (await evaluator.score(windows)).flatMap((row) => [...row]);
    const total = losses.reduce((sum, loss, at) => sum + loss * rows.weights[at]!, 0);
    return total / rows.weights.reduce((sum, weight) => sum + weight, 0);
  } finally {
    await evaluator.dispose();
  }
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
