/**
 * `relpos evaluate` of a run that was trained from texts to texts: the loss of targets, a line for each part and range of
 * source lengths.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { evaluatePairRun } from "../runs/evaluate-pair-run.ts";
import type { PairPartLoss } from "../runs/evaluate-pair-run.ts";
import { openPairRun } from "../runs/open-pair-run.ts";
import { version } from "../version.ts";
import { deviceNamed } from "./device.ts";
import type { EvaluateOptions } from "./evaluate-options.ts";
import { pairChoice } from "./pair-choice.ts";
import { printError, printOutput } from "./print.ts";

const schema = "relpos-pair-evaluation/1";

/**
 * Runs the command for such a run.
 *
 * @throws {InputError} an option is of language models, or the pairs cannot be used
 */
export async function evaluatePairs(folder: string, options: EvaluateOptions): Promise<void> {
  const { data, device, threads, json } = options;
  for (const name of ["text", "corpus", "lengths", "evaluationTokens", "encodingFile"] as const)
    if (options[name] !== undefined)
      throw new InputError(
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is for language models, and ${folder} was ` +
          `trained from texts to texts. Give --data, or leave it out.`,
      );
  const run = await openPairRun(folder);
  const losses = await evaluatePairRun(run, {
    ...(data === undefined ? {} : { data: pairChoice(data) }),
    compileOptions: { device: deviceNamed(device), threads },
  });
  const { encoder, decoder } = run.model;
  const encodings = encoder.id === decoder.id ? encoder.id : `${encoder.id}, ${decoder.id}`;
  const { task } = run.configuration;
  if (json) {
    const { step: steps } = run;
    printOutput(
      `${JSON.stringify({ schema, relpos: version, run: folder, task, encodings, steps, ...losses })}\n`,
    );
    return;
  }
  printOutput(`${folder}: ${task}, ${encodings}, ${run.step} steps\n\n${heading}\n`);
  for (const part of losses.parts) printOutput(`${row(part)}\n`);
  printOutput(`\n${losses.data}; sources: ${ranges(run.configuration.sourceLength)}\n`);
  if (losses.notes.length > 0) printError(`${losses.notes.join("\n")}\n`);
}

const heading = "part          sources   pairs  nats a token  perplexity";

function row({ part, sources, pairs, nats, perplexity }: PairPartLoss): string {
  const columns = [part.padEnd(12), sources.padEnd(7), String(pairs).padStart(6)];
  return [...columns, nats.toFixed(4).padStart(12), perplexity.toPrecision(5).padStart(10)].join(
    "  ",
  );
}

/** The ranges of source lengths in words. */
function ranges(longest: number): string {
  return (
    `short has up to ${Math.floor(longest / 2)} tokens, seen up to ${longest}, the most in training, ` +
    `longer has more`
  );
}
