/**
 * The files of a model's folder that its extension keeps as they are.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";

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
