/**
 * `relpos export`: a trained model as files that other programs read.
 *
 * @module
 */
import { exportModel } from "../export/export-model.ts";
import type { Exported } from "../export/export-model.ts";
import { grouped } from "../format.ts";
import { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
import type { ExportCommandOptions } from "./export-options.ts";
import { printOutput } from "./print.ts";

/** Runs the command. */
export async function exportTrained(options: ExportCommandOptions): Promise<void> {
  const { json = false, ...given } = options;
  const interrupt = abortOnInterrupt();
  try {
    const exported = await exportModel({ ...given, signal: interrupt.signal });
    printOutput(json ? `${JSON.stringify(exported)}\n` : inWords(exported, given));
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted(`stopped; nothing was written to ${given.out}.`);
  } finally {
    interrupt.release();
  }
}

function inWords(exported: Exported, { model, out }: ExportCommandOptions): string {
  const { format, family, encoding, dtype, parameters, files, tokenizer } = exported;
  const width = Math.max(...files.map(({ name }) => name.length));
  const what = family === undefined ? "" : `${family}, `;
  return [
    `${model} → ${out}: ${format}, ${what}${encoding}, ${grouped(parameters)} parameters in ${dtype}`,
    ...files.map(({ name, bytes }) => `  ${name.padEnd(width)}  ${grouped(bytes)} bytes`),
    ...(tokenizer
      ? []
      : ["The model has no tokenizer, so the folder has none: give it token ids."]),
    "",
  ].join("\n");
}
