/**
 * `relpos evaluate` of a run that was trained from texts to texts: the loss of targets and the measures of what the run writes, a
 * line for each part and range of source lengths, and what is reached without a model.
 *
 * @module
 */
import { answersOf } from "../data/pairs/pair.ts";
import { InputError } from "../errors.ts";
import { evaluatePairRun } from "../runs/evaluate-pair-run.ts";
import type { JudgedPart, PairRunLosses } from "../runs/evaluate-pair-run.ts";
import { interruptOnceListening, Interrupted } from "../runs/interrupt.ts";
import { openAnyPairRun } from "../runs/open-span-run.ts";
import type { OpenedSpanRun } from "../runs/open-span-run.ts";
import type { OpenedPairRun } from "../runs/open-pair-run.ts";
import { version } from "../version.ts";
import { deviceNamed } from "./device.ts";
import { searchOptions, textEvaluationOptions } from "./evaluate-options.ts";
import type { EvaluateOptions } from "./evaluate-options.ts";
import { generationOf, withFlagName } from "./flag-names.ts";
import { flagOf } from "./generation-flags.ts";
import { lineOutput } from "./line-output.ts";
import type { LineOutput } from "./line-output.ts";
import { pairChoice } from "./pair-choice.ts";
import { PairsTable } from "./pairs-table.ts";
import { printError, printOutput } from "./print.ts";
import { WrittenProgress } from "./written-progress.ts";

const schema = "relpos-pair-evaluation/1";

/**
 * Runs the command for such a run. A part is printed as soon as it was judged, with `--json` all at the end.
 *
 * @throws {InputError} an option is of language models, or the pairs cannot be used
 * @throws {Interrupted} the user stopped it
 */
export async function evaluatePairs(folder: string, options: EvaluateOptions): Promise<void> {
  const { data, columns, device, threads, json = false, out, lossOnly = false } = options;
  refuseOthers(folder, options);
  const run = await openAnyPairRun(folder);
  const generation = generationOf(options);
  const table = new PairsTable(run.configuration.task, !lossOnly);
  const interrupt = interruptOnceListening();
  const progress = new WrittenProgress();
  const judged: JudgedPart[] = [];
  let written = 0;
  const lines = out === undefined ? undefined : await lineOutput(out);
  try {
    const result = await evaluatePairRun(run, {
      ...(data === undefined ? {} : { data: pairChoice(data, { columns }) }),
      ...(options.examples === undefined ? {} : { examples: options.examples }),
      ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
      generation: lossOnly ? false : generation,
      compileOptions: { device: deviceNamed(device), threads },
      signal: interrupt.signal,
      onPart(part) {
        progress.end();
        if (!json && judged.length === 0)
          printOutput(`${titleOf(run, options)}\n\n${table.heading}\n`);
        if (!json) for (const range of part.ranges) printOutput(`${table.row(range)}\n`);
        judged.push(part);
      },
      onWritten(count, pairs, part) {
        interrupt.listen();
        written++;
        progress.update(count, pairs, part);
      },
    }).catch(async (error: unknown) => {
      if (!interrupt.signal.aborted) throw withFlagName(error);
      await writeTexts(lines, judged);
      const part = await lines?.stop();
      throw new Interrupted(
        `stopped after ${written} written texts; ` +
          `${json ? "nothing" : "nothing but the lines above"} was judged as a whole` +
          `${part === undefined ? "" : `, and ${part} has the texts of the parts that were`}.`,
        { cause: error },
      );
    });
    await writeTexts(lines, judged);
    await lines?.finish();
    if (json) printOutput(`${jsonOf(run, options, result)}\n`);
    else printEnd(table, run, { judged, result });
  } finally {
    progress.end();
    interrupt.release();
    await lines?.discard();
  }
}

/** Writes the texts of parts that were judged. */
async function writeTexts(
  lines: LineOutput | undefined,
  judged: readonly JudgedPart[],
): Promise<void> {
  for (const part of judged) for (const text of textsOf(part)) await lines?.write(`${text}\n`);
}

