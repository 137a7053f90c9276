/**
 * Questions about paragraphs, whose answers are stretches of the paragraph: the JSON of SQuAD 1.1, which XQuAD has too.
 *
 *     { data: [{ paragraphs: [{ context, qas: [{ id, question, answers: [{ text, answer_start }] }] }] }] }
 *
 * `answer_start` counts characters as Python does, by code points; spans are given in UTF-16 units, as JavaScript slices.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { shortened } from "../../format.ts";
import type { NamedLines } from "../rows.ts";
import type { SpanAnswer, SpanExample } from "../spans/span-example.ts";
import type { PlacedPair } from "./from-lines.ts";
import type { TextPair } from "./pair.ts";

/**
 * The questions of a file, in their order. The whole file is in memory, since it is one JSON value.
 *
 * @throws {InputError} the file is not JSON of this form, has no question, a question has no answer, or an answer is not at its
 *   `answer_start`
 */
export async function spanExamples({ file, lines }: NamedLines): Promise<readonly SpanExample[]> {
  const read: string[] = [];
  for await (const { text } of lines) read.push(text);
  const examples = [...examplesOf(file, parsed(file, read.join("\n")))];
  if (examples.length === 0)
    throw new InputError(`${file} has no question under data, paragraphs, qas.`);
  return examples;
}

/**
 * The paragraph and the question as the source, the first answer as the target; other answers that differ from it are further
 * right answers. Every place has line 1.
 *
 * @throws {InputError} as by `spanExamples`
 */
export async function* spanPairs(lines: NamedLines): AsyncGenerator<PlacedPair, void, undefined> {
  for (const example of await spanExamples(lines))
    yield { file: lines.file, line: 1, pair: pairOfSpans(example) };
}

/** The paragraph and the question as the source, the first answer as the target. */
export function pairOfSpans({ context, question, answers }: SpanExample): TextPair {
  const [target, ...references] = new Set(answers.map(({ text }) => text.trim()));
  return {
    source: `${context.trim()} ${question.trim()}`,
    target: target!,
    span: { question, context, answers },
    ...(references.length > 0 && { references }),
  };
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(
      `${file} is not JSON: ${shortened(reason, 200)}. Name a file of SQuAD's form, or another format.`,
      { cause },
    );
  }
}

function* examplesOf(file: string, value: unknown): Generator<SpanExample> {
  for (const [article, a] of listed(file, value, "", "data"))
    for (const [paragraph, p] of listed(file, article, `data[${a}]`, "paragraphs")) {
      const path = `data[${a}].paragraphs[${p}]`;
      const context = textOf(file, paragraph, path, "context");
      const unitOf = unitsOf(context);
      for (const [asked, q] of listed(file, paragraph, path, "qas")) {
        const where = `${path}.qas[${q}]`;
        const id = textOf(file, asked, where, "id");
        const question = textOf(file, asked, where, "question");
        const answers = listed(file, asked, where, "answers").map(([answer, n]) =>
          spanOf(file, answer, `${where}.answers[${n}]`, context, unitOf),
        );
        if (answers.length === 0)
          throw new InputError(
            `${file}, ${where}: question ${shortened(id, 80)} has no answer. Remove it, or give it one.`,
          );
        yield { id, context, question, answers };
      }
    }
}

function spanOf(
  file: string,
  answer: unknown,
  where: string,
  context: string,
  unitOf: (codePoint: number) => number,
): SpanAnswer {
  const text = textOf(file, answer, where, "text");
  const given = memberOf(file, answer, where, "answer_start");
  const start = typeof given === "number" && Number.isSafeInteger(given) ? unitOf(given) : -1;
  const end = start + text.length;
  if (start < 0 || context.slice(start, end) !== text) {
    const there = start < 0 ? "" : context.slice(start, end);
    throw new InputError(
      `${file}, ${where}: "${shortened(text, 60)}" does not begin at answer_start ${JSON.stringify(given)} of its context, where there is ` +
        `"${shortened(there, 60)}". Count characters from 0.`,
    );
  }
  return { start, text };
}

/** From a number of code points before a place to UTF-16 units; -1 beyond the text. */
function unitsOf(text: string): (codePoint: number) => number {
  if (!/[\uD800-\uDBFF]/.test(text))
    return (codePoint) => (codePoint >= 0 && codePoint <= text.length ? codePoint : -1);
  const units = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return (codePoint) => units[codePoint] ?? -1;
}

function listed(
  file: string,
  value: unknown,
  path: string,
  key: string,
): readonly (readonly [item: unknown, at: number])[] {
  const list = memberOf(file, value, path, key);
  if (!Array.isArray(list)) throw notOfForm(file, path, key, "a list");
  return list.map((item: unknown, at) => [item, at]);
}

function textOf(file: string, value: unknown, path: string, key: string): string {
  const text = memberOf(file, value, path, key);
  if (typeof text !== "string" || text.trim() === "") throw notOfForm(file, path, key, "a text");
  return text;
}

function memberOf(file: string, value: unknown, path: string, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key))
    throw notOfForm(file, path, key, "a member");
  return (value as Readonly<Record<string, unknown>>)[key];
}

function notOfForm(file: string, path: string, key: string, what: string): InputError {
  return new InputError(
    `${file} is not of SQuAD's form: ${path === "" ? "the whole" : path} should have ${what} "${key}". See SQuAD 1.1.`,
  );
}
