/**
 * A comparison that is taken up with further encodings or seeds: those of its folder stay, in their order, and the
 * further ones follow.
 *
 * @module
 */
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { EncodingFile } from "../comparison/settings.ts";
import type { Trial } from "../comparison/trial-record.ts";
import { allDiverged, mayChangeAfterDivergence, someDiverged } from "./begin-again.ts";
import { originByNames } from "../runs/run-differences.ts";
import type { ComparisonRun } from "../runs/run-document.ts";
import { readRunFile } from "../runs/run-file.ts";
import type { KeepOptions } from "../runs/run-file.ts";

/** The settings with the encodings and seeds of the comparison in the folder, if it has one. */
export async function withRecorded(
  settings: ComparisonSettings,
  folder: string,
): Promise<ComparisonSettings> {
  const run = await readRunFile(folder).catch(() => undefined); // `keepRunFile` says what is wrong
  if (run?.kind !== "compare") return settings;
  const encodings = union(
    run.encodings.map(({ id }) => id),
    settings.encodings,
  );
  const files = filesOf(run, settings);
  return {
    ...settings,
    encodings,
    seeds: union(run.seeds, settings.seeds),
    ...(files.length > 0 ? { encodingFiles: files } : {}),
  };
}

/**
 * How a comparison's settings may be changed when it is taken up.
 *
 * @param given the names of the settings that the user gave. Default: all were
 * @param finished the trials that have a result
 */
export function comparisonChanges(
  given: readonly string[] | undefined,
  finished: readonly (Trial | undefined)[],
): KeepOptions {
  const diverged = allDiverged(finished);
  return {
    allows: ({ name, before }) =>
      (/^(encodings|seeds)\.\d+/.test(name) && before === undefined) ||
      (diverged && mayChangeAfterDivergence(name)),
    ...(given === undefined ? {} : { originOf: originByNames(given) }),
    hint:
      "Further encodings and seeds can be given in this folder; " +
      `other rates only after training diverged in all trials. ${someDiverged(finished) ?? ""}`.trimEnd(),
  };
}

/** What the folder has and these settings do not, in words; undefined where there is nothing. */
export function keptWords(
  whole: ComparisonSettings,
  given: ComparisonSettings,
): string | undefined {
  const encodings = whole.encodings.filter((id) => !given.encodings.includes(id));
  const seeds = whole.seeds.filter((seed) => !given.seeds.includes(seed));
  const words = [
    ...(encodings.length > 0 ? [encodings.join(", ")] : []),
    ...(seeds.length > 0 ? [`seed${seeds.length > 1 ? "s" : ""} ${seeds.join(", ")}`] : []),
  ];
  return words.length > 0 ? words.join(" and ") : undefined;
}

/** Files of the user's encodings: as they are given now, and of encodings that are not given, as they were. */
function filesOf(run: ComparisonRun, { encodingFiles = [] }: ComparisonSettings): EncodingFile[] {
  const recorded = run.encodings.flatMap(({ id, file }) => (file ? [{ id, ...file }] : []));
  const others = recorded.filter(({ id }) => !encodingFiles.some((file) => file.id === id));
  return [...encodingFiles, ...others];
}

function union<Item>(first: readonly Item[], second: readonly Item[]): Item[] {
  return [...new Set([...first, ...second])];
}
