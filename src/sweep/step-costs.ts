/**
 * What a training step of each encoding costs, measured once in a comparison, after its last trial.
 *
 * @module
 */
import os from "node:os";
import path from "node:path";
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { Trial } from "../comparison/trial-record.ts";
import { readJson } from "../files/files.ts";
import { writeOwnFiles } from "../runs/own-files.ts";
import { runChildProcess } from "./child-process.ts";
import type { CostJob, FromCost } from "./cost-job.ts";
import { groupsWithin } from "./in-turns.ts";

/** The file of a comparison's costs. */
export const costsFile = "costs.json";
const costsSchema = "relpos-costs/1";

/** Seconds of a training step by encoding; null where it could not be measured. */
export type StepSeconds = Readonly<Record<string, number | null>>;

/** What the costs of a comparison depend on. */
export interface CostRequest {
  readonly settings: ComparisonSettings;
  /** The comparison's own, where the costs are kept. */
  readonly folder: string;
  /** All of them; what each held of memory says how many can be compiled at once. */
  readonly trials: readonly Trial[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The costs, from the folder or measured now; undefined where it was stopped. Where the process that measures fails,
 * nothing is known of any encoding, and nothing is kept: results are not given up for that.
 */
export async function stepCosts(request: CostRequest): Promise<StepSeconds | undefined> {
  const { settings, folder, signal } = request;
  const file = path.join(folder, costsFile);
  const kept = (await readJson(file).catch(() => undefined)) as
    { readonly schema?: string; readonly secondsPerStep?: StepSeconds } | undefined;
  if (kept?.schema === costsSchema && kept.secondsPerStep !== undefined) return kept.secondsPerStep;
  const groups = groupsWithin(
    settings.encodings,
    (encoding) => memoryOf(encoding, request),
    os.freemem() / 2,
  );
  const end = await measure({ settings, groups }, signal);
  if (end === "stopped") return undefined;
  if (end === "failed")
    return Object.fromEntries(settings.encodings.map((encoding) => [encoding, null]));
  const secondsPerStep = end;
  const text = JSON.stringify({ schema: costsSchema, secondsPerStep });
  await writeOwnFiles(folder, [{ path: costsFile, text }]);
  return secondsPerStep;
}

/** Trials with what a step costs in the place of what one took beside other trials. */
export function withStepCosts(trials: readonly Trial[], costs: StepSeconds): readonly Trial[] {
  return trials.map((trial) => ({ ...trial, secondsPerStep: costs[trial.encoding] ?? NaN }));
}

function memoryOf(encoding: string, { trials }: CostRequest): number {
  const ofEncoding = trials.filter((trial) => trial.encoding === encoding);
  return Math.max(0, ...ofEncoding.map(({ peakMemoryBytes }) => peakMemoryBytes));
}

async function measure(
  job: CostJob,
  signal: AbortSignal | undefined,
): Promise<StepSeconds | "stopped" | "failed"> {
  let end: StepSeconds | "stopped" | undefined;
  const ended = await runChildProcess<CostJob, FromCost>({
    ...{ script: "cost-process", job, stop: signal },
    onMessage(message) {
      if (message.kind === "done") end = message.seconds;
      if (message.kind === "stopped") end = "stopped";
    },
  }).catch(() => undefined);
  if (signal?.aborted || (end === undefined && ended?.interrupted)) return "stopped";
  return end ?? "failed";
}
