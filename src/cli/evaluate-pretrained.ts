/**
 * `relpos evaluate` of a pretrained model: perplexity by length, in windows and sliding, loss by position, and where it
 * breaks.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { evaluateCheckpoint } from "../extension/evaluate-checkpoint.ts";
import type { CheckpointLengthLoss, CheckpointLosses } from "../extension/evaluate-checkpoint.ts";
import { loadCheckpoint } from "../families/load-checkpoint.ts";
import { version } from "../version.ts";
import { deviceNamed } from "./device.ts";
import { pairEvaluationOptions } from "./evaluate-options.ts";
import type { EvaluateOptions } from "./evaluate-options.ts";
import { flagOf } from "./generation-flags.ts";
import { printOutput } from "./print.ts";

const schema = "relpos-pretrained-evaluation/1";

/** Evaluates the model of a folder. */
export async function evaluatePretrained(folder: string, options: EvaluateOptions): Promise<void> {
  const { text, corpus, lengths, evaluationTokens, threads, json } = options;
  const ofRuns = [...pairEvaluationOptions, "encodingFile"].find(
    (name) => options[name as keyof EvaluateOptions] !== undefined,
  );
  if (ofRuns !== undefined)
    throw new InputError(
      `${folder} is a pretrained model, and ${flagOf(ofRuns)} is for runs. Leave it out.`,
    );
  const { adapter } = options;
  const model = await loadCheckpoint(folder, adapter === undefined ? {} : { adapter });
  const { family, contextLength } = model;
  const encoding = model.model.encoding.id;
  let begun = json;
  const losses = await evaluateCheckpoint(model, {
    ...(text ? { corpus: { text } } : corpus === undefined ? {} : { corpus: { name: corpus } }),
    ...(lengths && { lengths }),
    ...(evaluationTokens !== undefined && { tokens: evaluationTokens }),
    compileOptions: { device: deviceNamed(options.device), threads },
    onLength: (result) => {
      if (!begun)
        printOutput(
          `${folder}${adapter === undefined ? "" : ` with ${adapter}`}: ${family}, ${encoding}, texts of up to ${contextLength}\n\n${heading}\n`,
        );
      begun = true;
      if (!json) printOutput(`${row(result)}\n`);
    },
  });
  if (json) {
    const which = { model: folder, ...(adapter !== undefined && { adapter }) };
    const document = { schema, relpos: version, ...which, family, encoding, contextLength };
    printOutput(`${JSON.stringify({ ...document, ...losses })}\n`);
    return;
  }
  printOutput(positionsOf(losses));
}

const heading = "length  perplexity  bits per byte  sliding: perplexity  bits per byte";

function row(result: CheckpointLengthLoss): string {
  const length = String(result.length).padStart(6);
  if ("unsupported" in result) return `${length}  ${result.unsupported}`;
  const { windows, sliding } = result;
  return [
    length,
    windows.perplexity.toPrecision(5).padStart(10),
    bits(windows.bitsPerByte).padStart(13),
    sliding.perplexity.toPrecision(5).padStart(19),
    bits(sliding.bitsPerByte).padStart(13),
  ].join("  ");
}

/** The bytes of tokens that do not give the text back are not known. */
function bits(perByte: number): string {
  return Number.isNaN(perByte) ? "–" : perByte.toFixed(4);
}

function positionsOf({ text, byPosition, breaksAt }: CheckpointLosses): string {
  const last = byPosition.at(-1)?.to ?? 0;
  const lines = byPosition.map(
    ({ from, to, nats }) =>
      `${`${from} to ${to - 1}`.padStart(16)}  ${nats.toFixed(4).padStart(12)}  ${Math.exp(nats).toPrecision(5).padStart(10)}`,
  );
  const found =
    breaksAt === undefined
      ? `It does not break up to ${last}: perplexity stays below 1.1 times the lowest of earlier positions.`
      : `It breaks at position ${breaksAt}: from there on perplexity is 1.1 times the lowest of earlier positions, or more.`;
  return ["", "       positions  nats a token  perplexity", ...lines, "", found, "", text, ""].join(
    "\n",
  );
}
