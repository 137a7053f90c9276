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
import { notFinite } from "../parameters/finite.ts";
import { isPair } from "./export-source.ts";
import type { Exportable } from "./export-source.ts";
import { formatNames, typesOfFormat, weightTypes } from "./formats.ts";
import type { ExportFormat, FloatType, OnnxType, WeightType } from "./formats.ts";
import { externalBytes, onnxFolder } from "./onnx-folder.ts";
import { openExportable } from "./open-exportable.ts";
import { comparesPositions } from "./pair-graph.ts";
import { transformersFolder } from "./transformers-folder.ts";
import type { TransformersFolder } from "./transformers-folder.ts";

/** What is exported, and where to. */
export interface ExportOptions {
  /** The folder of a run or of a pretrained model, or a model in memory. */
  readonly model: string | Exportable;
  readonly format: ExportFormat;
  /** Does not exist, or is empty. */
  readonly out: string;
  /** In the folder of a comparison: the trial, such as `"rope-1"`. */
  readonly trial?: string;
  /** Where the file of the user's own encoding is now, if it was moved since the run began. */
  readonly encodingFile?: string;
  /**
   * The type of weights: float32, float16, or bfloat16 in the format huggingface, int8 or int4 in the format onnx. Default: in
   * the format huggingface that of the pretrained model, else float32.
   */
  readonly dtype?: WeightType;
  /** Bytes of weights above which they are in a file beside the ONNX model. Default 2²⁹. */
  readonly externalBytes?: number;
  /** Bytes of weights in a file of the format huggingface. Default 5 · 10⁹. */
  readonly shardBytes?: number;
  /** Stops between two files, and removes what was written. */
  readonly signal?: AbortSignal;
}

const names: NamesOf<ExportOptions> = {
  ...{ model: true, format: true, out: true, trial: true, encodingFile: true },
  ...{ dtype: true, externalBytes: true, shardBytes: true, signal: true },
};

/** As transformers writes its files. */
const defaultShardBytes = 5e9;

/** What was written. */
export interface Exported {
  readonly format: ExportFormat;
  /** The encoding, with its options; of an encoder-decoder those of both halves. */
  readonly encoding: string;
  /** The family of transformers, as "Llama"; absent in the format onnx for a model that was trained here. */
  readonly family?: string;
  readonly dtype: WeightType;
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
  checkOptions(options);
  await requireFree(out);
  if (typeof model === "string") await refuseInside(out, model);
  const source =
    typeof model === "string"
      ? await openExportable({ folder: model, trial, encodingFile })
      : finite(model);
  if (source.model.parameters.constants.size > 0)
    throw new InputError(
      "export: the weights are quantised, and again they would be rounded twice. Give the model as it was loaded, and for the format onnx the dtype int8 or int4.",
    );
  const prepared = await prepare(source, options);
  signal?.throwIfAborted();
  return await makeWhole(out, async (temporary) => {
    await prepared.write(temporary, signal);
    signal?.throwIfAborted();
    const { dtype, family } = prepared;
    const facts = { format, dtype, ...(family !== undefined && { family }) };
    return { ...facts, ...(await exportedIn(temporary, source)) };
  });
}

async function prepare(
  source: Exportable,
  { format, dtype, ...limits }: ExportOptions,
): Promise<Pick<TransformersFolder, "write"> & Pick<Exported, "dtype" | "family">> {
  if (format === "huggingface") {
    const { shardBytes = defaultShardBytes } = limits;
    return await transformersFolder(source, { dtype: dtype as FloatType | undefined, shardBytes });
  }
  const type = (dtype ?? "float32") as OnnxType;
  const write = await onnxFolder(source, type, limits.externalBytes ?? externalBytes);
  const { family } = source;
  return { write, dtype: type, ...(family !== undefined && { family }) };
}

/** @throws {InputError} a weight of a model in memory is NaN or infinite; folders are opened with this check */
function finite(source: Exportable): Exportable {
  for (const [name, { shape, data }] of source.weights) {
    const fault = notFinite(data, shape);
    if (fault !== undefined)
      throw new InputError(
        `export: the parameter ${name} has ${fault}. Give weights from before training diverged.`,
      );
  }
  return source;
}

/** @throws {InputError} an option cannot be */
function checkOptions({ format, dtype, ...limits }: ExportOptions): void {
  if (!formatNames.includes(format)) throw unknownName("format", String(format), formatNames);
  if (dtype !== undefined && !weightTypes.includes(dtype))
    throw unknownName("dtype", String(dtype), weightTypes);
  const types: readonly WeightType[] = typesOfFormat[format];
  if (dtype !== undefined && !types.includes(dtype))
    throw new InputError(
      `export: weights of the format ${format} are ${types.join(", ")}, got ${dtype}. Choose one of them, or another format.`,
    );
  for (const name of ["externalBytes", "shardBytes"] as const) {
    const value: unknown = limits[name] ?? 0;
    if (typeof value !== "number" || !(value >= 0))
      throw new InputError(`export: ${name} must be a number of 0 or more, got ${String(value)}.`);
  }
}

async function exportedIn(
  folder: string,
  source: Exportable,
): Promise<Omit<Exported, "format" | "family" | "dtype">> {
  const { model, tokenizer } = source;
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
    encoding: encodingsOf(source),
    parameters: model.parameters.specs.reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    ),
    files: files.sort((a, b) => (a.name < b.name ? -1 : 1)),
    tokenizer: tokenizer !== undefined,
  };
}

/** The encoding; of an encoder-decoder those of its halves, and that between them where there is one. */
function encodingsOf(source: Exportable): string {
  if (!isPair(source)) return source.model.encoding.id;
  const { encoder, decoder, cross } = source.model;
  const halves = encoder.id === decoder.id ? encoder.id : `${encoder.id} and ${decoder.id}`;
  return !comparesPositions(cross) ? halves : `${halves}, ${cross.id} between them`;
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
