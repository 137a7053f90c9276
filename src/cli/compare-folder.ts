/**
 * What a comparison's folder holds: its settings, when it began, and its trials.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { readJson, writeAtomically } from "../files/files.ts";
import type { Trial } from "../comparison/results.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { TaskTrial } from "../comparison/task-results.ts";
import { InputError } from "../errors.ts";
import { resultFile } from "../sweep/trial-job.ts";
import type { TrialJob } from "../sweep/trial-job.ts";
import { version } from "../version.ts";

/** What stands in run.json. */
interface RunDocument {
  readonly relpos: string;
  readonly kind: "compare";
  /** Hash of the text; absent on a task. */
  readonly corpus?: string | undefined;
  readonly settings: ComparisonSettings;
}

/**
 * Writes run.json, or finds that the folder is of another comparison; `corpus` is the hash of a text.
 *
 * @throws InputError that names what differs
 */
export async function keepSettings(
  folder: string,
  settings: ComparisonSettings,
  corpus: string | undefined,
): Promise<void> {
  const file = path.join(folder, "run.json");
  const document: RunDocument = {
    relpos: version,
    kind: "compare",
    corpus,
    settings,
  };
  const exists = await fs.access(file).then(
    () => true,
    () => false,
  );
  if (!exists) {
    await writeAtomically(file, `${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const before = (await readJson(file)) as Partial<RunDocument> | null;
  const differing =
    before?.kind === "compare" ? differences(before, document) : ["the kind of run"];
  if (differing.length > 0)
    throw new InputError(
      `${folder} holds a run that differs in ${differing.join(", ")}. ` +
        `Give another --out, or the settings it was made with.`,
    );
}

function differences(before: Partial<RunDocument>, now: RunDocument): string[] {
  const { encodingFiles: filesBefore = [], ...settingsBefore } = before.settings ?? {};
  const { encodingFiles = [], ...settings } = now.settings;
  const changed = encodingFiles.filter(
    ({ id, sha256 }) => filesBefore.find((file) => file.id === id)?.sha256 !== sha256,
  );
  return [
    ...(before.corpus === now.corpus ? [] : ["the text"]),
    ...Object.entries(settings)
      .filter(
        ([name, value]) =>
          JSON.stringify((settingsBefore as Record<string, unknown>)[name]) !==
          JSON.stringify(value),
      )
      .map(([name]) => name),
    ...changed.map(({ path: name }) => `what ${name} holds`),
  ];
}

/** When the comparison began, ISO 8601. */
export async function startTime(folder: string): Promise<string> {
  return (await fs.stat(path.join(folder, "run.json"))).mtime.toISOString();
}

/** Makes a folder and those above it. */
export async function makeFolders(folder: string): Promise<void> {
  await fs.mkdir(folder, { recursive: true });
}

/** What the file of a finished trial holds, undefined for one that is not. */
export async function finishedTrial({ folder }: TrialJob): Promise<Trial | TaskTrial | undefined> {
  const file = path.join(folder, resultFile);
  const exists = await fs.access(file).then(
    () => true,
    () => false,
  );
  return exists ? ((await readJson(file)) as Trial | TaskTrial) : undefined;
}
