/**
 * The data of a comparison, its corpus loaded from the disk where it has one.
 *
 * @module
 */
import { kindOf } from "../comparison/kinds/index.ts";
import type { Prepared } from "../comparison/kinds/kind.ts";
import type { ComparisonSettings, TextSettings } from "../comparison/settings.ts";
import { loadCorpus } from "../data/corpus-files.ts";
import { loadPairs } from "../data/pairs/load-pairs.ts";
import { isTokenizerFile, readTokenizerFile } from "../data/tokenizer-files.ts";
import type { ChosenTokenizer } from "../data/tokenizer-files.ts";
import { InputError } from "../errors.ts";
import { recordedCorpusOf, recordedValidationOf } from "../runs/recorded.ts";
import { recordedPairsOf } from "../runs/recorded-pairs.ts";
import type {
  PairTask,
  RecordedCorpus,
  RecordedPairs,
  RecordedValidation,
} from "../runs/run-document.ts";
import { pairsTokenizer } from "./pairs-tokenizer.ts";
import type { TrainedTokenizer } from "./pairs-tokenizer.ts";

/** Data that are ready for trials. */
export interface LoadedData extends Prepared {
  /** The corpus, as `run.json` records it; undefined where none is read. */
  readonly corpus: RecordedCorpus | undefined;
  /** The text of the tokenizer's file, if it has one. */
  readonly tokenizerDocument?: string;
  /** A validation text of its own, as `run.json` records it. */
  readonly validation?: RecordedValidation;
  /** The pairs of texts, as `run.json` records them, and what models are trained for with them. */
  readonly pairs?: { readonly task: PairTask; readonly recorded: RecordedPairs };
}

/**
 * Loads and prepares the data that settings name.
 *
 * @param trained where a tokenizer that is trained on pairs of texts is read from. Default: it is trained
 * @throws {InputError} a file cannot be read, or the data are too small for the lengths
 */
export async function loadData(
  settings: ComparisonSettings,
  trained?: TrainedTokenizer,
): Promise<LoadedData> {
  const kind = kindOf(settings);
  const pairs = kind.pairs?.(settings);
  if (pairs !== undefined) {
    const set = await loadPairs(pairs.choice);
    const { tokenizer, document } = await pairsTokenizer(pairs.tokenizer, set, trained);
    return {
      ...kind.prepare(settings, { pairs: set, tokenizer }),
      ...(document === undefined ? {} : { tokenizerDocument: document }),
      corpus: undefined,
      pairs: { task: pairs.task, recorded: recordedPairsOf(set, pairs.choice) },
    };
  }
  const choice = kind.corpus(settings);
  if (choice === undefined) return { ...kind.prepare(settings), corpus: undefined };
  const corpus = await loadCorpus(choice);
  const file = await tokenizerFileOf(settings);
  const files = kind.validation(settings);
  const own = files && (await loadCorpus({ text: files }));
  return {
    ...kind.prepare(settings, {
      corpus,
      ...(own && { validation: own }),
      ...(file && { tokenizer: file.tokenizer }),
    }),
    ...(file === undefined ? {} : { tokenizerDocument: file.document }),
    ...(own && files ? { validation: recordedValidationOf(own, files) } : {}),
    corpus: recordedCorpusOf(corpus, choice, "paragraph"), // where splitText cuts
  };
}

/** The tokenizer's file, which must hold what it held when the comparison began; undefined where there is none. */
async function tokenizerFileOf(
  settings: ComparisonSettings,
): Promise<Required<ChosenTokenizer> | undefined> {
  const { tokenizer: name, tokenizerSha256 } = settings as Partial<TextSettings>;
  if (name === undefined || !isTokenizerFile(name)) return undefined;
  const read = await readTokenizerFile(name);
  const { config } = read.tokenizer;
  if (config.id === "file" && tokenizerSha256 !== undefined && config.sha256 !== tokenizerSha256)
    throw new InputError(
      `${name} changed while the run was going on. Give another --out, or the file as it was.`,
    );
  return read;
}
