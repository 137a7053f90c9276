/**
 * `relpos compare`: settings from options, the comparison, table and verdict at the end.
 *
 * @module
 */
import path from "node:path";
import { commandLine } from "../comparison/command.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { RunError } from "../errors.ts";
import { renderTable } from "../report/table.ts";
import { verdictText } from "../report/verdict.ts";
import { warningTexts } from "../report/warning-texts.ts";
import { printableStrings } from "../printable.ts";
import { interruptOnceListening, Interrupted } from "../runs/interrupt.ts";
import { defaultFolder } from "../sweep/comparison-folder.ts";
import { ComparisonProgress } from "../sweep/comparison-progress.ts";
import { processesFor } from "../sweep/environment.ts";
import { keptWords, withRecorded } from "../sweep/extend-comparison.ts";
import { runComparison } from "../sweep/run-comparison.ts";
import { givenSettings, settingsOf } from "./compare-choices.ts";
import type { CompareOptions } from "./compare-choices.ts";
import { requireDevice } from "./device.ts";
import { allDivergedWords, someDivergedWords } from "./diverged-trials.ts";
import { printError, printOutput } from "./print.ts";

/** Runs the command. */
export async function compare(options: CompareOptions): Promise<void> {
  const chosen = await settingsOf(options, (reason) => printError(`left out: ${reason}\n`));
  const folder = options.out ?? defaultFolder(chosen);
  const settings = await withRecorded(chosen, folder);
  const kept = keptWords(settings, chosen);
  if (kept !== undefined) printError(`${folder} has ${kept} too, and keeps it\n`);
  const trials = settings.encodings.length * settings.seeds.length;
  const processes = Math.min(options.processes ?? processesFor(settings), trials);
  await requireDevice(settings.device);
  const { learningRates: rates, encodings } = settings;
  if (rates) {
    const tried = encodings.length * rates.length;
    printError(
      `${tried + trials} models are trained: ${tried} to choose among ${rates.length} learning rates for each encoding, ` +
        `then ${trials}\n`,
    );
  }
  const interrupt = interruptOnceListening();
  try {
    const results = await runComparison({
      settings,
      folder,
      processes,
      given: givenSettings(options),
      command: commandLine(kept === undefined ? options : { ...options, ...listsOf(settings) }),
      signal: interrupt.signal,
      progress: (options) => {
        interrupt.listen(); // trials run in processes of their own from here on
        return new ComparisonProgress(options);
      },
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
    const done = {
      settings,
      folder,
      trials: results.trials,
      options: { ...options, ...listsOf(settings) },
    };
    const some = someDivergedWords(done);
    if (some !== undefined) printError(`relpos: ${some}\n`);
    const all = allDivergedWords(done);
    if (all !== undefined) throw new RunError(all);
  } finally {
    interrupt.release();
  }
}

/** Encodings and seeds as options. */
function listsOf({ encodings, encodingFiles = [], seeds }: ComparisonSettings): CompareOptions {
  const pathOf = (id: string): string | undefined =>
    encodingFiles.find((each) => each.id === id)?.path;
  return { encodings: encodings.map((id) => pathOf(id) ?? id), seeds };
}
