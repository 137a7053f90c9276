/**
 * `relpos train --from`: the options that only it has, and those that it cannot have.
 *
 * @module
 */
import type { Command } from "commander";
import {
  defaultFineTuneSettings as defaults,
  defaultLoraTargets,
  fineTuneRates,
  longestDefaultLength,
  loraRateFactor,
} from "../fine-tuning/settings.ts";
import { folderName, positiveNumber, wholeNumber, words } from "./option-values.ts";

/** Options that only runs from a trained model have. */
export const fineTuneOptions = ["trainLength", "loraRank", "loraAlpha", "loraTargets"] as const;
/** Options that a trained model has decided. */
export const modelOptions = [
  ...["tokenizer", "encoding", "length", "width", "heads", "headDim", "keyValueHeads", "layers"],
  ...["hidden", "norm", "form", "activation", "bias", "tiedHead"],
] as const;

/** The options of runs that go on from a trained model. */
export function fineTuneOptionsOf(command: Command): Command {
  return command
    .option(
      "--from <folder>",
      `train the model of a folder further: a pretrained one, one of relpos extend, or a run; then by default ` +
        `${defaults.steps} steps, batch ${defaults.batch}, rate ${fineTuneRates.adamw} ` +
        `(with muon ${fineTuneRates.muon}), no weight decay (default: a new model)`,
      folderName,
    )
    .option(
      "--train-length <tokens>",
      `length of training windows with --from (default: the longest text that the model was made for, at most ${longestDefaultLength})`,
      wholeNumber,
    )
    .option(
      "--lora-rank <n>",
      `rank of low-rank adapters with --from, which alone are trained, at ${loraRateFactor} times the rate (default: all weights are trained)`,
      wholeNumber,
    )
    .option(
      "--lora-alpha <x>",
      "adapters count alpha / rank times (default: the rank)",
      positiveNumber,
    )
    .option(
      "--lora-targets <list>",
      `layers of each block with an adapter, of query,key,value,output,gate,up,down (default: ${defaultLoraTargets.join()})`,
      words,
    );
}
