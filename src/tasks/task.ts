/**
 * The contract of a task: exact data of any length, of which every answer is known.
 *
 * A task generates samples, rows of tokens some of which are scored: a model is trained to predict those from the
 * tokens before them, and is judged by them. Between the same stream of random numbers and the same length a
 * sample never differs.
 *
 * @module
 */
import { InputError, unknownName } from "../errors.ts";
import type { OptionFields } from "../options/option.ts";
import type { Random } from "../random/random.ts";

/** One row of tokens. */
export interface Sample {
  /** Ids into the vocabulary; the padding never occurs. */
  readonly tokens: readonly number[];
  /** Places in `tokens` whose token is to be predicted, ascending. Place 0 has nothing before it. */
  readonly scored: readonly number[];
}

/** A way of drawing samples. The first of a task is the one to train with; others are for judging only. */
export interface Condition {
  readonly id: string;
  /** One sentence. */
  readonly summary: string;
}

/** A sample written out: what `writeSample` gives for the stream `random(seed, "example")`. */
export interface WorkedExample {
  readonly seed: number;
  readonly length: number;
  /** Tokens with spaces between; scored ones in parentheses. */
  readonly text: string;
}

/** A task with its options chosen. */
export interface Task {
  readonly id: string;
  /** Symbols by token id. Id 0 is the padding. */
  readonly vocabulary: readonly string[];
  /** The smallest length there is. */
  readonly shortest: number;
  /** How long training samples are: of every length up to the train length, or exactly that long. */
  readonly training: "up to" | "exactly";
  readonly conditions: readonly Condition[];
  /** Tokens of the longest sample of a length. */
  longest(length: number, condition?: string): number;
  /** Draws a sample of a length. The condition is one of `conditions`, by default the first. */
  sample(random: Random, length: number, condition?: string): Sample;
}

/** One line of the list, made by `defineTask`. */
export interface TaskDefinition<Options extends object = object> {
  readonly id: string;
  /** One sentence. */
  readonly summary: string;
  /** What the length counts. */
  readonly length: string;
  /** Where models of this data, or something close, were first compared. */
  readonly paper: { readonly title: string; readonly year: number; readonly url: string };
  readonly options: OptionFields;
  readonly example: WorkedExample;
  /** @throws {InputError} for an option that is unknown or out of its bounds */
  create(options?: Options): Task;
}

/** The condition of training, where a task says nothing else. */
export const trained: Condition = { id: "trained", summary: "As in training." };

/** Raises an InputError for a length that the task does not have. */
export function checkLength({ id, shortest }: Pick<Task, "id" | "shortest">, length: number): void {
  if (!Number.isSafeInteger(length) || length < shortest)
    throw new InputError(
      `task ${id}: a length must be a whole number of ${shortest} or more, got ${length}.`,
    );
}

/** The condition of that id, or the first. */
export function conditionOf(
  { id, conditions }: Pick<Task, "id" | "conditions">,
  name?: string,
): Condition {
  if (name === undefined) return conditions[0]!;
  const found = conditions.find((condition) => condition.id === name);
  if (found) return found;
  const known = conditions.map((condition) => condition.id);
  throw unknownName(`task ${id}: condition`, name, known);
}

/** The tokens with spaces between, scored ones in parentheses. */
export function writeSample({ vocabulary }: Task, { tokens, scored }: Sample): string {
  return tokens
    .map((token, place) => (scored.includes(place) ? `(${vocabulary[token]})` : vocabulary[token]))
    .join(" ");
}
