/**
 * Checks a choice of files, which may come from a program or from a document that anybody wrote.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { option } from "../../options/option.ts";
import { OptionError, readOptions } from "../../options/read.ts";
import { anyWord, listOf, record, whole, word } from "../../options/value.ts";
import { pairFormats } from "./choice.ts";
import type { PairFilesChoice } from "./choice.ts";

const files = listOf(anyWord);

const choiceOptions = {
  name: option("The name of built-in data, in place of files.", anyWord, { otherwise: "files" }),
  files: option("Files of the training pairs.", files, { required: true }),
  format: option("What they look like.", word(...pairFormats), {
    otherwise: "what they look like",
  }),
  columns: option(
    'Of the format "tsv": the columns of source and target.',
    listOf(whole({ least: 1 }), { count: 2, distinct: true }),
    { otherwise: "1 and 2" },
  ),
  fields: option(
    'Of the format "jsonl": the keys of source and target.',
    listOf(anyWord, { count: 2, distinct: true }),
    { otherwise: "source and target" },
  ),
  empty: option("What is done with pairs that have an empty side.", word("refuse", "skip"), {
    otherwise: "refuse",
  }),
  validation: option("Files of the validation pairs.", files, {
    otherwise: "some of the training pairs",
  }),
  tests: option("Files of pairs to judge with, by the id of the test.", listOf(record({})), {
    otherwise: "no tests",
  }),
};
const testOptions = {
  id: option("The id of the test.", anyWord, { required: true }),
  files: option("Its files.", files, { required: true }),
};

/**
 * Refuses a choice that is none.
 *
 * @throws {InputError} an option is unknown, missing or of another kind, or two tests have one id
 */
export function checkFilesChoice(choice: PairFilesChoice): void {
  try {
    const { tests = [] } = readOptions("data", choiceOptions, choice);
    for (const given of tests) readOptions("data, a test", testOptions, given);
  } catch (cause) {
    if (cause instanceof OptionError) throw new InputError(cause.message, { cause });
    throw cause;
  }
  const ids = (choice.tests ?? []).map(({ id }) => id);
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at);
  if (repeated !== undefined)
    throw new InputError(`two tests have the id "${repeated}". Give each one of its own.`);
}
