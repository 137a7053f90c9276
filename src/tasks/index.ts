/**
 * The list of tasks. A new one is its file and its line here.
 *
 * @module
 */
import { InputError, unknownName } from "../errors.ts";
import { shortened } from "../format.ts";
import { orderedOptions } from "../options/ordered.ts";
import { TextReader } from "../options/text-reader.ts";
import { writeOptions } from "../options/words.ts";
import { addition } from "./addition.ts";
import { bucketSort } from "./bucket-sort.ts";
import { copy } from "./copy.ts";
import { counting } from "./counting.ts";
import { duplicate } from "./duplicate.ts";
import { flipFlop } from "./flip-flop.ts";
import { missingDuplicate } from "./missing-duplicate.ts";
import { parity } from "./parity.ts";
import { polynomial } from "./polynomial.ts";
import { reverse } from "./reverse.ts";
import { selectiveCopy } from "./selective-copy.ts";
import { sort } from "./sort.ts";
import { sum } from "./sum.ts";
import type { Task, TaskDefinition } from "./task.ts";

/** Every task, in the order of lists. */
export const tasks: readonly TaskDefinition[] = [
  copy,
  reverse,
  addition,
  sort,
  sum,
  parity,
  polynomial,
  duplicate,
  missingDuplicate,
  bucketSort,
  flipFlop,
  counting,
  selectiveCopy,
];

/**
 * The definition with that id.
 *
 * @throws {InputError} that suggests the nearest where there is none
 */
export function taskById(id: string): TaskDefinition {
  const found = tasks.find((task) => task.id === id);
  if (found) return found;
  throw unknownName(
    "task",
    id,
    tasks.map((task) => task.id),
  );
}

/**
 * The task that a name with options means: `copy`, `counting(variables=5,passes=20)`.
 *
 * @throws {InputError} for a text that cannot be read, an unknown task or option, or a value out of its bounds
 */
export function taskNamed(name: string): Task {
  const { definition, options } = readTask(name);
  return definition.create(options);
}

/**
 * The text of a task with its options in the order of their declaration, so that equal ones have one text.
 *
 * @throws {InputError} as by `taskNamed`
 */
export function taskText(name: string): string {
  const { definition, options } = readTask(name);
  definition.create(options); // refuses options that there are not
  const written = writeOptions(orderedOptions(options, Object.keys(definition.options)));
  return written === "" ? definition.id : `${definition.id}(${written})`;
}

function readTask(name: string): {
  readonly definition: TaskDefinition;
  readonly options: Readonly<Record<string, unknown>>;
} {
  const text = new TextReader(
    name,
    (wanted, place) =>
      new InputError(
        `task "${shortened(name, 200)}": expected ${wanted} at character ${place}. Write it as counting(variables=5).`,
      ),
  );
  const definition = taskById(text.word(/[\w-]*/y, "the id of a task"));
  const options = text.take("(") ? text.options(")") : {};
  text.end();
  return { definition, options };
}
