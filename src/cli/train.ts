/**
 * `relpos train`: settings from options, the run, one line at the end.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
import { trainRun } from "../runs/train-run.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { StepProgress } from "./step-progress.ts";
import type { TrainOptions } from "./train-options.ts";
import { printOutput } from "./print.ts";

/** Runs the command. */
export async function train(options: TrainOptions): Promise<void> {
  const { out, json, text, corpus: name, device: deviceName, ...rest } = options;
  if (out === undefined)
    throw new InputError("--out is missing. Name the folder of the run, such as --out runs/first.");
  const device = deviceNamed(deviceName);
  const corpus = text ? { text } : name === undefined ? {} : { name };
  await requireDevice(device);
  const interrupt = abortOnInterrupt();
  const progress = new StepProgress(options.steps);
  try {
    const { step, evaluation } = await trainRun({
      folder: out,
      settings: { ...rest, corpus, device },
      signal: interrupt.signal,
      onStep: (metrics) => progress.update(metrics),
    });
    progress.end();
    if (evaluation === undefined)
      throw new Interrupted(
        `stopped after ${step} of ${options.steps} steps; the same command goes on from there.`,
      );
    const { steps, parameters, validationLoss, judged } = evaluation;
    printOutput(
      json
        ? `${JSON.stringify(evaluation)}\n`
        : `${steps} steps, ${parameters} parameters, validation loss ` +
            `${validationLoss.toFixed(4)} nats a token (${judged})\n`,
    );
  } finally {
    progress.end();
    interrupt.release();
  }
}
