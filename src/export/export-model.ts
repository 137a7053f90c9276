/**
 * A trained model written for other programs.
 *
 *     await exportModel({ model: "runs/book", format: "onnx", out: "book-onnx" })
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { InputError, refuseUnknownNames, unknownName } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { makeWhole, requireFree } from "../files/new-folder.ts";
import { openExportable } from "./export-source.ts";
import type { Exportable } from "./export-source.ts";
import { formatNames } from "./formats.ts";
import type { ExportFormat } from "./formats.ts";
import { externalBytes, onnxFolder } from "./onnx-folder.ts";

/** What is exported, and where to. */
export interface ExportOptions {
  /** The folder of a run or of a pretrained decoder, or a model in memory. */
  readonly model: string | Exportable;
  readonly format: ExportFormat;
  /** Does not exist, or is empty. */
  readonly out: string;
  /** In the folder of a comparison: the trial, such as `"rope-1"`. */
  readonly trial?: string;
  /** Where the file of the user's own encoding is now, if it was moved since the run began. */
  readonly encodingFile?: string;
  /** Bytes of weights above which they are in a file beside the ONNX model. Default 2²⁹. */
  readonly externalBytes?: number;
  /** Stops between two files, and removes what was written. */
  readonly signal?: AbortSignal;
}

const names: NamesOf<ExportOptions> = {
  ...{ model: true, format: true, out: true, trial: true, encodingFile: true },
  ...{ externalBytes: true, signal: true },
};

/** What was written. */
export interface Exported {
  readonly format: ExportFormat;
  /** The encoding, with its options. */
  readonly encoding: string;
  /** The family of a pretrained model, as "Llama". */
  readonly family?: string;
  readonly parameters: number;
  /** In alphabetical order. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Whether the folder has a tokenizer. */
  readonly tokenizer: boolean;
}

/**
 * Writes a model for other programs.
 *
 * @throws {InputError} there is no such model or format, the model does not fit the format, or the folder has files or
 *   cannot be written to. Nothing was written
 * @throws {RunError} the model's files are damaged, or the disk is full. Nothing is left of what was written
 */
export async function exportModel(options: ExportOptions): Promise<Exported> {
  refuseUnknownNames("export", options, names, (message) => new InputError(message));
  const { model, format, out, trial, encodingFile, signal } = options;
  if (!formatNames.includes(format)) throw unknownName("format", String(format), formatNames);
  const limit = options.externalBytes ?? externalBytes;
  if (typeof limit !== "number" || !(limit >= 0))
    throw new InputError(
      `export: externalBytes must be a number of 0 or more, got ${String(limit)}.`,
    );
  await requireFree(out);
  if (typeof model === "string") await refuseInside(out, model);
  const source =
    typeof model === "string"
      ? await openExportable({ folder: model, trial, encodingFile })
      : model;
  const write = await onnxFolder(source, limit);
  signal?.throwIfAborted();
  return await makeWhole(out, async (temporary) => {
    await write(temporary, signal);
    signal?.throwIfAborted();
    return await exportedIn(temporary, format, source);
  });
}

async function exportedIn(
  folder: string,
  format: ExportFormat,
  { model, tokenizer, family }: Exportable,
): Promise<Exported> {
  const entries = await fs.readdir(folder, { withFileTypes: true, recursive: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map(async ({ name, parentPath }) => {
        const file = path.join(parentPath, name);
        const { size } = await fs.stat(file);
        return { name: path.relative(folder, file).replaceAll(path.sep, "/"), bytes: size };
      }),
  );
  return {
    ...{ format, encoding: model.encoding.id },
    ...(family !== undefined && { family }),
    parameters: model.parameters.specs.reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    ),
    files: files.sort((a, b) => (a.name < b.name ? -1 : 1)),
    tokenizer: tokenizer !== undefined,
  };
}

/** @throws {InputError} a folder is inside the model's */
async function refuseInside(out: string, model: string): Promise<void> {
  const whole = await fs.realpath(model).catch(() => path.resolve(model));
  const place = await realPlace(path.resolve(out));
  if (place !== whole && !place.startsWith(whole + path.sep)) return;
  throw new InputError(
    `export: ${out} is inside the model's folder ${model}. Choose another place.`,
  );
}

/** The path without links, of a place that may not exist. */
async function realPlace(place: string): Promise<string> {
  const parent = path.dirname(place);
  return await fs
    .realpath(place)
    .catch(async () =>
      parent === place ? place : path.join(await realPlace(parent), path.basename(place)),
    );
}
