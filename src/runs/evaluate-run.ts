/**
 * The loss of an opened run on text: on the validation part of its own text, or on another.
 *
 * @module
 */
import { loadCorpus } from "../data/corpus-files.ts";
import type { CorpusChoice } from "../data/corpus-files.ts";
import type { Corpus } from "../data/corpus.ts";
import { splitText } from "../data/split.ts";
import { encodeCounted, encodeNamed } from "../data/validation-text.ts";
import { evaluationSpans } from "../data/windows.ts";
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { unsupportedReason } from "../model/length-limit.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { OpenedRun } from "./open-run.ts";
import { refuseTooLargeEvaluation } from "./size-limit.ts";
import { textLoss } from "./text-loss.ts";
import type { TextLoss } from "./text-loss.ts";
import { defaultTrainSettings } from "./train-settings.ts";

/** On what a run is evaluated. */
export interface EvaluateRunOptions {
  /** A text that the run was not trained on, all of it. Default: the validation part of the run's own text. */
  readonly corpus?: CorpusChoice;
  /** Lengths of windows, in tokens. Default: the train length. */
  readonly lengths?: readonly number[];
  /** Tokens that are predicted at most, the same at every length. Default: those of the run's own evaluation. */
  readonly tokens?: number;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
  /** Called with each length's result. */
  readonly onLength?: (result: LengthLoss) => void;
}

const names: NamesOf<EvaluateRunOptions> = { corpus: true, lengths: true, tokens: true, compile: true, compileOptions: true, onLength: true };

/** The loss at one length, or why the encoding cannot run at it. */
export type LengthLoss =
  | ({ readonly length: number } & TextLoss)
  | { readonly length: number; readonly unsupported: string };

/** How a run predicts a text. */
export interface RunLosses {
  /** The text, and which part of it was predicted. */
  readonly text: string;
  /** In the order of `lengths`. */
  readonly lengths: readonly LengthLoss[];
}

/**
 * Evaluates a run with windows that do not overlap. At the train length and on the run's own text, this is the loss in
 * its `evaluation.json`.
 *
 * @throws {InputError} the run was trained on a task; its text is gone or changed; the text is the one it was trained
 *   on, or shorter than a window
 */
export async function evaluateRun(
  run: OpenedRun,
  options: EvaluateRunOptions = {},
): Promise<RunLosses> {
  refuseUnknownNames("evaluateRun", options, names, (message) => new InputError(message));
  const { tokenizer, configuration, model } = run;
  const { compile, compileOptions, onLength } = options;
  if (tokenizer === undefined)
    throw new InputError(
      `${run.folder} was trained on a task, whose symbols are no text. ` +
        `Its accuracy is in the results of its comparison.`,
    );
  const lengths = options.lengths ?? [configuration.trainLength];
  if (lengths.length === 0) throw new InputError("lengths is empty. Give at least one length.");
  const { name, text } = await textOf(run, options.corpus);
  // The tokenizer of a pretrained model is as it is: bits per byte are NaN where it changes the text.
  const counted =
    configuration.source === undefined ? undefined : encodeCounted(tokenizer, text, name);
  const tokens = counted?.tokens ?? encodeNamed(tokenizer, text, name);
  const own = configuration.settings["evaluationTokens"];
  const { spans, description } = evaluationSpans(tokens.length, {
    longest: Math.max(...lengths),
    limit:
      options.tokens ?? (typeof own === "number" ? own : defaultTrainSettings.evaluationTokens),
  });
  for (const length of lengths) refuseTooLargeEvaluation(model, { length });
  const results: LengthLoss[] = [];
  for (const length of lengths) {
    const unsupported = unsupportedReason(model, length);
    const request = {
      ...{ tokenizer: counted ?? tokenizer, tokens, length, spans, seed: configuration.seed },
      ...(compile ? { compile } : {}),
      ...(compileOptions ? { compileOptions } : {}),
    };
    const result: LengthLoss =
      unsupported === undefined
        ? { length, ...(await textLoss(run, request)) }
        : { length, unsupported };
    results.push(result);
    onLength?.(result);
  }
  return { text: `${name}, ${description}`, lengths: results };
}

/** The text to predict, and its name for messages. */
async function textOf(
  run: OpenedRun,
  given: CorpusChoice | undefined,
): Promise<{ readonly name: string; readonly text: string }> {
  const { folder } = run;
  const own = run.configuration.corpus;
  if (given !== undefined) {
    const { name, text, sha256 } = await loadCorpus(given);
    if (sha256 === own?.sha256)
      throw new InputError(
        `${name} is the text that ${folder} was trained on. Leave it out to evaluate on its validation part, ` +
          `or give another text.`,
      );
    return { name, text };
  }
  if (own === undefined)
    throw new InputError(`${folder} does not record its training text. Give a text to evaluate on.`);
  const validation = run.configuration.validation;
  if (validation !== undefined) {
    const corpus = await recordedText(folder, { text: validation.from.paths });
    if (corpus.sha256 === validation.sha256) return { name: `validation text ${corpus.name}`, text: corpus.text };
    throw new InputError(
      `${corpus.name} is not the text that ${folder} was validated on (its SHA-256 differs). ` +
        `Restore it as it was, or give another text to evaluate on.`,
    );
  }
  const choice = "paths" in own.from ? { text: own.from.paths } : { name: own.from.name };
  const corpus = await recordedText(folder, choice);
  if (corpus.sha256 !== own.sha256)
    throw new InputError(
      `${corpus.name} is not the text that ${folder} was trained on (its SHA-256 differs). ` +
        `Restore it as it was, or give another text to evaluate on.`,
    );
  return {
    name: `validation part of ${corpus.name}`,
    text: splitText(corpus.text, { cut: own.cut }).validation,
  };
}

async function recordedText(folder: string, choice: CorpusChoice): Promise<Corpus> {
  try {
    return await loadCorpus(choice);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(
      `the text that ${folder} was trained on cannot be read: ${cause.message} ` +
        `Or give another text to evaluate on.`,
      { cause },
    );
  }
}
