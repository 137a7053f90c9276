/**
 * `relpos extend`: a model for longer texts, written to a folder, and what that changed.
 *
 * @module
 */
import type { LayerProof } from "../extension/encoding-proof.ts";
import { extendFolder } from "../extension/extend-folder.ts";
import type { ExtensionDocument } from "../extension/extend-folder.ts";
import type { TextProof } from "../extension/text-logits.ts";
import { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import type { ExtendCommandOptions } from "./extend-options.ts";
import { printOutput } from "./print.ts";

/** Runs the command. */
export async function extendModel(options: ExtendCommandOptions): Promise<void> {
  const { device: name, threads, json = false, ...given } = options;
  const device = deviceNamed(name);
  await requireDevice(device);
  const interrupt = abortOnInterrupt();
  try {
    const { signal } = interrupt;
    const document = await extendFolder({ ...given, signal, compileOptions: { device, threads } });
    printOutput(json ? `${JSON.stringify(document)}\n` : inWords(document, given.out));
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted(`stopped; nothing was written to ${given.out}.`);
  } finally {
    interrupt.release();
  }
}

function inWords(document: ExtensionDocument, out: string): string {
  const { method, factor, originalLength, model, readBy, text, readBack, notCopied } = document;
  const whose =
    readBy === "transformers"
      ? "Its config.json says so in the keys of transformers 4 and 5, which other programs read too."
      : "No configuration of transformers can say it: relpos alone reads it. Other programs load the model as it was before.";
  return [
    `${model} → ${out}: ${method}, factor ${factor}, from ${originalLength} to ${Math.round(originalLength * factor)} tokens`,
    whose,
    ...(document.withoutEffect.length > 0
      ? [
          `In this model it is the same without ${document.withoutEffect.join(", ")}: its default gives these numbers too.`,
        ]
      : []),
    ...document.proof.extended.flatMap(layerLines),
    ...(text === undefined
      ? ["", "Without tokenizer.json no logits were compared."]
      : textLines(text)),
    "",
    `Read again from ${out}: frequencies and cosines differ by a share of ${readBack.rotation.toPrecision(1)}` +
      `${readBack.logits === undefined ? "" : `, logits by ${readBack.logits.toPrecision(1)}`}.`,
    ...(notCopied.length > 0 ? [`Not copied: ${notCopied.join(", ")}.`] : []),
    "",
  ].join("\n");
}

function layerLines({ layers, rotation: { before, after } }: LayerProof): string[] {
  const [first, last] = [layers[0]!, layers.at(-1)!];
  const which =
    layers.length === 1
      ? `layer ${first}`
      : layers.length === last - first + 1
        ? `layers ${first} to ${last}`
        : `layers ${layers.join(", ")}`;
  const [near, far] = [after.distances[0]!, after.distances.at(-1)!];
  const cosines = [before, after].map(({ distances }) => {
    const { cosines, magnitude } = distances.at(-1)!;
    return cosines.map((cosine) => cosine / magnitude);
  });
  const heading = [
    "pair",
    "frequency before",
    "after",
    `cosine at ${far.distance} before`,
    "after",
  ];
  const rows = before.frequencies.map((frequency, pair) => [
    `${pair}`,
    frequency.toPrecision(6),
    after.frequencies[pair]!.toPrecision(6),
    ...cosines.map((each) => each[pair]!.toFixed(4)),
  ]);
  return [
    "",
    `${which}: attention factor ${shortest(before.attentionFactor)} before, ${shortest(after.attentionFactor)} after; ` +
      `scores of rotated parts times ${shortest(near.magnitude)} at distance ${near.distance}, ` +
      `${shortest(far.magnitude)} at ${far.distance}`,
    ...aligned([heading, ...rows]),
  ];
}

function textLines({ text, tokens, positions }: TextProof): string[] {
  const rows = positions.map(({ position, far, prediction, largestDifference }) => [
    `${position}${far ? " (far)" : ""}`,
    prediction.before.loss.toFixed(4),
    prediction.after.loss.toFixed(4),
    largestDifference.toPrecision(3),
  ]);
  const heading = ["position", "nats before", "after", "largest change of a logit"];
  return ["", `${text}, ${tokens} tokens`, ...aligned([heading, ...rows])];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  "));
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(6)));
}
