/**
 * The messages between a comparison and its trial processes.
 *
 * @module
 */
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { ModelRun, PairRun } from "../runs/run-document.ts";

/** One trial to run. */
export interface TrialJob {
  readonly encoding: string;
  readonly seed: number;
  /** The trial's own folder. */
  readonly folder: string;
  /** That of its comparison. */
  readonly comparison: string;
  readonly settings: ComparisonSettings;
  /** Where it is not the `learningRate` of the settings: the one that was chosen, or that is tried. */
  readonly rate?: number;
  /** Whether only its validation loss is wanted, to choose a rate. */
  readonly tuning?: boolean;
  /** What the trial's `run.json` has, as it was when the comparison began. */
  readonly run: ModelRun | PairRun;
}

/** The settings with the learning rate of this trial. */
export function settingsOf({
  settings,
  rate,
}: Pick<TrialJob, "settings" | "rate">): ComparisonSettings {
  return rate === undefined ? settings : { ...settings, learningRate: rate };
}

/** To a trial process. */
export type ToTrial =
  { readonly kind: "start"; readonly job: TrialJob } | { readonly kind: "stop" };

/** From a trial process. */
export type FromTrial =
  | { readonly kind: "step"; readonly step: number; readonly loss: number }
  | { readonly kind: "evaluate"; readonly length: number; readonly protocol: string }
  /** Its result is written; `note` says why there are no measurements, if there are none. */
  | { readonly kind: "done"; readonly note?: string }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly message: string; readonly exitCode: number };

/** The trial's name in folders and on screen: without characters that a folder's name may not have everywhere. */
export function trialName({
  encoding,
  seed,
  rate,
  tuning = false,
}: Pick<TrialJob, "encoding" | "seed" | "rate" | "tuning">): string {
  // A composition may be long, and an option's value may hold what a folder's name may not.
  const plain = encoding.replace(/[^\w.,()=+[\]-]/g, "_");
  const short = plain.length <= 80 ? plain : `${plain.slice(0, 60)}~${checksum(encoding)}`;
  return tuning ? `${short}-rate-${rate}` : `${short}-${seed}`;
}

/** FNV-1a, eight hexadecimal digits: keeps long names different. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** The file whose presence says that a trial is finished. */
export const resultFile = "result.json";

/** The version of that file's form. */
export const resultSchema = "relpos-trial/3";

/** The file of what a trial's training costs. */
export const costFile = "cost.json";
