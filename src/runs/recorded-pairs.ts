/**
 * The choice of pairs as `run.json` has it, whose files are under `paths`: a run may be opened when they were moved.
 *
 * @module
 */
import type { PairChoice } from "../data/pairs/choice.ts";
import { loadPairs } from "../data/pairs/load-pairs.ts";
import type { PairSet } from "../data/pairs/pair.ts";
import { InputError } from "../errors.ts";
import type { RecordedPairs } from "./run-document.ts";

/** What a run records of its pairs. */
export function recordedPairsOf({ sha256 }: PairSet, choice: PairChoice): RecordedPairs {
  if (choice.name !== undefined) return { from: choice as RecordedPairs["from"], sha256 };
  const { files, validation, tests, format, columns, fields, empty } = choice;
  return {
    from: {
      paths: files,
      ...(format ? { format } : {}),
      ...(columns ? { columns } : {}),
      ...(fields ? { fields } : {}),
      ...(empty ? { empty } : {}),
      ...(validation ? { validation: { paths: validation } } : {}),
      ...(tests ? { tests: tests.map(({ id, files: paths }) => ({ id, paths })) } : {}),
    },
    sha256,
  };
}

/** The choice that a run was made with. */
export function choiceOf({ from }: RecordedPairs): PairChoice {
  if ("name" in from) return from as PairChoice; // `loadPairs` checks the name and the options
  const { paths, validation, tests, ...rest } = from;
  return {
    ...{ files: paths, ...rest },
    ...(validation ? { validation: validation.paths } : {}),
    ...(tests ? { tests: tests.map(({ id, paths: files }) => ({ id, files })) } : {}),
  };
}

/**
 * The pairs that a run was trained on.
 *
 * @throws {InputError} they are gone or changed
 */
export async function recordedPairs(folder: string, recorded: RecordedPairs): Promise<PairSet> {
  const pairs = await loadPairs(choiceOf(recorded)).catch((cause: unknown) => {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(
      `the pairs that ${folder} was trained on cannot be read: ${cause.message} Or give others to evaluate on.`,
      { cause },
    );
  });
  if (pairs.sha256 !== recorded.sha256)
    throw new InputError(
      `${pairs.name} are not the pairs that ${folder} was trained on (their SHA-256 differs). ` +
        `Restore the files as they were, or give others to evaluate on.`,
    );
  return pairs;
}
