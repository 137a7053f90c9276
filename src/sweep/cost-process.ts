/**
 * The process that measures what a training step of each encoding costs, when no trial runs any more: trials that run
 * side by side slow one another, each in another measure.
 *
 * @module
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { comparisonPlan, modelConfig } from "../comparison/settings.ts";
import { trialModel } from "../comparison/trial-model.ts";
import { encodingById } from "../encodings/index.ts";
import { loadRecorded } from "../loading/encoding-file.ts";
import { compile } from "../runtime/node.ts";
import { Trainer } from "../training/trainer.ts";
import { comparisonDocument, requireUnchanged } from "./comparison-document.ts";
import { endChild, liveAsChild } from "./child-life.ts";
import type { CostJob, FromCost, ToCost } from "./cost-job.ts";
import { mediansInTurns } from "./in-turns.ts";
import { loadData } from "./prepare.ts";
import type { LoadedData } from "./prepare.ts";

/** Few enough that the default comparison takes some seconds for it. */
const turns = { rounds: 7, leastRounds: 5, seconds: 3 } as const;

const stop = new AbortController();

function send(message: FromCost): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** A compiled training step of an encoding; undefined where there is none. */
async function trainerOf(
  { settings }: CostJob,
  data: LoadedData,
  encoding: string,
): Promise<Trainer | undefined> {
  const file = settings.encodingFiles?.find(({ id }) => id === encoding);
  const plan = comparisonPlan(settings, settings.seeds[0]!);
  try {
    const definition = file ? await loadRecorded(file) : encodingById(encoding);
    const config = modelConfig(settings, data.vocab);
    return await Trainer.create({
      ...trialModel({ definition, config, plan, data: data.data }).training(),
      compile,
      compileOptions: { device: settings.device, threads: settings.threads },
    });
  } catch {
    return undefined; // its trial has said why
  }
}

/** Seconds of one step; NaN once it has failed, as where training diverges. */
async function stepSeconds(trainer: Trainer): Promise<number> {
  try {
    await trainer.step();
    return trainer.runMilliseconds / 1000;
  } catch {
    return NaN;
  }
}

/** Whether to go on; a message that says to stop is read first. */
async function goesOn(): Promise<boolean> {
  await nextTurn();
  return !stop.signal.aborted;
}

async function run(job: CostJob): Promise<void> {
  const { comparison: folder, run: began } = job;
  const data = await loadData(job.settings, { folder, config: began.tokenizer });
  requireUnchanged(began, comparisonDocument(job.settings, data));
  const seconds: Record<string, number | null> = {};
  for (const group of job.groups) {
    const compiled: { readonly encoding: string; readonly trainer: Trainer }[] = [];
    try {
      for (const encoding of group) {
        if (!(await goesOn())) return send({ kind: "stopped" });
        const trainer = await trainerOf(job, data, encoding);
        if (trainer === undefined) seconds[encoding] = null;
        else compiled.push({ encoding, trainer });
        // The first step makes first values and fills caches.
        if (trainer !== undefined) await stepSeconds(trainer);
      }
      const steps = compiled.map(
        ({ trainer }) =>
          () =>
            stepSeconds(trainer),
      );
      const medians = await mediansInTurns(steps, { ...turns, goesOn });
      if (medians === undefined) return send({ kind: "stopped" });
      compiled.forEach(({ encoding }, at) => {
        seconds[encoding] = Number.isFinite(medians[at]) ? medians[at]! : null;
      });
    } finally {
      for (const { trainer } of compiled) await trainer.dispose();
    }
  }
  send({ kind: "done", seconds });
}

process.on("message", (message: ToCost) => {
  if (message.kind === "stop") return stop.abort();
  run(message.job)
    .catch((error: unknown) => {
      send({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    })
    .finally(endChild);
});
liveAsChild(stop);
