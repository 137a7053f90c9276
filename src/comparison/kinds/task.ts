/**
 * Comparisons on a task.
 *
 * @module
 */
import { tokenAccuracy } from "../../measures/token-accuracy.ts";
import { random } from "../../random/random.ts";
import { rowWidth } from "../../tasks/batches.ts";
import { taskById, taskNamed, taskText } from "../../tasks/index.ts";
import { writeSample } from "../../tasks/task.ts";
import type { TrialData } from "../trial-data.ts";
import type { Kind, Prepared } from "./kind.ts";
import { taskData, taskMeasures } from "./task-data.ts";
import { taskYardsticks } from "./task-yardsticks.ts";
import { defaultTaskSettings, taskEncodings, taskMultiples } from "./task-settings.ts";
import type { TaskSettings } from "./task-settings.ts";
import { taskProtocols, taskSubject, taskWords } from "./task-subject.ts";
import type { TaskSubject } from "./task-subject.ts";

const defaultTask = "copy";

/** The same model on one algorithmic task. */
export const taskKind: Kind<TaskSettings, TaskSubject, TrialData> = {
  id: "task",
  key: "task",
  measures: () => taskMeasures,
  beside: () => [tokenAccuracy],
  defaults: defaultTaskSettings,
  encodings: taskEncodings,
  multiples: taskMultiples,
  // Some tasks have no samples as short as the default.
  trainLength: ({ task = defaultTask }) =>
    Math.max(defaultTaskSettings.trainLength, 2 * taskNamed(task).shortest),
  counts: ["evaluationSamples"],
  optional: [],
  complete: ({ task, evaluationSamples }, shared) => ({
    task: taskText(task ?? defaultTask),
    ...shared,
    evaluationSamples: evaluationSamples ?? defaultTaskSettings.evaluationSamples,
  }),
  options: ({ task, evaluationSamples }) => ({ task, evaluationSamples }),
  vocabulary: ({ task }) => taskNamed(task).vocabulary.length,
  rowLength,
  corpus: () => undefined,
  prepare,
  validation: () => undefined,
  subject: taskSubject,
  protocols: taskProtocols,
  itemCount: ({ task }) => ({ field: "configuration.task.samples", count: task.samples }),
  words: taskWords,
};

function rowLength({ task, trainLength }: TaskSettings): number {
  return rowWidth(taskNamed(task), trainLength);
}

function prepare(settings: TaskSettings): Prepared<TaskSubject, TrialData> {
  const { trainLength, testLengths, seeds, evaluationSamples } = settings;
  const task = taskNamed(settings.task);
  const { summary, length, example } = taskById(task.id);
  const sample = task.sample(random(example.seed, "example"), example.length);
  return {
    data: taskData({ task, trainLength, evaluationSamples }),
    vocab: task.vocabulary.length,
    subject: {
      task: {
        name: settings.task,
        summary,
        length,
        conditions: task.conditions.map(({ id, summary }) => ({ id, summary })),
        samples: evaluationSamples,
        rowTokens: rowLength(settings),
        example: writeSample(task, sample),
      },
    },
    notes: [],
    tunedOn: `${evaluationSamples} samples of the train length, as in training`,
    judged: (length) => ({
      length: Math.max(...task.conditions.map(({ id }) => rowWidth(task, length, id))),
      samples: evaluationSamples,
    }),
    yardsticks: () => taskYardsticks({ task, testLengths, seeds, evaluationSamples }),
  };
}
