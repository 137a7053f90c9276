/**
 * The files of a model's folder that its extension keeps as they are.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { writeError } from "../files/file-errors.ts";

/** The files of a folder, by what becomes of them. */
export interface SortedFiles {
  /** Copied. */
  readonly kept: readonly string[];
  /** Of other programs, or of the model before: left behind. */
  readonly left: readonly string[];
}

/** Other forms of the weights, which no longer fit the configuration or would hide that they were copied. */
const otherWeights = /\.(bin|pt|pth|ckpt|h5|msgpack|gguf|onnx|ot)(\.index\.json)?$/;
/** Written anew, or said of the model before. */
const ofBefore = new Set([
  ...["config.json", "run.json", "extension.json", "evaluation.json", "divergence.json"],
  ...["report.html", "README.md"],
]);

/** Which files are copied; folders and hidden files are not. */
export async function sortedFiles(folder: string): Promise<SortedFiles> {
  const entries = await fs.readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  const others: string[] = [];
  for (const entry of entries) {
    const { name } = entry;
    if (ofBefore.has(name)) continue;
    const stats = await fs.stat(path.join(folder, name)).catch(() => undefined);
    const kept = stats?.isFile() === true && !name.startsWith(".") && !otherWeights.test(name);
    (kept ? files : others).push(name);
  }
  return { kept: files.sort(), left: others.filter((name) => !name.startsWith(".")).sort() };
}

/**
 * Copies files. Where the file system can, a copy shares its blocks with the original until one of them is written to: a
 * hard link would let a program that writes into one change the other.
 *
 * @throws {RunError} the disk is full or fails
 */
export async function copyFiles(
  from: string,
  to: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (const name of names) {
    signal?.throwIfAborted();
    const file = path.join(to, name);
    const flags = fs.constants.COPYFILE_FICLONE | fs.constants.COPYFILE_EXCL;
    await fs.copyFile(path.join(from, name), file, flags).catch((error: unknown) => {
      throw writeError(file, error, "Nothing was written.");
    });
  }
}
