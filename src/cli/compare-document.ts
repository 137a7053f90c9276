/**
 * The document of a comparison: what was run, on what, where, and with which command.
 *
 * @module
 */
import os from "node:os";
import { resultsSchema } from "../comparison/results.ts";
import type { Configuration, Results, RunRecord, Trial } from "../comparison/results.ts";
import type { TrainingConfiguration } from "../comparison/results.ts";
import { modelConfig, rowLength } from "../comparison/settings.ts";
import type { ModelSettings, TaskSettings, TextSettings } from "../comparison/settings.ts";
import type { TaskConfiguration, TaskResults, TaskTrial } from "../comparison/task-results.ts";
import { random } from "../random/random.ts";
import { runtimeVersion } from "../runtime/node.ts";
import { taskById, taskNamed } from "../tasks/index.ts";
import { writeSample } from "../tasks/task.ts";
import type { Corpus } from "../data/corpus.ts";
import { version } from "../version.ts";
import type { CompareOptions } from "./compare-options.ts";

/** How the text was divided. */
export interface CorpusParts {
  readonly trainBytes: number;
  readonly validationBytes: number;
  readonly split: string;
  readonly vocab: number;
}

/** What a run gives a document beside its settings. */
export interface RunFacts<OneTrial> {
  readonly command: string;
  /** When the run began, ISO 8601. */
  readonly started: string;
  readonly trials: readonly OneTrial[];
}

/** results.json of a comparison on text, with everything but the comparison. */
export function draftTextResults(
  settings: TextSettings,
  { corpus, parts: { vocab, ...parts } }: { corpus: Corpus; parts: CorpusParts },
  facts: RunFacts<Trial>,
): Results {
  const { encodings, seeds, ...shared } = trainingOf(settings, vocab);
  const configuration: Configuration = {
    encodings,
    seeds,
    corpus: { name: corpus.name, bytes: corpus.bytes, ...parts },
    tokenizer: settings.tokenizer,
    ...shared,
    stride: settings.stride,
    notes: {
      ...shared.notes,
      ...(corpus.notes.length > 0 ? { text: corpus.notes.join("; ") } : {}),
    },
  };
  const { trials } = facts;
  return { ...recordOf(settings, facts), configuration, trials, comparison: [] };
}

/** results.json of a comparison on a task, with everything but the comparison. */
export function draftTaskResults(settings: TaskSettings, facts: RunFacts<TaskTrial>): TaskResults {
  const task = taskNamed(settings.task);
  const { summary, length, example } = taskById(task.id);
  const { encodings, seeds, ...shared } = trainingOf(settings, task.vocabulary.length);
  const sample = task.sample(random(example.seed, "example"), example.length);
  const configuration: TaskConfiguration = {
    encodings,
    seeds,
    task: {
      name: settings.task,
      summary,
      length,
      conditions: task.conditions.map(({ id, summary }) => ({ id, summary })),
      samples: settings.evaluationSamples,
      rowTokens: rowLength(settings),
      example: writeSample(task, sample),
    },
    ...shared,
  };
  const { trials } = facts;
  return { ...recordOf(settings, facts), configuration, trials, comparison: [] };
}

function recordOf(
  { device, threads }: ModelSettings,
  { command, started }: RunFacts<unknown>,
): RunRecord {
  return {
    schema: resultsSchema,
    relpos: version,
    command,
    startedAt: started,
    environment: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpu: os.cpus()[0]?.model ?? "unknown",
      cores: os.availableParallelism(),
      onnxruntime: runtimeVersion,
      device,
      threads,
    },
  };
}

function trainingOf(settings: ModelSettings, vocab: number): TrainingConfiguration {
  const config = modelConfig(settings, vocab);
  const { model: width, heads, layers, hidden } = config;
  const { encodings, seeds, trainLength, testLengths, steps, batch, learningRate } = settings;
  return {
    encodings,
    seeds,
    vocab,
    model: { width, heads, layers, hidden },
    trainLength,
    testLengths,
    steps,
    batch,
    learningRate,
    notes: {
      block: `${config.form}-norm, ${config.norm} norm, ${config.activation}, head untied`,
      optimiser: `AdamW, decay ${settings.weightDecay} on matrices, gradient norm at most ${settings.clipNorm}`,
      schedule: `${settings.warmup} steps of warm-up, then a cosine to a tenth`,
      ...Object.fromEntries(
        (settings.encodingFiles ?? []).map(({ id, path, sha256 }) => [
          id,
          `${path}, SHA-256 ${sha256}`,
        ]),
      ),
    },
  };
}

/** The command line with these options. */
export function commandLine(options: CompareOptions): string {
  const words = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    if (name === "text") return [flag, ...(value as readonly string[]).map(quoted)];
    return [flag, quoted(Array.isArray(value) ? value.join(",") : String(value))];
  });
  return ["npx relpos compare", ...words].join(" ");
}

function quoted(word: string): string {
  return /^[\w.,/:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
