/**
 * The processor time that a training took, over all calls that went on with it.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../../src/files/files.ts";

/** Of this process since it began, all threads together, in seconds. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Adds to the time that is kept beside a run's folder. A call that was killed adds nothing. */
export async function addTime(folder: string, seconds: number): Promise<void> {
  const before = (await readTime(folder)) ?? 0;
  await fs.mkdir(path.dirname(folder), { recursive: true });
  await writeAtomically(fileOf(folder), `${JSON.stringify({ seconds: before + seconds })}\n`);
}

/** The time that is kept, in seconds; undefined where there is none. */
export async function readTime(folder: string): Promise<number | undefined> {
  const text = await fs.readFile(fileOf(folder), "utf8").catch(() => undefined);
  return text === undefined
    ? undefined
    : (JSON.parse(text) as { readonly seconds: number }).seconds;
}

function fileOf(folder: string): string {
  return `${folder}-processor-time.json`;
}
