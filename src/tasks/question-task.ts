/**
 * Tasks of the form `> question = answer .`, from what they differ in.
 *
 * @module
 */
import type { Random } from "../random/random.ts";
import { Symbols } from "./symbols.ts";
import { checkLength, conditionOf, trained } from "./task.ts";
import type { Condition, Task } from "./task.ts";

/** A question and its answer, in symbols. */
export interface Asked {
  readonly question: readonly string[];
  readonly answer: readonly string[];
}

/** What a task of this form declares. */
export interface QuestionTask {
  readonly id: string;
  /** The symbols of questions and answers. */
  readonly symbols: readonly string[];
  /** Default 1. */
  readonly shortest?: number;
  /** Default "up to". */
  readonly training?: Task["training"];
  /** Default: that of training alone. */
  readonly conditions?: readonly Condition[];
  /** False where every answer is one symbol; no point ends it then. Default true. */
  readonly ended?: boolean;
  /** The most symbols of question and answer together. */
  longest(length: number, condition: string): number;
  draw(random: Random, length: number, condition: string): Asked;
}

/** The task with these questions. */
export function questionTask(given: QuestionTask): Task {
  const { id, shortest = 1, training = "up to", conditions = [trained], ended = true } = given;
  const symbols = new Symbols(given.symbols);
  const task: Task = {
    id,
    vocabulary: symbols.vocabulary,
    shortest,
    training,
    conditions,
    longest(length, condition) {
      checkLength(task, length);
      return given.longest(length, conditionOf(task, condition).id) + (ended ? 3 : 2);
    },
    sample(random, length, condition) {
      checkLength(task, length);
      const { question, answer } = given.draw(random, length, conditionOf(task, condition).id);
      return symbols.answered(question, answer, ended);
    },
  };
  return task;
}
