/**
 * Runs reference runs one after the other, each of which goes on where it was stopped, and writes a record of each.
 *
 * @module
 */
import { existsSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../../src/files/files.ts";
import { refuseForeign } from "../record.ts";
import { referenceFolder, writeReference } from "./record.ts";
import { filesOf } from "./reference-run.ts";
import type { ReferenceRun } from "./reference-run.ts";
import { runReference } from "./run-reference.ts";
import type { ReferenceRequest } from "./run-reference.ts";

/** What is to be run, and where. */
export interface References extends ReferenceRequest {
  readonly runs: readonly ReferenceRun[];
  /** The folder of all results. */
  readonly results: string;
}

/** Runs what is not finished. The ids of the runs whose records were written. */
export async function reproduceReferences(given: References): Promise<readonly string[]> {
  const { runs, signal, say } = given;
  const out = path.join(given.results, referenceFolder);
  const written: string[] = [];
  for (const run of runs) {
    if (signal.aborted) break;
    const missing = filesOf(run).filter((file) => !existsSync(file));
    if (missing.length > 0) {
      say(`${run.id}: skipped, it reads ${missing.join(", ")}, and there is no such file.`);
      continue;
    }
    const file = path.join(out, `${run.id}.json`);
    await refuseForeign(file);
    say(`${run.id}: one model, ${run.settings.steps} steps`);
    const record = await runReference(run, given);
    if (record === undefined) break;
    await fs.mkdir(out, { recursive: true });
    await writeAtomically(file, writeReference(record));
    written.push(run.id);
  }
  return written;
}
