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
  const chosen = experimentsOf(values.only);
  if (values.list) return list(chosen);
  if (!values.pages) await run(chosen, values);
  for (const file of writeResultsPages()) console.log(`wrote ${file}`);
}

async function run(
  chosen: readonly Experiment[],
  given: { readonly budget?: string | undefined; readonly processes?: string | undefined },
): Promise<void> {
  const budget = numberOf("--budget", given.budget);
  const processes = numberOf("--processes", given.processes);
  const interrupt = abortOnInterrupt();
  const late = budget === undefined ? undefined : AbortSignal.timeout(budget * 60_000);
  const signal = late ? AbortSignal.any([interrupt.signal, late]) : interrupt.signal;
  try {
    const written = await reproduce({
      experiments: chosen,
      folder: folders.trials,
      results: folders.results,
      processes,
      signal,
      say: (line) => console.error(line),
    });
    const open = chosen.length - written.length;
    if (signal.aborted)
      console.error(
        `${late?.aborted ? `the budget of ${budget} minutes is used up` : "stopped"}; ` +
          `${open} of ${chosen.length} experiments are open. The same command goes on from there.`,
      );
  } finally {
    interrupt.release();
  }
}

/** The experiments that some rows need, all without a choice, in the order of the list. */
function experimentsOf(only: string | undefined): readonly Experiment[] {
  if (only === undefined) return experiments;
  const ids = rows.map(({ id }) => id);
  const needed = only.split(",").flatMap((name) => {
    const row = rows.find(({ id }) => id === name.trim());
    if (!row) throw unknownName("row", name.trim(), ids);
    return row.experiments;
  });
  return experiments.filter(({ id }) => needed.includes(id));
}

function list(chosen: readonly Experiment[]): void {
  for (const experiment of chosen) {
    const { settings, skipped } = available(experiment);
    const trials = settings.encodings.length * settings.seeds.length;
    const { task: on = "text" } = settings as Partial<TaskSettings>;
    console.log(
      `${experiment.id}: ${trials} trials of ${settings.steps} steps on ${on}` +
        (skipped.length > 0 ? `, without ${skipped.join(", ")}` : ""),
    );
  }
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
