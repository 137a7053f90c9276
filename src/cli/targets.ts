/**
 * `relpos translate`, `summarise` and `answer`: texts from arguments, a file or standard input, written in their order. Lines of
 * standard input are answered one by one, those of a file in batches.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import { answer, summarise, translate } from "../generation/translate.ts";
import type { Question } from "../generation/translate.ts";
import type { TargetText } from "../generation/targets-of.ts";
import { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
import { answerSpans, longestAnswerOf } from "../runs/answer-spans.ts";
import type { SpanText } from "../runs/answer-spans.ts";
import { isPretrainedPair, openTargetWriter } from "../runs/open-target-writer.ts";
import type { OpenedSpanRun } from "../runs/open-span-run.ts";
import { compile } from "../runtime/node.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { generationOf, withFlagNames } from "./flag-names.ts";
import { lineOutput } from "./line-output.ts";
import { printError } from "./print.ts";
import { sourceQuestions, sourceTexts } from "./source-texts.ts";
import type { TargetsCommandOptions, TargetTask } from "./targets-options.ts";

/** Runs a command. */
export async function writeTargets(
  task: TargetTask,
  texts: readonly string[],
  options: TargetsCommandOptions,
): Promise<void> {
  const { model: folder, file, out, json = false, batchSize, threads } = options;
  checkOrigin(task, texts, options);
  const device = deviceNamed(options.device);
  await requireDevice(device);
  const run = await openTargetWriter(folder);
  const interrupt = abortOnInterrupt();
  const origin = { given: texts, file, signal: interrupt.signal };
  const settings = {
    ...generationOf(options),
    ...{ signal: interrupt.signal, batchSize },
    // A line of standard input is answered before the next is read.
    ...(texts.length === 0 && file === undefined && { readAhead: 1 }),
  };
  const compiled = { compile, device, threads };
  let written = 0;
  const cut = new Map<string, number>();
  const output = await lineOutput(out);
  let part: string | undefined;
  try {
    const targets =
      !isPretrainedPair(run) && run.architecture === "span"
        ? spansOf(run, task, questionsOf(options, origin), { ...settings, ...compiled })
        : task === "answer"
          ? answer(run, questionsOf(options, origin), settings, compiled)
          : { translate, summarise }[task](run, sourceTexts(origin), settings, compiled);
    for await (const target of withFlagNames(targets)) {
      await output.write(`${json ? jsonLine(target) : oneLine(target.text)}\n`);
      written++;
      if (target.ended === "length" || target.ended === "limit")
        cut.set(target.ended, (cut.get(target.ended) ?? 0) + 1);
    }
    if (interrupt.signal.aborted) part = await output.stop();
    else await output.finish();
  } finally {
    interrupt.release();
    await output.discard();
  }
  const atLength = cut.get("length") ?? 0;
  if (atLength > 0)
    printError(
      `relpos: ${atLength} of ${written} texts end after --max-tokens ${settings.maxTokens ?? 100} tokens.\n`,
    );
  const atLimit = cut.get("limit") ?? 0;
  if (atLimit > 0)
    printError(`relpos: ${atLimit} of ${written} texts end where the model's encoding ends.\n`);
  if (interrupt.signal.aborted)
    throw new Interrupted(
      `stopped; ${textsWritten(written)}${part === undefined ? "" : ` to ${part}`}, and no part of another.`,
    );
}

/** "the first 3 texts are written" */
function textsWritten(count: number): string {
  if (count === 0) return "no text is written";
  return count === 1 ? "the first text is written" : `the first ${count} texts are written`;
}

/** @throws {InputError} texts come from two places, or a question has no context */
function checkOrigin(
  task: TargetTask,
  texts: readonly string[],
  { file, question, context }: TargetsCommandOptions,
): void {
  if (file !== undefined && (texts.length > 0 || question !== undefined))
    throw new InputError(
      `${task}: ${task === "answer" ? "a question" : "texts"} and --file were given. Give one of them.`,
    );
  if ((question === undefined) !== (context === undefined))
    throw new InputError("answer: --question and --context go together. Give both.");
}

async function* questionsOf(
  { question, context }: TargetsCommandOptions,
  origin: Parameters<typeof sourceQuestions>[0],
): AsyncGenerator<Question> {
  if (question !== undefined && context !== undefined)
    yield { question, context, place: "--question" };
  else yield* sourceQuestions(origin);
}

/** A text without line breaks, which would move the lines behind it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}

/** Answers that are found; `--max-tokens` is the most tokens of one. */
async function* spansOf(
  run: OpenedSpanRun,
  task: TargetTask,
  questions: AsyncIterable<Question>,
  { signal, batchSize, readAhead, device, threads, ...rest }: SpanSettings,
): AsyncGenerator<TargetText> {
  if (task !== "answer")
    throw new InputError(
      `this run was trained to answer, and not to ${task}. Use answer, or give a run of another task.`,
    );
  const { compile: compiled, ...generation } = rest;
  const longestAnswer = longestAnswerOf(generation);
  const found: AsyncGenerator<SpanText> = answerSpans(run, questions, {
    ...{ signal, batchSize: readAhead ?? batchSize, compile: compiled, device, threads },
    ...(longestAnswer === undefined ? {} : { longestAnswer }),
  });
  for await (const { index, source, text, score } of found)
    yield { index, source, text: text.trim(), ids: [], ended: "end", score };
}

/** How answers are looked for, and the options of generation that were given. */
interface SpanSettings extends GenerationOptions {
  readonly signal: AbortSignal;
  readonly batchSize: number;
  readonly readAhead?: number;
  readonly compile: typeof compile;
  readonly device: ReturnType<typeof deviceNamed>;
  readonly threads: number;
}

function jsonLine({ index, source, text, ids, ended, score }: TargetText): string {
  return JSON.stringify({ line: index + 1, source, text, ids, ended, score });
}
