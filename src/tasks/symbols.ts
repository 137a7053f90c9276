/**
 * Between symbols that a person reads and token ids, and the form that most tasks share:
 *
 *     > question = answer .
 *
 * where the answer and the point that ends it are scored. The point is part of the answer: a model that
 * copies right but does not stop has not copied.
 *
 * @module
 */
import type { Random } from "../random/random.ts";
import type { Sample } from "./task.ts";

const padding = "_";
const start = ">";
const answers = "=";
const end = ".";

/** The vocabulary of a task, and rows of its tokens. */
export class Symbols {
  /** Symbols by id: padding, start, "=" and ".", then the task's own. */
  readonly vocabulary: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(own: readonly string[]) {
    this.vocabulary = [padding, start, answers, end, ...own];
    this.#ids = new Map(this.vocabulary.map((symbol, id) => [symbol, id]));
    if (this.#ids.size !== this.vocabulary.length)
      throw new RangeError(`tasks: a symbol occurs twice among ${this.vocabulary.join(" ")}.`);
  }

  /** The ids of symbols, all of which the vocabulary has. */
  ids(symbols: readonly string[]): number[] {
    return symbols.map((symbol) => {
      const id = this.#ids.get(symbol);
      if (id === undefined) throw new RangeError(`tasks: there is no symbol "${symbol}".`);
      return id;
    });
  }

  /** `> question = answer .`, or without the point where every answer is one symbol. */
  answered(question: readonly string[], answer: readonly string[], ended = true): Sample {
    const scored = answer.length + (ended ? 1 : 0);
    return {
      tokens: this.ids([start, ...question, answers, ...answer, ...(ended ? [end] : [])]),
      scored: Array.from({ length: scored }, (_, place) => question.length + 2 + place),
    };
  }
}

/** `names(54)` is a … z, A … Z, then 0 and 1. */
export function names(count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    n < 52 ? String.fromCharCode(n < 26 ? 97 + n : 39 + n) : String(n - 52),
  );
}

/** `digits(10)` is "0" … "9". */
export function digits(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n));
}

/** So many symbols, each as likely as the others. */
export function drawSymbols(random: Random, from: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => from[random.integer(from.length)]!);
}
