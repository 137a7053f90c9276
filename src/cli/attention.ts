/**
 * `relpos attention`: what a trained encoder-decoder attends to in one pair of texts.
 *
 * @module
 */
import { asInputError, InputError } from "../errors.ts";
import { attentionPage } from "../explanation/attention-page.ts";
import type { ShownAttention } from "../explanation/attention-page.ts";
import { attentionText } from "../explanation/attention-text.ts";
import { targetsOf } from "../generation/targets-of.ts";
import { textTargets } from "../generation/translate.ts";
import { pairAttentionWeights } from "../pictures/attention-weights.ts";
import { printableStrings } from "../printable.ts";
import { openPairRun } from "../runs/open-pair-run.ts";
import type { OpenedEncoderDecoder } from "../runs/open-pair-run.ts";
import { compile } from "../runtime/node.ts";
import { version } from "../version.ts";
import type { AttentionOptions } from "./attention-options.ts";
import { requireNewFiles, writeFiles } from "./new-files.ts";
import { leastColumns } from "./option-values.ts";
import { printError, printOutput } from "./print.ts";

const schema = "relpos-attention/1";

/** Runs the command. */
export async function showAttention(options: AttentionOptions): Promise<void> {
  const { model: folder, source, html, json = false, width } = options;
  await requireNewFiles({ "--html": html });
  if (source.trim() === "")
    throw new InputError("--source is empty. Give a text that the model reads.");
  const run = await openPairRun(folder);
  if (run.architecture !== "encoder-decoder")
    throw new InputError(
      `${folder} is a ${run.architecture} run; attention is shown of encoder-decoders. Give the folder of one.`,
    );
  const target = options.target ?? (await writtenBy(run, source));
  const { tokenizer, symbols } = run;
  const [sourceIds, targetIds] = [tokenizer.encode(source), tokenizer.encode(target)];
  const weights = asInputError(() =>
    pairAttentionWeights({
      ...{ model: run.model, weights: run.weights },
      source: [...sourceIds, symbols.end],
      target: [symbols.begin, ...targetIds],
    }),
  );
  const text = (id: number): string => tokenizer.decode([id]).trim() || "␣";
  const shown: ShownAttention = {
    model: `${folder}: ${run.configuration.task}, ${encodingsOf(run)}, ${run.step} steps`,
    source: [...Array.from(sourceIds, text), "(end)"],
    target: ["(begin)", ...Array.from(targetIds, text)],
    weights,
  };
  await writeFiles([[html, () => attentionPage(shown)]], json ? printError : printOutput);
  if (json) printOutput(`${jsonOf(shown, { folder, source, target })}\n`);
  else if (html === undefined)
    printOutput(
      `${attentionText(printableStrings(shown), { columns: width ?? Math.max(leastColumns, process.stdout.columns ?? 80) })}\n`,
    );
}

function encodingsOf({ model: { encoder, decoder } }: OpenedEncoderDecoder): string {
  return encoder.id === decoder.id ? encoder.id : `${encoder.id}, ${decoder.id}`;
}

/** What the model writes for a source, greedily. */
async function writtenBy(run: OpenedEncoderDecoder, source: string): Promise<string> {
  for await (const { text } of targetsOf(textTargets(run), [source], {}, { compile })) return text;
  return "";
}

function jsonOf(
  shown: ShownAttention,
  texts: { readonly folder: string; readonly source: string; readonly target: string },
): string {
  const { folder: run, source, target } = texts;
  const tokens = { source: shown.source, target: shown.target };
  // A key that is not seen has no weight: null.
  const weights = shown.weights.map(({ planes, ...layer }) => ({
    ...layer,
    heads: planes.map((plane) => Array.from(plane)),
  }));
  return JSON.stringify({ schema, relpos: version, run, source, target, tokens, weights });
}
