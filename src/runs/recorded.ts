/**
 * The parts of a run's document, made of what a run was given.
 *
 * @module
 */
import type { CorpusChoice } from "../data/corpus-files.ts";
import { defaultCorpus } from "../data/corpus.ts";
import type { Corpus } from "../data/corpus.ts";
import type { Cut } from "../data/split.ts";
import type { ChosenEncoding } from "../loading/encoding-file.ts";
import type { EncodingFile } from "../loading/encoding-record.ts";
import { runtimeVersion } from "../runtime/node.ts";
import { version } from "../version.ts";
import type { RecordedCorpus, RecordedEncoding, RecordedRun, RecordedValidation } from "./run-document.ts";

/** The versions of this relpos and its runtime. */
export const versionsHere: RecordedRun["versions"] = {
  relpos: version,
  onnxruntime: runtimeVersion,
};

/** An encoding with the place and SHA-256 of its file, if it has one. */
export function recordedEncodingOf({ definition, file }: ChosenEncoding): RecordedEncoding {
  const { id } = definition;
  if (file === undefined) return { id };
  return recordedFile(file);
}

/** An encoding of a user's file. */
export function recordedFile({ id, path, sha256, imports }: EncodingFile): RecordedEncoding {
  return { id, file: { path, sha256, ...(imports === undefined ? {} : { imports }) } };
}

/** A validation text of its own with its SHA-256. */
export function recordedValidationOf({ sha256 }: Corpus, paths: readonly string[]): RecordedValidation {
  return { from: { paths }, sha256 };
}

/** A text with its SHA-256, and where it was cut. */
export function recordedCorpusOf(
  { sha256 }: Corpus,
  choice: CorpusChoice,
  cut: Cut,
): RecordedCorpus {
  const from = choice.text ? { paths: choice.text } : { name: choice.name ?? defaultCorpus };
  return { from, sha256, cut };
}
