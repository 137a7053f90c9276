/**
 * The list of tasks. A new one is its file and its line here.
 *
 * @module
 */
import { InputError, unknownName } from "../errors.ts";
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

/** The definition with that id; throws an InputError that suggests the nearest. */
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
 * @throws InputError for an unknown task or option, or one out of its range
 */
export function taskNamed(name: string): Task {
  const [, id = name, written] = /^([\w-]+)\((.*)\)$/.exec(name.trim()) ?? [];
  const definition = taskById(id);
  const chosen: Record<string, number> = {};
  for (const part of written === undefined ? [] : written.split(",")) {
    const [, option, value] = /^\s*([A-Za-z]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    if (option === undefined || !Number.isFinite(Number(value)))
      throw new InputError(
        `task "${name}": "${part}" is no option with a number. Write it as ${id}(name=number).`,
      );
    if (option in chosen)
      throw new InputError(`task "${name}": ${option} is given twice. Give it once.`);
    chosen[option] = Number(value);
  }
  return definition.create(chosen);
}
