/**
 * `metrics.jsonl`: one line for each step of a run, from the first, in order.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { InputError, RunError } from "../errors.ts";
import { errorCode, readError } from "../files/file-errors.ts";
import { refuseSpecialFile } from "../files/regular-file.ts";
import type { StepMetrics } from "../training/train.ts";
import { hexadecimal } from "./checkpoint-file.ts";

/** The file's name in the folder of a run. */
export const metricsFileName = "metrics.jsonl";

/** Which lines are read, and how they are checked. */
export interface MetricsBefore {
  /** The number of steps; what follows their lines is not looked at. */
  readonly step: number;
  /** CRC-32 of the lines, if it is known. */
  readonly metrics?: string;
}

/**
 * The steps in a run's `metrics.jsonl`, in order. Empty where there is no such file.
 *
 * @param before a checkpoint: exactly the steps before it. Default: every step, without an unfinished last line
 * @throws {InputError} the file may not be read
 * @throws {RunError} a line is no step, not in its place or missing, or the lines are not those of the checkpoint
 */
export async function readMetrics(folder: string, before?: MetricsBefore): Promise<StepMetrics[]> {
  const bytes = await metricsBytes(folder);
  const file = path.join(folder, metricsFileName);
  if (before !== undefined) {
    const lines = linesBefore(bytes, before, file);
    const steps = parse(lines, file);
    if (before.metrics !== undefined && hexadecimal(crc32(lines)) !== before.metrics)
      throw new RunError(
        `${file}: its first ${before.step} steps are not those of the checkpoint: their checksum differs. ${ways}`,
      );
    return steps;
  }
  return parse(bytes.subarray(0, bytes.lastIndexOf(lineBreak) + 1), file);
}

/** The bytes of the file; none where there is no such file. */
export async function metricsBytes(folder: string): Promise<Buffer> {
  const file = path.join(folder, metricsFileName);
  await refuseSpecialFile(file);
  try {
    return await fs.readFile(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return Buffer.alloc(0);
    throw readError(file, error);
  }
}

/**
 * The bytes of the lines before a checkpoint. What follows may be half a line, or what a power cut left.
 *
 * @throws {RunError} there are fewer
 */
export function linesBefore(bytes: Buffer, { step }: MetricsBefore, file: string): Buffer {
  let [end, found] = [0, 0];
  for (; found < step; found++) {
    const next = bytes.indexOf(lineBreak, end);
    if (next === -1) break;
    end = next + 1;
  }
  if (found < step)
    throw new RunError(`${file} has ${found} of the ${step} steps before the checkpoint. ${ways}`);
  return bytes.subarray(0, end);
}

/**
 * Refuses a file that cannot be of a run without a checkpoint, which is replaced when the run begins.
 *
 * @throws {InputError} it has something else
 */
export function requireBeginning(bytes: Buffer, file: string): void {
  const first = '{"step":0,';
  const begins = bytes.subarray(0, first.length).toString("latin1");
  // After a power cut a file may have its size and no content.
  if (first.startsWith(begins) || bytes.every((byte) => byte === 0)) return;
  throw new InputError(
    `${file} is not of this run, which has no checkpoint yet and would replace it. ` +
      `Move it away, or choose another folder.`,
  );
}

/** The lines of steps as they are written. */
export function metricsLines(metrics: readonly StepMetrics[]): string {
  return metrics.map((line) => `${JSON.stringify(line)}\n`).join("");
}

const lineBreak = 0x0a;
const ways = "It was changed; restore it from a copy, or start again in another folder.";

/** Every line has its step: line 1 step 0. */
function parse(bytes: Buffer, file: string): StepMetrics[] {
  const text = bytes.toString("utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line, position) => {
      try {
        return metricsOf(line, position);
      } catch (cause) {
        throw new RunError(
          `${file}: line ${position + 1} is no step of a run, as ${(cause as Error).message}. ` +
            `Restore the file from a copy, or start again in another folder.`,
          { cause },
        );
      }
    });
}

function metricsOf(line: string, position: number): StepMetrics {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new TypeError("it is not JSON");
  }
  if (typeof value !== "object" || value === null) throw new TypeError("it is no object");
  const metrics = value as StepMetrics;
  for (const name of ["step", "loss", "gradientNorm", "rate"] as const)
    if (typeof metrics[name] !== "number") throw new TypeError(`"${name}" is no number`);
  if (!["number", "undefined"].includes(typeof metrics.validationLoss))
    throw new TypeError('"validationLoss" is no number');
  if (metrics.step !== position) throw new TypeError(`its step is ${metrics.step} and must be ${position}`);
  return metrics;
}
