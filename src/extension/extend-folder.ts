/**
 * The folder of a model for longer texts: extended, proven, written, and proven once more as it is read again.
 *
 * @module
 */
import path from "node:path";
import { InputError, refuseUnknownNames, RunError } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { copyFiles } from "../files/copy-files.ts";
import { writeAtomically } from "../files/files.ts";
import { makeWhole, requireFree } from "../files/new-folder.ts";
import { isLoaded, openDecoder } from "../runs/open-decoder.ts";
import type { OpenedDecoder } from "../runs/open-decoder.ts";
import { runFileName } from "../runs/run-file.ts";
import { version } from "../version.ts";
import { extend } from "./extend.ts";
import type { Extended, ExtendOptions, Extension } from "./extend.ts";
import { largestDifference } from "./encoding-proof.ts";
import { sortedFiles } from "./folder-files.ts";
import { measureRotation } from "./measured-rotation.ts";
import { proofText } from "./proof-text.ts";
import { compareLogits, largestDifferenceOf, refuseBroken, textLogits } from "./text-logits.ts";
import type { ProofText, ProofOptions, TextProof } from "./text-logits.ts";

/** The version of `extension.json`. */
export const extensionSchema = "relpos-extension/1";

/** The file of the proof. */
export const extensionFileName = "extension.json";

/** What is extended, and where it is written. */
export interface ExtendFolderOptions extends ExtendOptions, ProofOptions {
  /** Folder of a pretrained model, or of a run that was trained with rope. */
  readonly model: string;
  /** Does not exist, or is empty. */
  readonly out: string;
  /** Text files on which logits are compared. Default: the corpus of relpos. */
  readonly text?: readonly string[];
  /** Stops between two files, and removes what was written. */
  readonly signal?: AbortSignal;
}

const optionNames: NamesOf<ExtendFolderOptions> = {
  ...{ method: true, factor: true, originalLength: true, textLength: true },
  ...{ model: true, out: true, text: true, signal: true, compile: true, compileOptions: true },
};

/** What was read again from the folder, against what was written. */
export interface ReadBack {
  /** The largest relative difference of frequencies, attention factors and cosines. */
  readonly rotation: number;
  /** The largest difference of logits; absent where none were compared. */
  readonly logits?: number;
}

/** What `extension.json` holds. */
export interface ExtensionDocument extends Extension {
  readonly schema: typeof extensionSchema;
  readonly relpos: string;
  /** The folder that was extended, as it was given. */
  readonly model: string;
  /** Absent where the model has no tokenizer. */
  readonly text?: TextProof;
  readonly readBack: ReadBack;
  /** Files and folders that were not copied. */
  readonly notCopied: readonly string[];
}

/**
 * Extends the model of a folder and writes it to another.
 *
 * @throws {InputError} as `extend` does; the folder has no model, the other one has files, or the text is too short to
 *   show a far position. Nothing was written
 * @throws {RunError} the disk is full, or what is read again is not what was written. Nothing is left of it
 */
export async function extendFolder(options: ExtendFolderOptions): Promise<ExtensionDocument> {
  refuseUnknownNames("extend", options, optionNames, (message) => new InputError(message));
  const { model: folder, out, text, signal, compile, compileOptions, ...method } = options;
  await requireFree(out);
  const before = await openDecoder({ folder });
  const after = extend(before, method);
  const { extension } = after;
  const { originalLength: length, factor, textLength } = extension;
  const run: ProofOptions = {
    ...(compile && { compile }),
    ...(compileOptions && { compileOptions }),
  };
  const read = await textOf(after, text);
  const logitsOf = async (trained: OpenedDecoder): Promise<readonly Float32Array[]> =>
    read === undefined ? [] : await textLogits(trained, read, run);
  const logits = { before: await logitsOf(before), after: await logitsOf(after) };
  refuseBroken(logits.after, `${extension.method} with factor ${factor}`);
  const shown = read && compareLogits(read, length, logits);
  if (shown?.positions.every(({ largestDifference }) => largestDifference === 0))
    throw new InputError(
      `extend: ${extension.method} with factor ${factor} changes no logit of ${shown.text}. ` +
        `Choose another factor, other options or another method.`,
    );
  const { kept, left } = await sortedFiles(folder);
  return await makeWhole(out, async (temporary) => {
    await copyFiles(folder, temporary, kept, signal);
    signal?.throwIfAborted();
    // Last: without it the folder is no model.
    const name = isLoaded(after) ? "config.json" : runFileName;
    await writeAtomically(path.join(temporary, name), configurationText(after.configuration));
    const again = await openDecoder({ folder: temporary, textLength });
    const readBack: ReadBack = {
      rotation: rotationAgain(again, extension),
      ...(read && { logits: differenceAgain(logits.after, await logitsOf(again)) }),
    };
    requireSame(readBack);
    const document: ExtensionDocument = {
      ...{ schema: extensionSchema, relpos: version, model: folder, ...extension },
      ...(shown && { text: shown }),
      ...{ readBack, notCopied: left },
    };
    const file = path.join(temporary, extensionFileName);
    await writeAtomically(file, `${JSON.stringify(document, null, 2)}\n`);
    signal?.throwIfAborted();
    return document;
  });
}

/** The text of the proof; undefined where the model has no tokenizer and none was given. */
async function textOf(
  trained: Extended<OpenedDecoder>,
  text: readonly string[] | undefined,
): Promise<ProofText | undefined> {
  const { tokenizer, folder, extension } = trained;
  const { originalLength: length, factor } = extension;
  if (tokenizer === undefined) {
    if (text === undefined) return undefined;
    throw new InputError(
      `${folder} has no tokenizer.json, which a text needs. Copy or download it, or leave the text out.`,
    );
  }
  const beginTokens = "beginTokens" in trained ? trained.beginTokens : [];
  const longer = Math.round(length * Math.max(factor, 2));
  return await proofText({ tokenizer, beginTokens, length, longer, ...(text && { text }) });
}

/** The largest difference between rotations that were proven and those of the folder. */
function rotationAgain({ model }: OpenedDecoder, { proof }: Extension): number {
  const differences = proof.extended.flatMap(({ layers, pairs, rotation }) =>
    layers.map((layer) => {
      const distances = rotation.after.distances.map(({ distance }) => distance);
      return largestDifference(rotation.after, measureRotation(model, layer, pairs, distances));
    }),
  );
  return Math.max(...differences);
}

function differenceAgain(first: readonly Float32Array[], second: readonly Float32Array[]): number {
  return Math.max(...first.map((logits, at) => largestDifferenceOf(logits, second[at]!)));
}

/** @throws {RunError} what was read is not what was written */
function requireSame({ rotation, logits = 0 }: ReadBack): void {
  if (rotation <= 1e-6 && logits <= 1e-4) return;
  throw new RunError(
    `extend: the folder that was written gives other numbers than the model in memory: frequencies differ by a share of ` +
      `${rotation.toExponential(1)}, logits by ${logits.toExponential(1)}. It was removed. The files of the model may have ` +
      `changed meanwhile; run the same command again.`,
  );
}

/** JSON as transformers writes it, with the numbers that it wants with a point. */
function configurationText(values: object): string {
  const text = JSON.stringify(values, null, 2);
  return `${text.replace(/("(?:factor|attention_factor|beta_fast|beta_slow)": \d+)(?=[,\n}])/g, "$1.0")}\n`;
}