/** @throws {InputError} an option is of language models, or has no effect */
function refuseOthers(folder: string, options: EvaluateOptions): void {
  for (const name of textEvaluationOptions)
    if (options[name as keyof EvaluateOptions] !== undefined)
      throw new InputError(
        `${flagOf(name)} is for language models, and ${folder} was trained from texts to texts. Give --data, or leave it out.`,
      );
  if (options.columns !== undefined && options.data === undefined)
    throw new InputError("--columns was given without --data. Name the files of pairs too.");
  if (!options.lossOnly) return;
  for (const name of ["out", "batchSize", "maxTokens", ...searchOptions] as const)
    if (options[name] !== undefined)
      throw new InputError(
        `${flagOf(name)} is about texts that are written, and --loss-only writes none. Leave one of them out.`,
      );
}

/** The run, and how its targets are written. */
function titleOf(
  run: OpenedPairRun | OpenedSpanRun,
  { lossOnly, beams = 1, lengthPenalty = 1 }: EvaluateOptions,
): string {
  const { task } = run.configuration;
  const search =
    run.architecture === "span"
      ? "answers that are found"
      : beams === 1
        ? "greedy"
        : `beam ${beams}${lengthPenalty === 1 ? "" : `, length penalty ${lengthPenalty}`}`;
  return (
    `${run.folder}: ${task}, ${run.architecture}, ${encodingsOf(run)}, ${run.step} steps` +
    (lossOnly ? "" : `; ${search}`)
  );
}

function encodingsOf(run: OpenedPairRun | OpenedSpanRun): string {
  if (run.architecture !== "encoder-decoder") return run.model.encoding.id;
  const { encoder, decoder } = run.model;
  return encoder.id === decoder.id ? encoder.id : `${encoder.id}, ${decoder.id}`;
}

function jsonOf(
  run: OpenedPairRun | OpenedSpanRun,
  options: EvaluateOptions,
  result: PairRunLosses,
): string {
  const { folder, step: steps, configuration } = run;
  const { task, architecture } = configuration;
  const about = {
    schema,
    relpos: version,
    run: folder,
    task,
    architecture,
    encodings: encodingsOf(run),
    steps,
  };
  const written = options.lossOnly ? {} : { generation: generationOf(options) };
  return JSON.stringify({ ...about, ...written, ...result });
}

/** What is reached without a model, how values were computed, and what a reader should know. */
function printEnd(
  table: PairsTable,
  run: OpenedPairRun | OpenedSpanRun,
  { judged, result }: { readonly judged: readonly JudgedPart[]; readonly result: PairRunLosses },
): void {
  if (result.yardsticks.length > 0) {
    printOutput("\nwithout a model\n");
    for (const yardstick of result.yardsticks) printOutput(`${table.yardstick(yardstick)}\n`);
  }
  const lines = judged.flatMap(({ signatures }) => table.signatures(signatures));
  const facts = `${result.data}${result.parts.length > 1 ? `; sources: ${rangesInWords(run, result)}` : ""}`;
  printOutput(`\n${[...new Set(lines), facts].join("\n")}\n`);
  if (result.notes.length > 0) printError(`${result.notes.join("\n")}\n`);
}

/** The ranges of source lengths in words. */
function rangesInWords(run: OpenedPairRun | OpenedSpanRun, { median }: PairRunLosses): string {
  return (
    `short has up to ${median!} tokens, the median of the training, seen up to ` +
    `${run.configuration.sourceLength}, the most in training, longer has more`
  );
}

/** A JSON object for each source of a part. */
function textsOf({ ranges: [all], written }: JudgedPart): readonly string[] {
  return written.map(({ text, ended, pair }) =>
    JSON.stringify({ part: all!.part, source: pair.source, text, ended, answers: answersOf(pair) }),
  );
}
