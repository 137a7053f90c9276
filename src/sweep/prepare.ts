/**
 * The data of a comparison, its corpus loaded from the disk where it has one.
 *
 * @module
 */
import { kindOf } from "../comparison/kinds/index.ts";
import type { Prepared } from "../comparison/kinds/kind.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { loadCorpus } from "../data/corpus-files.ts";

/** Data that are ready for trials. */
export interface LoadedData extends Prepared {
  /** SHA-256 of the corpus in hexadecimal digits; undefined where none is read. */
  readonly sha256: string | undefined;
}

/**
 * Loads and prepares the data that settings name.
 *
 * @throws {InputError} a file cannot be read, or the data are too small for the lengths
 */
export async function loadData(settings: ComparisonSettings): Promise<LoadedData> {
  const kind = kindOf(settings);
  const choice = kind.corpus(settings);
  const corpus = choice && (await loadCorpus(choice));
  return { ...kind.prepare(settings, corpus), sha256: corpus?.sha256 };
}
