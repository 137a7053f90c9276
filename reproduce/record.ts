/**
 * What is kept of an experiment under `docs/results/`: every score of every model, and what made it.
 *
 * @module
 */
import fs from "node:fs";
import { readFile } from "node:fs/promises";
import { kindOf } from "../src/comparison/kinds/index.ts";
import type { Environment, Results } from "../src/comparison/results.ts";
import type { ComparisonSettings, TaskSettings } from "../src/comparison/settings.ts";
import type { Trial } from "../src/comparison/trial-record.ts";
import { InputError } from "../src/errors.ts";
import type { Measure } from "../src/measures/measure.ts";

/** The document of one experiment. */
export interface ExperimentRecord {
  readonly schema: "relpos-reproduction/1";
  readonly experiment: string;
  /** Version of relpos that trained the models. */
  readonly relpos: string;
  /** The command line that makes this experiment alone. */
  readonly command: string;
  readonly environment: Environment;
  readonly settings: ComparisonSettings;
  /** Encodings that the experiment names and this version did not have. */
  readonly skipped: readonly string[];
  /** Sentences for the page. Default: none. */
  readonly notes?: readonly string[];
  readonly models: readonly ModelRecord[];
}

/** One model: one encoding, one seed. */
export interface ModelRecord {
  readonly encoding: string;
  readonly seed: number;
  readonly parameters: number;
  readonly secondsPerStep: number;
  /** Mean training loss of the last twentieth of the steps, nats a (scored) token. */
  readonly lastLoss: number;
  readonly scores: readonly ScoreRecord[];
}

/** The ids of the measures that records keep. */
type KeptMeasure = "bitsPerByte" | "exactMatch" | "tokenAccuracy" | "exactText";

/** How a model did at one length under one protocol: the values of its measures, or why there are none. */
export interface ScoreRecord extends Readonly<Partial<Record<KeptMeasure, number>>> {
  readonly length: number;
  readonly protocol: string;
  /** Scored tokens, where items are samples. */
  readonly tokens?: number;
  /** Of each sample or pair, in order, whether it was answered right: bits, four in a hexadecimal digit. */
  readonly correct?: string;
  readonly unsupported?: string;
}

/** The value of a measure in a record; undefined where it has none. */
export function valueIn(score: ScoreRecord, { id }: Measure): number | undefined {
  return score[id as KeptMeasure];
}

/** Samples judged at each length; 0 where models are judged on text. */
export function samplesOf({ settings }: Pick<ExperimentRecord, "settings">): number {
  return (settings as Partial<TaskSettings>).evaluationSamples ?? 0;
}

/** The record of a finished comparison. */
export function recordOf(
  experiment: string,
  settings: ComparisonSettings,
  results: Results,
  skipped: readonly string[],
): ExperimentRecord {
  // Records keep the measures that claims can be judged by.
  const kept = kindOf(settings)
    .measures(settings)
    .filter(({ uncertainty }) => uncertainty !== undefined);
  const scores = (trial: Trial): ScoreRecord[] =>
    trial.evaluations.map((entry): ScoreRecord => {
      const { length, protocol } = entry;
      if ("unsupported" in entry) return { length, protocol, unsupported: entry.unsupported };
      const values = kept.map(({ id }) => [id, rounded(entry.values[id] ?? NaN)] as const);
      const correct = entry.items["correct"] ?? entry.items["exact"];
      return {
        ...{ length, protocol },
        ...Object.fromEntries(values),
        ...(correct ? { tokens: entry.tokens, correct: bitsOf(correct) } : {}),
      };
    });
  return {
    schema: "relpos-reproduction/1",
    experiment,
    relpos: results.relpos,
    command: results.command,
    environment: results.environment,
    settings,
    skipped,
    models: results.trials.map((trial) => ({
      encoding: trial.encoding,
      seed: trial.seed,
      parameters: trial.parameters,
      secondsPerStep: rounded(trial.secondsPerStep),
      lastLoss: rounded(lastLoss(trial.trainingLoss)),
      scores: scores(trial),
    })),
  };
}

/** A record as it is written: one line a model, so that a change of one shows as such. */
export function writeRecord({ models, ...rest }: ExperimentRecord): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, "");
  return `${head},\n  "models": [\n${models.map((model) => `    ${JSON.stringify(model)}`).join(",\n")}\n  ]\n}\n`;
}

/** Refuses to replace what is not a record, before anything is trained. */
export async function refuseForeign(file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (
    text !== undefined &&
    !/^\s*\{\s*"schema"\s*:\s*"relpos-re(?:production|ference)\//.test(text)
  )
    throw new InputError(
      `${file} is no record of an experiment and would be replaced. Move it away and run the same command again.`,
    );
}

/** The records in a folder, by experiment. */
export function readRecords(folder: string | URL): ReadonlyMap<string, ExperimentRecord> {
  const names = fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((name) => name.endsWith(".json"))
    : [];
  const base = folder instanceof URL ? folder : undefined;
  return new Map(
    names.sort().map((name) => {
      const file = base ? new URL(name, base) : `${String(folder)}/${name}`;
      const record = JSON.parse(fs.readFileSync(file, "utf8")) as ExperimentRecord;
      if (record.schema !== "relpos-reproduction/1")
        throw new Error(`${name} is no record of an experiment. Remove it, or run it again.`);
      return [record.experiment, record];
    }),
  );
}

/** The folder, below that of the other records, of experiments that are no comparison of encodings. */
export const studiesFolder = "studies";

/** Records of all experiments: those of comparisons in the folder, and those of studies below it. */
export function readAllRecords(folder: string): ReadonlyMap<string, ExperimentRecord> {
  return new Map([...readRecords(folder), ...readRecords(`${folder}/${studiesFolder}`)]);
}

/** `[1, 0, 1, 1, 0]` is "b0": bits from the left, zeros at the end. */
export function bitsOf(correct: readonly number[]): string {
  const digits: string[] = [];
  for (let at = 0; at < correct.length; at += 4) {
    const four = [0, 1, 2, 3].map((k) => correct[at + k] ?? 0);
    digits.push(four.reduce((sum, bit) => 2 * sum + bit, 0).toString(16));
  }
  return digits.join("");
}

/** The first `count` bits of what `bitsOf` wrote. */
export function readBits(digits: string, count: number): number[] {
  return Array.from(
    { length: count },
    (_, at) => (parseInt(digits[Math.floor(at / 4)]!, 16) >> (3 - (at % 4))) & 1,
  );
}

function lastLoss(entries: readonly { readonly loss: number }[]): number {
  const tail = entries.slice(-Math.max(1, Math.floor(entries.length / 20)));
  return tail.reduce((sum, { loss }) => sum + loss, 0) / tail.length;
}

/** Six digits: more is never carried, and the files stay readable. */
function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : value;
}
