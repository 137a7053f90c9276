/**
 * Stories with questions in the format of bAbI.
 *
 *     1 Mary moved to the bathroom.
 *     2 John went to the hallway.
 *     3 Where is Mary? <tab> bathroom <tab> 1
 *
 * Lines are numbered within a story, questions among them; number 1 begins a new story. A question is about the statements
 * before it, and names the numbers of those that answer it.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { shortened } from "../../format.ts";
import { printPlace } from "../lines.ts";
import type { LinePlace } from "../lines.ts";
import type { NamedLines } from "../rows.ts";
import type { PlacedPair } from "./from-lines.ts";

/** A question about a story. */
export interface StoryQuestion extends LinePlace {
  /** The statements before the question, in their order. */
  readonly story: readonly string[];
  readonly question: string;
  readonly answer: string;
  /** The statements that answer the question, as indices into `story`. */
  readonly supporting: readonly number[];
}

/**
 * The questions of a file, with their stories.
 *
 * @throws {InputError} for a line without its number, a question without an answer, or a supporting fact that is no statement
 *   before the question
 */
export async function* storyQuestions({
  file,
  lines,
}: NamedLines): AsyncGenerator<StoryQuestion, void, undefined> {
  let statements: { readonly number: number; readonly text: string }[] = [];
  let last = 0;
  for await (const { line, text } of lines) {
    if (text.trim() === "") continue;
    const place = { file, line };
    const [, digits, rest] = /^(\d+) +(.*\S)\s*$/.exec(text) ?? [];
    const number = Number(digits);
    if (rest === undefined || (number !== 1 && number !== last + 1))
      throw new InputError(
        `${printPlace(place)}, should begin with the number ${last + 1}, or with 1 for a new story, and a space: ` +
          `"${shortened(text, 80)}". Mend the line, or name another format.`,
      );
    if (number === 1) statements = [];
    last = number;
    if (!rest.includes("\t")) {
      statements.push({ number, text: rest });
      continue;
    }
    const [question = "", answer = "", facts = ""] = rest.split("\t").map((each) => each.trim());
    if (question === "" || answer === "")
      throw new InputError(
        `${printPlace(place)}, has an empty ${question === "" ? "question" : "answer"}. Write number, question, tab, answer, tab, supporting numbers.`,
      );
    const numbers = facts.split(/\s+/).filter((fact) => fact !== "");
    const supporting = numbers.map((fact) => {
      const found = statements.findIndex((statement) => String(statement.number) === fact);
      if (found < 0)
        throw new InputError(
          `${printPlace(place)}, names the supporting fact ${shortened(fact, 20)}, which is no statement of the story before the question.`,
        );
      return found;
    });
    const story = statements.map((statement) => statement.text);
    yield { ...place, story, question, answer, supporting };
  }
}

/**
 * The story so far and the question as the source, the answer as the target.
 *
 * @throws {InputError} as by `storyQuestions`
 */
export async function* storyPairs(lines: NamedLines): AsyncGenerator<PlacedPair, void, undefined> {
  for await (const { file, line, story, question, answer } of storyQuestions(lines))
    yield { file, line, pair: { source: [...story, question].join(" "), target: answer } };
}
