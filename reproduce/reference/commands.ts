/**
 * The commands that make a reference run without this program: `relpos train`, and `relpos evaluate` for each test.
 *
 * @module
 */
import { folderOf } from "./reference-run.ts";
import type { ReferenceRun, ReferenceTest } from "./reference-run.ts";

/** Where the models of all reference runs are, seen from the folder of the project. */
const models = "runs/reproduce";

/** The words of `relpos train` with the settings of a run, in the order in which they are declared. */
export function trainWords(run: ReferenceRun): readonly string[] {
  const { data, ...rest } = run.settings;
  const { task, ...others } = rest;
  return [
    ...["train", "--task", task, "--data", data.files.join(",")],
    ...(data.validation ? ["--validation-data", data.validation.join(",")] : []),
    ...Object.entries(others).flatMap(optionWords),
    ...["--out", `${models}/${folderOf(run)}`],
  ];
}

/** The words of `relpos evaluate` for one test. */
export function evaluateWords(run: ReferenceRun, test: ReferenceTest): readonly string[] {
  return [
    ...["evaluate", `${models}/${folderOf(run)}`, "--data", test.files.join(",")],
    ...Object.entries(run.generation).flatMap(optionWords),
  ];
}

function optionWords([name, value]: [string, unknown]): readonly string[] {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === true ? [flag] : [flag, String(value)];
}

/** A command as a shell reads it; a list of several files has a line for each. */
export function commandText(words: readonly string[]): string {
  const written = words.map((word) =>
    word.split(",").length > 2 ? `\\\n${word.replaceAll(",", ",\\\n")}` : word,
  );
  return ["npx relpos", ...written].join(" ");
}
