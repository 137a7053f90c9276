/**
 * Pairs of texts as the command line names them: `dates`, `numbers(digits=5)`, or files between commas.
 *
 * @module
 */
import { builtInChoice } from "../data/pairs/built-in.ts";
import type { PairChoice, PairFilesChoice } from "../data/pairs/choice.ts";
import { InputError } from "../errors.ts";

/** What of a call says where pairs are, beside `--data`. */
export interface PairPlaces {
  /** `--validation-data` */
  readonly validation?: string | undefined;
  /** `--columns`: numbers of columns, or keys of JSON lines, of source and target. */
  readonly columns?: string | undefined;
}

/**
 * The pairs of `--data`: built-in ones by their name alone, or files, whose names have a dot or a slash.
 *
 * @throws {InputError} an unknown name or option, an empty name of a file, or validation files or columns for built-in pairs
 */
export function pairChoice(data: string, { validation, columns }: PairPlaces = {}): PairChoice {
  if (/^[\w-]*(\(.*\))?$/.test(data)) {
    const choice = builtInChoice(data);
    if (columns !== undefined)
      throw new InputError(
        `--columns is for files, and the pairs ${choice.name} are built in. Leave it out, or give files as --data.`,
      );
    if (validation === undefined) return choice;
    throw new InputError(
      `the pairs ${choice.name} have validation pairs of their own. Leave --validation-data out, or give files as --data.`,
    );
  }
  const files = filesOf("data", data);
  return {
    files,
    ...(columns === undefined ? {} : columnsOf(columns)),
    ...(validation === undefined ? {} : { validation: filesOf("validation-data", validation) }),
  };
}

/** `2,1` are columns of a file with tabs, `document,summary` are keys of JSON lines. */
function columnsOf(text: string): Pick<PairFilesChoice, "columns" | "fields"> {
  const [source, target, ...more] = text.split(",").map((name) => name.trim());
  if (!source || !target || source === target || more.length > 0)
    throw new InputError(
      `--columns needs two different names, the source's and the target's, got "${text}". Give columns of a .tsv file, such as 2,1, or ` +
        `keys of a .jsonl file, such as document,summary.`,
    );
  const numbered = [source, target].every((name) => /^\d+$/.test(name));
  return numbered ? { columns: [Number(source), Number(target)] } : { fields: [source, target] };
}

function filesOf(option: string, text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes(""))
    throw new InputError(
      `--${option} "${text}" has an empty name. Give names between commas, such as train.de,train.en.`,
    );
  return names;
}
