/**
 * `relpos compare`: settings from options, the comparison, table and verdict at the end.
 *
 * @module
 */
import path from "node:path";
import { commandLine } from "../comparison/command.ts";
import { isDiverged } from "../comparison/trial.ts";
import { RunError } from "../errors.ts";
import { renderTable } from "../report/table.ts";
import { verdictText } from "../report/verdict.ts";
import { warningTexts } from "../report/warning-texts.ts";
import { printableStrings } from "../printable.ts";
import { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
import { defaultFolder } from "../sweep/comparison-folder.ts";
import { ComparisonProgress } from "../sweep/comparison-progress.ts";
import { processesFor } from "../sweep/environment.ts";
import { runComparison } from "../sweep/run-comparison.ts";
import { settingsOf } from "./compare-choices.ts";
import type { CompareOptions } from "./compare-choices.ts";
import { requireDevice } from "./device.ts";
import { printError, printOutput } from "./print.ts";

/** Runs the command. */
export async function compare(options: CompareOptions): Promise<void> {
  const settings = await settingsOf(options, (reason) => printError(`left out: ${reason}\n`));
  const processes = options.processes ?? processesFor(settings);
  await requireDevice(settings.device);
  const folder = options.out ?? defaultFolder(settings);
  const { learningRates: rates, encodings, seeds } = settings;
  if (rates) {
    const [tried, trained] = [encodings.length * rates.length, encodings.length * seeds.length];
    printError(
      `${tried + trained} models are trained: ${tried} to choose among ${rates.length} learning rates for each encoding, ` +
        `then ${trained}\n`,
    );
  }
  const interrupt = abortOnInterrupt();
  try {
    const results = await runComparison({
      settings,
      folder,
      processes,
      command: commandLine(options),
      signal: interrupt.signal,
      progress: (options) => new ComparisonProgress(options),
    });
    if (results === undefined)
      throw new Interrupted(
        `stopped; ${folder} keeps what is done. The same command goes on from there.`,
      );
    if (options.json) printOutput(`${JSON.stringify(results)}\n`);
    else {
      const shown = printableStrings(results);
      // The table has codes of its own, for bold numbers.
      process.stdout.write(`${renderTable(shown, { bold: process.stdout.isTTY })}\n\n`);
      printOutput(
        `${[...warningTexts(shown), verdictText(shown)].join("\n")}\n\n` +
          `Report:  ${path.join(folder, "report.html")}\nNumbers: ${path.join(folder, "results.json")}\n`,
      );
    }
    if (results.trials.every(isDiverged))
      throw new RunError(
        `training diverged in every trial. Lower ` +
          `${rates ? `--learning-rates (the lowest was ${rates[0]})` : `--learning-rate (it was ${settings.learningRate})`} ` +
          `or raise --warmup.`,
      );
  } finally {
    interrupt.release();
  }
}
