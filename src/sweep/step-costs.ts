/**
 * What a training step of each encoding costs, measured once in a comparison, after its last trial.
 *
 * @module
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { Trial } from "../comparison/trial-record.ts";
import { InputError } from "../errors.ts";
import { readJson, writeAtomically } from "../files/files.ts";
import type { ComparisonRun } from "../runs/run-document.ts";
import { versionsHere } from "../runs/recorded.ts";
import { runChildProcess } from "./child-process.ts";
import { settingsDigest } from "./comparison-folder.ts";
import type { CostJob, FromCost } from "./cost-job.ts";
import { groupsWithin } from "./in-turns.ts";

const costsFile = "costs.json";
const costsSchema = "relpos-costs/2";

/** What the file holds: `of` is the digest of the settings that costs depend on. */
const costsShape = z.object({
  schema: z.literal(costsSchema),
  of: z.string(),
  secondsPerStep: z.record(z.string(), z.number().nullable()),
});

/** Seconds of a training step by encoding; null where it could not be measured. */
export type StepSeconds = Readonly<Record<string, number | null>>;

/** What the costs of a comparison depend on. */
export interface CostRequest {
  readonly settings: ComparisonSettings;
  /** What the comparison's `run.json` has. */
  readonly run: ComparisonRun;
  /** The comparison's own, where the costs are kept. */
  readonly folder: string;
  /** All of them; what each held of memory says how many can be compiled at once. */
  readonly trials: readonly Trial[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The costs, from the folder or, of encodings that it lacks, measured now; undefined where it was stopped. Where the process that measures fails,
 * nothing is known of any encoding, and nothing is kept: results are not given up for that.
 */
export async function stepCosts(request: CostRequest): Promise<StepSeconds | undefined> {
  const { settings, run, folder, signal } = request;
  const file = path.join(folder, costsFile);
  await requireOwnCosts(folder);
  const of = costsDigest(settings);
  const kept = costsShape.safeParse(await readJson(file).catch(() => undefined));
  const before = kept.success && kept.data.of === of ? kept.data.secondsPerStep : {};
  const missing = settings.encodings.filter((encoding) => !Object.hasOwn(before, encoding));
  if (missing.length === 0) return before;
  const reference = settings.encodings.find((encoding) => before[encoding]);
  const groups = groupsWithin(
    reference === undefined ? missing : [reference, ...missing],
    (encoding) => memoryOf(encoding, request),
    os.freemem() / 2,
  );
  const end = await measure({ settings, comparison: folder, run, groups }, signal);
  if (end === "stopped") return undefined;
  const none = Object.fromEntries(missing.map((encoding) => [encoding, null]));
  if (end === "failed") return { ...before, ...none };
  const secondsPerStep = { ...before, ...scaled(end, before, reference), ...before };
  const costs: z.infer<typeof costsShape> = { schema: costsSchema, of, secondsPerStep };
  await writeAtomically(file, JSON.stringify(costs));
  return secondsPerStep;
}

/**
 * Refuses a file of somebody's own in the place of the costs, which would be replaced.
 *
 * @throws {InputError} the file was not written by relpos
 */
export async function requireOwnCosts(folder: string): Promise<void> {
  const file = path.join(folder, costsFile);
  const text = await fs.readFile(file, "utf8").catch(() => "");
  const sign = '{"schema":"relpos-costs/';
  // One that was cut short is measured again.
  if (text.startsWith(sign) || sign.startsWith(text)) return;
  throw new InputError(
    `${file} was not written by relpos, and would be replaced. Move it away, or choose another folder.`,
  );
}

function costsDigest(settings: ComparisonSettings): string {
  const own = { ...settings, encodings: [], encodingFiles: [], seeds: [] };
  // The order in which settings were given does not count.
  const sorted = Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1));
  return settingsDigest(Object.fromEntries(sorted), versionsHere);
}

/** Trials with what a step costs in the place of what one took beside other trials. */
export function withStepCosts(trials: readonly Trial[], costs: StepSeconds): readonly Trial[] {
  return trials.map((trial) => ({
    ...trial,
    secondsPerStep: (Object.hasOwn(costs, trial.encoding) && costs[trial.encoding]) || NaN,
  }));
}

/**
 * Costs of encodings that were added later, as they would have been when the others were measured: the machine may be
 * slower or faster now, and one of the earlier encodings, measured again in turns with them, says by how much.
 */
export function scaled(
  now: StepSeconds,
  before: StepSeconds,
  reference: string | undefined,
): StepSeconds {
  if (reference === undefined) return now;
  const factor = (before[reference] ?? NaN) / (now[reference] ?? NaN);
  if (!Number.isFinite(factor)) return now;
  return Object.fromEntries(
    Object.entries(now).map(([encoding, seconds]) => [encoding, seconds && seconds * factor]),
  );
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
