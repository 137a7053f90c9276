/**
 * `relpos evaluate` of several language models on one text: a model with itself extended, or several folders; a table, JSON, a page.
 *
 * @module
 */
import type { CorpusChoice } from "../data/corpus-files.ts";
import { InputError } from "../errors.ts";
import { readMethod } from "../encodings/extension/method-text.ts";
import { extend } from "../extension/extend.ts";
import { isCheckpoint } from "../families/load-checkpoint.ts";
import { newDocument } from "../report/node-report.ts";
import { isLoaded, openDecoder } from "../runs/open-decoder.ts";
import type { OpenedDecoder } from "../runs/open-decoder.ts";
import { compareOnText } from "../side-by-side/compare-on-text.ts";
import type { NamedModel } from "../side-by-side/compare-on-text.ts";
import { sidePage } from "../side-by-side/page.ts";
import type { SideLoss } from "../side-by-side/result.ts";
import { breakLines, methodLines, standingLines } from "../side-by-side/words.ts";
import { version } from "../version.ts";
import { deviceNamed } from "./device.ts";
import { pairEvaluationOptions } from "./evaluate-options.ts";
import type { EvaluateOptions } from "./evaluate-options.ts";
import { flagOf } from "./generation-flags.ts";
import { requireNewFiles, writeFiles } from "./new-files.ts";
import { printError, printOutput } from "./print.ts";
import { requireProcessor, withWeights } from "./weights-of.ts";

const schema = "relpos-side-by-side/1";

/** Whether a call compares models or wants a page. */
export function isSideBySide(folders: readonly string[], options: EvaluateOptions): boolean {
  const { extend: methods, report, factor, originalLength, weights } = options;
  return (
    [methods, report, factor, originalLength, weights].some((each) => each !== undefined) ||
    folders.length > 1
  );
}

/** Runs the command for such a call. */
export async function evaluateSideBySide(
  folders: readonly string[],
  options: EvaluateOptions,
): Promise<void> {
  const { report, json = false, evaluationTokens, threads } = options;
  refuseOthers(folders, options);
  await requireNewFiles({ "--report": report });
  const opened = await openAll(folders, options.encodingFile);
  const models = modelsOf(folders, opened, options);
  const contextLength = contextLengthOf(opened[0]!);
  const width = Math.max(5, ...models.map(({ name }) => name.length));
  let begun = false;
  const result = await compareOnText(models, {
    corpus: corpusOf(options),
    lengths: options.lengths ?? lengthsOf(folders[0]!, contextLength),
    ...(evaluationTokens !== undefined && { tokens: evaluationTokens }),
    compileOptions: { device: deviceNamed(options.device), threads },
    onLength(losses) {
      if (json) return;
      if (!begun) printOutput(`${folders.join(", ")}\n\n${headingOf(width)}\n`);
      begun = true;
      for (const loss of losses) printOutput(`${row(loss, width)}\n`);
    },
  });
  if (json)
    printOutput(
      `${JSON.stringify({ schema, relpos: version, folders, contextLength, ...result })}\n`,
    );
  else
    printOutput(
      `\n${[...standingLines(result), ...breakLines(result), "", ...methodLines(result)].join("\n")}\n`,
    );
  const title = titleOf(folders, options);
  await writeFiles(
    [
      [
        report,
        () =>
          sidePage(result, {
            title,
            document: newDocument(),
            ...(contextLength !== undefined && { contextLength }),
          }),
      ],
    ],
    printError,
  );
}

function titleOf(
  folders: readonly string[],
  { extend: methods, factor, weights }: EvaluateOptions,
): string {
  if (weights !== undefined) return `${folders[0]!} with weights in few bits`;
  return methods === undefined
    ? `${folders.join(", ")} by length`
    : `${folders[0]!}, extended by a factor of ${factor}`;
}

/** @throws {InputError} an option is for runs of pairs, or has no effect beside the others */
function refuseOthers(folders: readonly string[], options: EvaluateOptions): void {
  const ofPairs = pairEvaluationOptions.find(
    (name) => options[name as keyof EvaluateOptions] !== undefined,
  );
  if (ofPairs !== undefined)
    throw new InputError(
      `${flagOf(ofPairs)} is for runs of relpos train --task, and language models are compared. Leave it out.`,
    );
  for (const name of ["factor", "originalLength"] as const)
    if (options[name] !== undefined && options.extend === undefined)
      throw new InputError(`${flagOf(name)} is for --extend, which is not given. Leave it out.`);
  if (options.weights !== undefined) {
    refuseOthersOfWeights(folders, options);
    requireProcessor(options.weights, options.device);
  }
  if (options.extend === undefined) return;
  if (options.factor === undefined)
    throw new InputError(
      "--extend needs --factor, new length / length of training. Give --factor 4 for texts four times as long.",
    );
  if (folders.length > 1)
    throw new InputError(
      `--extend compares one model with itself, and ${folders.length} were given. Give one, or write each by relpos extend first.`,
    );
}

