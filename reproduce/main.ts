/**
 * `npm run reproduce`: trains what the literature compared, at a size that a processor can hold, and says
 * what came of it.
 *
 *     npm run reproduce -- --help
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { TaskSettings } from "../src/comparison/settings.ts";
import { InputError, unknownName } from "../src/errors.ts";
import { abortOnInterrupt } from "../src/runs/interrupt.ts";
import { writeResultsPages } from "../docs/make/results.ts";
import { experiments } from "./experiments.ts";
import type { Experiment } from "./experiment.ts";
import type { ReferenceRun } from "./reference/reference-run.ts";
import { reproduceReferences } from "./reference/reproduce-references.ts";
import { referenceRuns } from "./reference/runs.ts";
import { rows } from "./rows.ts";
import { available, reproduce } from "./run.ts";
import { options, usage } from "./usage.ts";

const folders = {
  trials: fileURLToPath(new URL("../runs/reproduce", import.meta.url)),
  results: fileURLToPath(new URL("../docs/results", import.meta.url)),
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(usage);
  const chosen = chosenBy(values.only);
  if (values.list) return list(chosen);
  if (!values.pages) await run(chosen, values);
  for (const file of writeResultsPages()) console.log(`wrote ${file}`);
}

/** What is to be run. */
interface Chosen {
  readonly experiments: readonly Experiment[];
  readonly references: readonly ReferenceRun[];
}

async function run(
  { experiments: chosen, references }: Chosen,
  given: { readonly budget?: string | undefined; readonly processes?: string | undefined },
): Promise<void> {
  const budget = numberOf("--budget", given.budget);
  const processes = numberOf("--processes", given.processes);
  const interrupt = abortOnInterrupt();
  const late = budget === undefined ? undefined : AbortSignal.timeout(budget * 60_000);
  const signal = late ? AbortSignal.any([interrupt.signal, late]) : interrupt.signal;
  const shared = {
    ...{ folder: folders.trials, results: folders.results, signal },
    say: (line: string) => console.error(line),
  };
  try {
    const written = [
      ...(await reproduce({ ...shared, experiments: chosen, processes })),
      ...(await reproduceReferences({ ...shared, runs: references })),
    ];
    const all = chosen.length + references.length;
    const open = all - written.length;
    if (signal.aborted)
      console.error(
        `${late?.aborted ? `the budget of ${budget} minutes is used up` : "stopped"}; ` +
          `${open} of ${all} experiments are open. The same command goes on from there.`,
      );
  } finally {
    interrupt.release();
  }
}

/** The experiments that some rows need and the reference runs that are named, all without a choice, in the order of the lists. */
function chosenBy(only: string | undefined): Chosen {
  if (only === undefined) return { experiments, references: referenceRuns };
  const names = only.split(",").map((name) => name.trim());
  const references = referenceRuns.filter(({ id }) => names.includes(id));
  const ids = [...rows, ...referenceRuns].map(({ id }) => id);
  const needed = names.flatMap((name) => {
    if (!ids.includes(name)) throw unknownName("row", name, ids);
    return rows.find(({ id }) => id === name)?.experiments ?? [];
  });
  return { experiments: experiments.filter(({ id }) => needed.includes(id)), references };
}

function list({ experiments: chosen, references }: Chosen): void {
  for (const experiment of chosen) {
    const { settings, skipped } = available(experiment);
    const trials = settings.encodings.length * settings.seeds.length;
    const { task: on = "text" } = settings as Partial<TaskSettings>;
    console.log(
      `${experiment.id}: ${trials} trials of ${settings.steps} steps on ${on}` +
        (skipped.length > 0 ? `, without ${skipped.join(", ")}` : ""),
    );
  }
  for (const { id, settings } of references)
    console.log(`${id}: one model of ${settings.steps} steps, task ${settings.task}`);
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0) || (option === "--processes" && !Number.isInteger(value)))
    throw new InputError(`${option} must be a number above 0, got "${text}".`);
  return value;
}

try {
  await main();
} catch (error) {
  const words = error instanceof Error ? error.message : String(error);
  console.error(`reproduce: ${words}`);
  process.exitCode = error instanceof InputError || error instanceof TypeError ? 2 : 1;
}
