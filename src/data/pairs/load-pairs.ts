/**
 * Loading of pairs of texts: built-in ones, or from files of the user.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { InputError, refuseUnknownNames } from "../../errors.ts";
import { makeBuiltIn } from "./built-in.ts";
import { checkFilesChoice } from "./check-choice.ts";
import type { BuiltInChoice, PairChoice, PairFilesChoice, PairLayout } from "./choice.ts";
import { holdOut } from "./hold-out.ts";
import { guessFormat, readPairs } from "./pair-files.ts";
import { digestOfPairs } from "./pair.ts";
import type { PairSet, PairTest, TextPair } from "./pair.ts";

/** The most characters of all pairs together: they are in memory. */
const MOST_CHARACTERS = 500e6;

const builtInNames = { name: true, options: true } as const;

/**
 * Loads pairs of texts.
 *
 * @throws {InputError} for an unknown name or option, or a file that is missing, not text, or not of its format
 * @throws {RunError} a file could not be read
 */
export async function loadPairs(choice: PairChoice): Promise<PairSet> {
  if (isBuiltIn(choice)) {
    refuseUnknownNames("built-in data", choice, builtInNames, (message) => new InputError(message));
    return await makeBuiltIn(choice);
  }
  checkFilesChoice(choice);
  const { files, validation, tests = [], ...rest } = choice;
  await refuseRepeated(choice);
  const layout = { ...rest, format: rest.format ?? (await guessFormat(files)) };
  const notes: string[] = [];
  const read = await readPart("training", files, layout, notes);
  const [train, held] =
    validation === undefined
      ? holdOut(read)
      : [read, await readPart("validation", validation, layout, notes)];
  const judged: PairTest[] = [];
  for (const { id, files: testFiles } of tests)
    judged.push({ id, pairs: await readPart(`test ${id}`, testFiles, layout, notes) });
  const parts = [
    ["validation", held] as const,
    ...judged.map(({ id, pairs }) => [`test ${id}`, pairs] as const),
  ];
  const trained = new Set(train.map(({ source }) => source));
  for (const [name, pairs] of parts) {
    const also = pairs.filter(({ source }) => trained.has(source)).length;
    if (also > 0) notes.push(`${name}: ${also} of ${pairs.length} sources are also trained on`);
  }
  return {
    name: nameOf(files),
    train,
    validation: held,
    tests: judged,
    source:
      `${files.join(", ")}, read as ${layout.format}` +
      (validation === undefined ? "; the validation pairs are some of them" : ""),
    sha256: await digestOfPairs([["train", train], ...parts]),
    notes,
  };
}

/** Pairs of files that are only judged with. */
export interface TestPairs {
  /** Short, for titles: the names of the files. */
  readonly name: string;
  /** All pairs in the order of the files, at least one. */
  readonly pairs: readonly TextPair[];
  readonly notes: readonly string[];
}

/**
 * All pairs of files in their order, none of them held back.
 *
 * @throws {InputError} an option is unknown, validation or test files are named beside `files`, or a file is missing, not text, or not
 *   of its format
 * @throws {RunError} a file could not be read
 */
export async function loadTestPairs(choice: PairFilesChoice): Promise<TestPairs> {
  checkFilesChoice(choice);
  const { files, validation, tests, ...rest } = choice;
  if (validation !== undefined || tests !== undefined)
    throw new InputError(
      "data to judge with: validation and tests are of pairs to train on. Name all files as files.",
    );
  await refuseRepeated(choice);
  const layout = { ...rest, format: rest.format ?? (await guessFormat(files)) };
  const notes: string[] = [];
  const pairs = await readPart("given", files, layout, notes);
  return { name: nameOf(files), pairs, notes };
}

function nameOf(files: readonly string[]): string {
  return files.map((file) => path.basename(file)).join(" + ");
}

async function readPart(
  name: string,
  files: readonly string[],
  layout: PairLayout,
  notes: string[],
): Promise<readonly TextPair[]> {
  const pairs: TextPair[] = [];
  let characters = 0;
  let skipped = 0;
  for await (const { pair } of readPairs(files, layout, () => skipped++)) {
    characters += pair.source.length + pair.target.length;
    if (characters > MOST_CHARACTERS)
      throw new InputError(
        `the ${name} pairs in ${files.join(", ")} have more than ${MOST_CHARACTERS / 1e6} million characters. Name smaller files.`,
      );
    pairs.push(pair);
  }
  if (pairs.length === 0)
    throw new InputError(
      `${files.join(", ")}: there is no pair to read. Name files with some in them.`,
    );
  if (skipped > 0) notes.push(`${name}: ${skipped} pairs with an empty side were left out`);
  return pairs;
}

/** What is no object has no name, and is refused with a choice of files. */
function isBuiltIn(choice: PairChoice): choice is BuiltInChoice {
  return (choice as PairChoice | null)?.name !== undefined;
}

/** A file in two parts would be judged with what was trained on. */
async function refuseRepeated({
  files,
  validation = [],
  tests = [],
}: PairFilesChoice): Promise<void> {
  const parts = [files, validation, ...tests.map((test) => test.files)];
  const seen = new Map<string, string>();
  for (const file of parts.flat()) {
    const real = await fs.realpath(file).catch(() => path.resolve(file));
    const earlier = seen.get(real);
    if (earlier !== undefined)
      throw new InputError(
        `${file} is the same file as ${earlier}: pairs would be judged that were trained on, or count twice. Name each file once.`,
      );
    seen.set(real, file);
  }
}
