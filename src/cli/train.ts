/**
 * `relpos train`: settings from options, the run, one line at the end.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { interruptOnceListening, Interrupted } from "../runs/interrupt.ts";
import { trainRun } from "../runs/train-run.ts";
import { defaultTrainSettings } from "../runs/train-settings.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { StepProgress } from "./step-progress.ts";
import type { TrainOptions } from "./train-options.ts";
import { printOutput } from "./print.ts";

/** Runs the command. */
export async function train(options: TrainOptions): Promise<void> {
  const { out, json, text, corpus: name, device: deviceName, ...rest } = options;
  if (out === undefined)
    throw new InputError("--out is missing. Name the folder of the run, such as --out runs/first.");
  const device = deviceName === undefined ? undefined : deviceNamed(deviceName);
  const corpus = text ? { text } : name === undefined ? undefined : { name };
  await requireDevice(device ?? defaultTrainSettings.device);
  const steps = options.steps ?? defaultTrainSettings.steps;
  const interrupt = interruptOnceListening();
  const progress = new StepProgress(steps);
  try {
    const { step, evaluation } = await trainRun({
      folder: out,
      settings: { ...rest, ...(corpus ? { corpus } : {}), ...(device ? { device } : {}) },
      signal: interrupt.signal,
      onStep: (metrics) => {
        interrupt.listen();
        progress.update(metrics);
      },
    });
    progress.end();
    if (evaluation === undefined)
      throw new Interrupted(
        `stopped after ${step} of ${steps} steps; the same command goes on from there.`,
      );
    const { parameters, validationLoss, judged } = evaluation;
    printOutput(
      json
        ? `${JSON.stringify(evaluation)}\n`
        : `${evaluation.steps} steps, ${parameters} parameters, validation loss ` +
            `${validationLoss.toFixed(4)} nats a token (${judged})\n`,
    );
  } finally {
    progress.end();
    interrupt.release();
  }
}
