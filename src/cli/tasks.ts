/**
 * `relpos tasks`: the list of tasks, for people and as JSON.
 *
 * @module
 */
import { describeOptions } from "../options/description.ts";
import { optionInWords } from "../options/words.ts";
import { tasks } from "../tasks/index.ts";
import type { TaskDefinition } from "../tasks/task.ts";
import type { TasksOptions } from "./tasks-options.ts";
import { printOutput } from "./print.ts";

/** Prints the list. */
export function listTasks({ json = false }: TasksOptions): void {
  printOutput(
    json
      ? `${JSON.stringify(tasks.map(described))}\n`
      : `${tasks.map(written).join("\n\n")}\n\n` +
          `Scored tokens are in parentheses. Train on one with: relpos compare --task ${tasks[0]!.id}\n`,
  );
}

/** A task as plain data. */
function described(definition: TaskDefinition): object {
  const { id, summary, length, paper, example } = definition;
  const options = describeOptions(definition.options);
  const { vocabulary, shortest, training, conditions } = definition.create();
  return {
    ...{ id, summary, length, paper, options, example },
    ...{ vocabulary, shortest, training, conditions },
  };
}

function written(definition: TaskDefinition): string {
  const { id, summary, length, paper, options, example } = definition;
  const { conditions, training } = definition.create();
  const lines = [
    `${id}: ${summary}`,
    `  length      ${length}; training has ${training === "up to" ? "every length up to the longest" : "one length"}`,
    `  example     ${example.text}`,
    ...conditions.slice(1).map(({ id, summary }) => `  judged too  ${id}: ${summary}`),
    ...describeOptions(options).map(
      (option) => `  option      ${option.name}: ${optionInWords(option)}`,
    ),
    `  paper       ${paper.title}, ${paper.year}, ${paper.url}`,
  ];
  return lines.join("\n");
}
