/**
 * `run.json` of a comparison: written once, and compared when the same folder is used again.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { readJson, writeAtomically } from "../checkpoints/files.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { InputError } from "../errors.ts";
import type { Corpus } from "../text/corpus.ts";
import { version } from "../version.ts";

/** What stands in run.json. */
interface RunDocument {
  readonly relpos: string;
  readonly kind: "compare";
  /** Hash of the text. */
  readonly corpus: string;
  readonly settings: ComparisonSettings;
}

/**
 * Writes run.json, or finds that the folder is of another comparison.
 *
 * @throws InputError that names what differs
 */
export async function keepSettings(
  folder: string,
  settings: ComparisonSettings,
  corpus: Corpus,
): Promise<void> {
  const file = path.join(folder, "run.json");
  const document: RunDocument = {
    relpos: version,
    kind: "compare",
    corpus: corpus.sha256,
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
