/**
 * How well a pretrained model predicts a text, by length and by position, and where it breaks.
 *
 * @module
 */
import { loadCorpus } from "../data/corpus-files.ts";
import type { CorpusChoice } from "../data/corpus-files.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { encodeNamed } from "../data/validation-text.ts";
import { evaluationSpans } from "../data/windows.ts";
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { forTexts } from "../families/load-checkpoint.ts";
import type { LoadedCheckpoint } from "../families/load-checkpoint.ts";
import { unsupportedReason } from "../model/length-limit.ts";
import { refuseTooLargeEvaluation } from "../runs/size-limit.ts";
import { textLoss } from "../runs/text-loss.ts";
import type { TextLoss } from "../runs/text-loss.ts";
import { defaultTrainSettings } from "../runs/train-settings.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import { breakingPosition, stretchLosses } from "./breaking-position.ts";
import type { StretchLoss } from "./breaking-position.ts";

/** On what a pretrained model is evaluated. */
export interface EvaluateCheckpointOptions {
  /** Default: the corpus of relpos. */
  readonly corpus?: CorpusChoice;
  /** Lengths of windows, in tokens. Default: a half, one and two times the longest text of the configuration. */
  readonly lengths?: readonly number[];
  /** Tokens that are predicted at most, the same at every length. Default: as in the evaluation of a run. */
  readonly tokens?: number;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
  /** Called with each length's result. */
  readonly onLength?: (result: CheckpointLengthLoss) => void;
}

const names: NamesOf<EvaluateCheckpointOptions> = {
  ...{ corpus: true, lengths: true, tokens: true, compile: true, compileOptions: true },
  onLength: true,
};

/**
 * The loss at one length, or why the model cannot run at it. Bits per byte are NaN, null in JSON, where the tokenizer does
 * not give the text back, and its bytes cannot be counted.
 */
export type CheckpointLengthLoss =
  | {
      readonly length: number;
      /** Of windows that do not overlap: tokens have half a window before them on average. */
      readonly windows: TextLoss;
      /** Of windows of which each predicts its second half only: tokens have half a window before them at least. */
      readonly sliding: TextLoss;
    }
  | { readonly length: number; readonly unsupported: string };

/** How a pretrained model predicts a text. */
export interface CheckpointLosses {
  /** The text, and which part of it was predicted. */
  readonly text: string;
  /** In ascending order. */
  readonly lengths: readonly CheckpointLengthLoss[];
  /** By position in windows of the longest length, in stretches; empty where the model cannot run at any. */
  readonly byPosition: readonly StretchLoss[];
  /** From this position on it predicts worse than before, see `breakingPosition`; absent: it does not, up to the longest length. */
  readonly breaksAt?: number;
}

/**
 * Evaluates a pretrained model on a text.
 *
 * @throws {InputError} it has no tokenizer, the text is shorter than the longest window, or memory does not suffice
 */
export async function evaluateCheckpoint(
  checkpoint: LoadedCheckpoint,
  options: EvaluateCheckpointOptions = {},
): Promise<CheckpointLosses> {
  refuseUnknownNames("evaluateCheckpoint", options, names, (message) => new InputError(message));
  const { folder, tokenizer } = checkpoint;
  const { compile, compileOptions, onLength } = options;
  if (tokenizer === undefined)
    throw new InputError(
      `${folder} has no tokenizer.json, which a text needs. Copy or download it.`,
    );
  const lengths = lengthsOf(checkpoint, options.lengths);
  const { name, text } = await loadCorpus(options.corpus);
  const { tokens, byteLength } = encoded(tokenizer, text, name);
  const limit = options.tokens ?? defaultTrainSettings.evaluationTokens;
  const { spans, description } = evaluationSpans(tokens.length, {
    longest: lengths.at(-1)!,
    limit,
  });
  for (const length of lengths) refuseTooLargeEvaluation(checkpoint.model, { length });
  const results: CheckpointLengthLoss[] = [];
  let longest: TextLoss | undefined;
  for (const length of lengths) {
    const trained = forTexts(checkpoint, length);
    const unsupported = unsupportedReason(trained.model, length);
    const request = {
      ...{ tokenizer: { byteLength }, tokens, length, spans, seed: 0 },
      ...(compile && { compile }),
      ...(compileOptions && { compileOptions }),
    };
    let result: CheckpointLengthLoss = { length, unsupported: unsupported ?? "" };
    if (unsupported === undefined) {
      const { byPosition, ...windows } = await textLoss(trained, { ...request, positions: true });
      longest = { ...windows, ...(byPosition && { byPosition }) };
      const stride = Math.max(1, Math.floor(length / 2));
      result = { length, windows, sliding: await textLoss(trained, { ...request, stride }) };
    }
    results.push(result);
    onLength?.(result);
  }
  const byPosition = stretchLosses(longest?.byPosition ?? []);
  const breaksAt = breakingPosition(byPosition);
  return {
    ...{ text: `${name}, ${description}`, lengths: results, byPosition },
    ...(breaksAt !== undefined && { breaksAt }),
  };
}

/** The tokens of a text, and how many of its bytes they are: NaN where they do not give it back to the byte. */
function encoded(
  tokenizer: Tokenizer,
  text: string,
  name: string,
): { readonly tokens: Int32Array } & Pick<Tokenizer, "byteLength"> {
  try {
    const tokens = encodeNamed(tokenizer, text, name);
    return { tokens, byteLength: (ids) => tokenizer.byteLength(ids) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { tokens: tokenizer.encode(text), byteLength: () => NaN };
  }
}

function lengthsOf(
  { contextLength, folder }: LoadedCheckpoint,
  given: readonly number[] | undefined,
): readonly number[] {
  if (given !== undefined) {
    if (given.length === 0) throw new InputError("lengths is empty. Give at least one length.");
    return [...new Set(given)].sort((a, b) => a - b);
  }
  if (Number.isFinite(contextLength))
    return [Math.max(1, Math.floor(contextLength / 2)), contextLength, 2 * contextLength];
  throw new InputError(
    `${folder}: config.json does not say how long texts of training were. Give lengths, such as 512,1024,2048.`,
  );
}
