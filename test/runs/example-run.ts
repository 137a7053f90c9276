/**
 * A small run as files: a document, and a checkpoint with first values.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { runSchema } from "../../src/runs/run-document.ts";
import type { ComparisonRun, ModelRun, RecordedRun } from "../../src/runs/run-document.ts";
import { identityOf } from "../../src/runs/run-identity.ts";
import { checkpointBytes } from "../../src/runs/run-storage.ts";
import type { Checkpoint } from "../../src/training/train.ts";

const record: RecordedRun = {
  schema: runSchema,
  versions: { relpos: "0.1.0", onnxruntime: "1.30.0" },
  corpus: { from: { name: "moby-dick" }, sha256: "0".repeat(64), cut: "paragraph" },
  tokenizer: { id: "char", characters: "\nabc" },
  model: transformerConfig({ vocab: 4, model: 8, heads: 2, layers: 1, dropout: 0.1 }),
  trainLength: 16,
  settings: { steps: 3, batch: 2 },
};

/** A run of one model of width 8 with 4 characters. */
export const exampleRun: ModelRun = {
  ...record,
  kind: "train",
  encoding: { id: "rope(base=500)" },
  seed: 7,
};

/** A comparison of two encodings with one seed. */
export const exampleComparison: ComparisonRun = {
  ...record,
  kind: "compare",
  encodings: [exampleRun.encoding, { id: "alibi" }],
  seeds: [exampleRun.seed],
};

/** The state of a run after three steps, its parameters as they began. */
export function exampleCheckpoint(
  { model: config, encoding: { id } }: ModelRun,
  length = 16,
): Checkpoint {
  const { parameters } = languageModel(config, encodingById(id), length);
  const values = parameters.specs.map((spec) => {
    return [spec.name, { shape: spec.shape, data: initialValues(spec, 1) }] as const;
  });
  const step = { shape: [], data: Float32Array.of(3) };
  return { step: 3, tensors: new Map([["optimiser.step", step], ...values]) };
}

/** Writes the folder of a run that has done three steps, and a fourth since its checkpoint. */
export function writeExampleRun(
  folder: string,
  run: ModelRun = exampleRun,
  checkpoint: Checkpoint = exampleCheckpoint(run),
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "run.json"), JSON.stringify(run));
  const bytes = checkpointBytes({ ...checkpoint, run: identityOf(run) });
  writeFileSync(path.join(folder, "checkpoint.safetensors"), bytes);
  const line = (step: number): string =>
    `${JSON.stringify({ step, loss: 1.4 - step / 10, gradientNorm: 1, rate: 1e-3 })}\n`;
  writeFileSync(path.join(folder, "metrics.jsonl"), [0, 1, 2, 3].map(line).join(""));
}
