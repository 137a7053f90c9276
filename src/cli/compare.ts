/**
 * `relpos compare`: settings from options, the comparison, table and verdict at the end.
 *
 * @module
 */
import path from "node:path";
import { checkSettings, isTaskSettings, rowLength } from "../comparison/settings.ts";
import { renderTable } from "../report/table.ts";
import { verdictText } from "../report/verdict.ts";
import { RunError } from "../errors.ts";
import { isDiverged } from "../sweep/diverged-trial.ts";
import { taskNamed } from "../tasks/index.ts";
import { commandLine } from "./compare-document.ts";
import type { CompareOptions } from "./compare-options.ts";
import { runComparison } from "./compare-run.ts";
import {
  chooseEncodings,
  digest,
  processesOf,
  settingsOf,
  thoseThatFit,
} from "./compare-settings.ts";
import { requireDevice } from "./device.ts";
import { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
import { refuseTooLarge } from "../runs/size-limit.ts";

/** Runs the command. */
export async function compare(options: CompareOptions): Promise<void> {
  const chosen = await chooseEncodings(options);
  const settings = thoseThatFit(settingsOf(options, chosen), options, (reason) =>
    process.stderr.write(`left out: ${reason}\n`),
  );
  const processes = processesOf(options, settings);
  refuseTooLarge({
    ...settings,
    hidden: 4 * settings.width,
    vocab: isTaskSettings(settings)
      ? taskNamed(settings.task).vocabulary.length
      : settings.tokenizer === "byte"
        ? 256
        : 1,
    length: rowLength(settings),
    accumulate: 1,
    models: processes,
  });
  checkSettings(
    settings,
    undefined,
    (id) => chosen.find(({ definition }) => definition.id === id)!.definition,
  );
  await requireDevice(settings.device);
  const folder = options.out ?? path.join("runs", `compare-${digest(settings)}`);
  const interrupt = abortOnInterrupt();
  try {
    const results = await runComparison({
      settings,
      folder,
      processes,
      command: commandLine(options),
      signal: interrupt.signal,
    });
    if (results === undefined)
      throw new Interrupted(
        `stopped; ${folder} keeps what is done. The same command goes on from there.`,
      );
    if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
    else
      process.stdout.write(
        `${renderTable(results, { bold: process.stdout.isTTY })}\n\n${verdictText(results)}\n\n` +
          `Report:  ${path.join(folder, "report.html")}\nNumbers: ${path.join(folder, "results.json")}\n`,
      );
    if ([...results.trials].every(isDiverged))
      throw new RunError(
        `training diverged in every trial. Lower --learning-rate (it was ${settings.learningRate}) ` +
          `or raise --warmup.`,
      );
  } finally {
    interrupt.release();
  }
}
