/**
 * `relpos evaluate`: the loss of a trained run on text, a line for each length.
 *
 * @module
 */
import { InputError, RunError } from "../errors.ts";
import { evaluateRun } from "../runs/evaluate-run.ts";
import type { EvaluateRunOptions, LengthLoss } from "../runs/evaluate-run.ts";
import { isCheckpoint } from "../families/load-checkpoint.ts";
import { openRun } from "../runs/open-run.ts";
import { readRunFile } from "../runs/run-file.ts";
import { version } from "../version.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { pairEvaluationOptions } from "./evaluate-options.ts";
import type { EvaluateOptions } from "./evaluate-options.ts";
import { evaluatePairs } from "./evaluate-pairs.ts";
import { evaluatePretrained } from "./evaluate-pretrained.ts";
import { evaluateSideBySide, isSideBySide } from "./evaluate-side-by-side.ts";
import { flagOf } from "./generation-flags.ts";
import { printOutput } from "./print.ts";

const schema = "relpos-evaluation/1";

/**
 * Runs the command.
 *
 * @throws {RunError} the encoding can run at none of the lengths
 */
export async function evaluate(given: string | undefined, options: EvaluateOptions): Promise<void> {
  const { text, corpus, lengths, evaluationTokens, encodingFile, threads, json } = options;
  const folders = foldersOf(given, options.model);
  const [folder] = folders as [string];
  const device = deviceNamed(options.device);
  await requireDevice(device);
  const pretrained = await isCheckpoint(folder);
  if (options.adapter !== undefined && (isSideBySide(folders, options) || !pretrained))
    throw new InputError(
      `--adapter is for one pretrained model, and ${pretrained ? "several are compared" : `${folder} is a run`}. Leave it out.`,
    );
  if (isSideBySide(folders, options)) {
    await evaluateSideBySide(folders, options);
    return;
  }
  if (pretrained) {
    await evaluatePretrained(folder, options);
    return;
  }
  if ((await readRunFile(folder)).kind === "pairs") {
    await evaluatePairs(folder, options);
    return;
  }
  const ofPairs = pairEvaluationOptions.find(
    (name) => options[name as keyof EvaluateOptions] !== undefined,
  );
  if (ofPairs !== undefined)
    throw new InputError(
      `${flagOf(ofPairs)} is for runs of relpos train --task, and ${folder} is a language model. ` +
        (ofPairs === "data" ? "Give --text or --corpus." : "Leave it out."),
    );
  const run = await openRun(folder, encodingFile === undefined ? {} : { encodingFile });
  const chosen: EvaluateRunOptions = {
    ...(text ? { corpus: { text } } : corpus === undefined ? {} : { corpus: { name: corpus } }),
    ...(lengths ? { lengths } : {}),
    ...(evaluationTokens === undefined ? {} : { tokens: evaluationTokens }),
    compileOptions: { device, threads },
  };
  const encoding = run.model.encoding.id;
  let begun = json;
  const losses = await evaluateRun(run, {
    ...chosen,
    onLength: (result) => {
      if (!begun) printOutput(`${folder}: ${encoding}, ${run.step} steps\n\n${heading}\n`);
      begun = true;
      if (!json) printOutput(`${row(result)}\n`);
    },
  });
  printOutput(
    json
      ? `${JSON.stringify({ schema, relpos: version, run: folder, encoding, steps: run.step, ...losses })}\n`
      : `\n${losses.text}\n`,
  );
  if (losses.lengths.every((result) => "unsupported" in result))
    throw new RunError(`${encoding} cannot run at any of these lengths. Give shorter --lengths.`);
}

/** @throws {InputError} no folder is named, or they are named in two ways */
function foldersOf(
  run: string | undefined,
  models: readonly string[] | undefined,
): readonly string[] {
  if (run !== undefined && models !== undefined)
    throw new InputError(
      `evaluate was given the run ${run} and --model ${models.join(" --model ")}. ` +
        `Leave one of them out, or write --model for each.`,
    );
  const folders = run === undefined ? models : [run];
  if (folders !== undefined) return folders;
  throw new InputError(
    "evaluate needs the folder of a run, or --model with that of a pretrained model. Write relpos evaluate runs/book.",
  );
}

const heading = "length  bits per byte  nats a token  perplexity";

function row(result: LengthLoss): string {
  const length = String(result.length).padStart(6);
  if ("unsupported" in result) return `${length}  ${result.unsupported}`;
  const { bitsPerByte, nats, perplexity } = result;
  const [bits, loss] = [bitsPerByte.toFixed(4), nats.toFixed(4)];
  return `${length}  ${bits.padStart(13)}  ${loss.padStart(12)}  ${perplexity.toPrecision(5).padStart(10)}`;
}
