/**
 * The data of a comparison, its corpus loaded from the disk where it has one.
 *
 * @module
 */
import { kindOf } from "../comparison/kinds/index.ts";
import type { Prepared } from "../comparison/kinds/kind.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { loadCorpus } from "../data/corpus-files.ts";
import { recordedCorpusOf, recordedValidationOf } from "../runs/recorded.ts";
import type { RecordedCorpus, RecordedValidation } from "../runs/run-document.ts";

/** Data that are ready for trials. */
export interface LoadedData extends Prepared {
  /** The corpus, as `run.json` records it; undefined where none is read. */
  readonly corpus: RecordedCorpus | undefined;
  /** A validation text of its own, as `run.json` records it. */
  readonly validation?: RecordedValidation;
}

/**
 * Loads and prepares the data that settings name.
 *
 * @throws {InputError} a file cannot be read, or the data are too small for the lengths
 */
export async function loadData(settings: ComparisonSettings): Promise<LoadedData> {
  const kind = kindOf(settings);
  const choice = kind.corpus(settings);
  if (choice === undefined) return { ...kind.prepare(settings), corpus: undefined };
  const corpus = await loadCorpus(choice);
  const files = kind.validation(settings);
  const own = files && (await loadCorpus({ text: files }));
  return {
    ...kind.prepare(settings, corpus, own),
    ...(own && files ? { validation: recordedValidationOf(own, files) } : {}),
    corpus: recordedCorpusOf(corpus, choice, "paragraph"), // where splitText cuts
  };
}