/** @throws {InputError} weights of several types are compared with something else at the same time */
function refuseOthersOfWeights(
  folders: readonly string[],
  { extend: methods }: EvaluateOptions,
): void {
  if (methods !== undefined)
    throw new InputError(
      "--weights and --extend both compare the model with itself. Leave one of them out, or write it by relpos extend first.",
    );
  if (folders.length > 1)
    throw new InputError(
      `--weights compares one model with itself, and ${folders.length} were given. Give one.`,
    );
}

async function openAll(
  folders: readonly string[],
  encodingFile: string | undefined,
): Promise<readonly OpenedDecoder[]> {
  const pretrained = await Promise.all(folders.map((folder) => isCheckpoint(folder)));
  // Among several, the file is for those that are runs; `openDecoder` refuses it where none is.
  const forRuns = pretrained.includes(false);
  const opened: OpenedDecoder[] = [];
  for (const [at, folder] of folders.entries())
    opened.push(
      await openDecoder(forRuns && pretrained[at] ? { folder } : { folder, encodingFile }),
    );
  return opened;
}

function modelsOf(
  folders: readonly string[],
  opened: readonly OpenedDecoder[],
  { extend: methods, factor, originalLength, weights }: EvaluateOptions,
): readonly NamedModel[] {
  const plain = opened.map((trained, at) => ({ name: folders[at]!, trained }));
  if (weights !== undefined)
    return ["float32" as const, ...weights].map((type) => ({
      name: type,
      trained: withWeights(opened[0]!, type),
    }));
  if (methods === undefined) return plain;
  const [{ trained }] = plain as [NamedModel];
  const chosen = methods.map((method) => ({
    name: nameOf(method),
    trained: extend(trained, {
      ...{ method, factor: factor! },
      ...(originalLength !== undefined && { originalLength }),
    }),
  }));
  return [{ name: "unchanged", trained }, ...chosen];
}

/** The method in its shortest form. */
function nameOf(method: string): string {
  try {
    return readMethod(method).text;
  } catch {
    return method; // `extend` says what is wrong with it
  }
}

function corpusOf({ text, corpus }: EvaluateOptions): CorpusChoice {
  return text ? { text } : corpus === undefined ? {} : { name: corpus };
}

function contextLengthOf(trained: OpenedDecoder): number | undefined {
  const length = isLoaded(trained) ? trained.contextLength : trained.configuration.trainLength;
  return Number.isFinite(length) ? length : undefined;
}

function lengthsOf(folder: string, longest: number | undefined): readonly number[] {
  if (longest !== undefined) return [Math.max(1, Math.floor(longest / 2)), longest, 2 * longest];
  throw new InputError(
    `${folder} does not say how long texts of training were. Give --lengths, such as 512,1024,2048.`,
  );
}

const columns = ["length  windows ", "perplexity", "nats a token", "above the lowest", "95 %"];

function headingOf(width: number): string {
  return ["model".padEnd(width), ...columns].join("  ");
}

function row(loss: SideLoss, width: number): string {
  const protocol = loss.protocol === "windows" ? "apart   " : "sliding ";
  const place = `${loss.model.padEnd(width)}  ${String(loss.length).padStart(6)}  ${protocol}`;
  if (!("nats" in loss)) return `${place}  ${loss.unsupported}`;
  const { perplexity, nats, difference, standing } = loss;
  const sign = { lowest: "*", level: "~", higher: " " }[standing];
  return [
    place,
    perplexity.toPrecision(5).padStart(10),
    nats.toFixed(4).padStart(12),
    `${difference.mean.toFixed(4)} ${sign}`.padStart(16),
    difference.interval === null
      ? ""
      : `${difference.interval.low.toFixed(4)} to ${difference.interval.high.toFixed(4)}`,
  ]
    .join("  ")
    .trimEnd();
}
