/**
 * The schema that `run.json` is read with: every key is required or optional as in `RunDocument`, no other is allowed.
 *
 * @module
 */
import { z } from "zod";
import type { TokenizerConfig } from "../data/tokenizer.ts";
import { activationNames } from "../model/activations.ts";
import type { TransformerConfig } from "../model/config.ts";
import { runSchema } from "./run-document.ts";
import type { ComparisonRun, ModelRun, RecordedEncoding, RunDocument } from "./run-document.ts";

const count = z.int().min(1);
const seed = z.int().min(0);

/** The model's part; `transformerConfig` checks how its numbers fit together. */
const window = z.strictObject({ back: z.int().min(0), sinks: z.exactOptional(z.int().min(0)) });

const model: z.ZodType<TransformerConfig> = z.strictObject({
  vocab: count,
  model: count,
  heads: count,
  headDim: count,
  keyValueHeads: count,
  hidden: count,
  layers: count,
  norm: z.enum(["layer", "rms"]),
  form: z.enum(["pre", "post", "double", "parallel", "parallel-two"]),
  activation: z.enum(activationNames),
  bias: z.boolean(),
  dropout: z.number().min(0).lt(1),
  normEpsilon: z.number(),
  tiedHead: z.boolean(),
  queryKeyNorm: z.exactOptional(z.boolean()),
  scoreScale: z.exactOptional(z.number()),
  scoreCap: z.exactOptional(z.number()),
  logitCap: z.exactOptional(z.number()),
  window: z.exactOptional(z.union([window, z.array(z.union([window, z.literal("all")]))])),
  finalNorm: z.exactOptional(z.boolean()),
});

const tokenizer: z.ZodType<TokenizerConfig> = z.discriminatedUnion("id", [
  z.strictObject({ id: z.literal("byte") }),
  z.strictObject({ id: z.literal("char"), characters: z.string() }),
]);

const encoding: z.ZodType<RecordedEncoding> = z.strictObject({
  id: z.string(),
  file: z.exactOptional(z.strictObject({ path: z.string(), sha256: z.string() })),
});

const shared = {
  schema: z.literal(runSchema),
  versions: z.strictObject({ relpos: z.string(), onnxruntime: z.string() }),
  corpus: z.exactOptional(
    z.strictObject({
      from: z.union([
        z.strictObject({ name: z.string() }),
        z.strictObject({ paths: z.array(z.string()) }),
      ]),
      sha256: z.string(),
      cut: z.enum(["paragraph", "line", "exact"]),
    }),
  ),
  tokenizer: z.exactOptional(tokenizer),
  model,
  trainLength: count,
  settings: z.record(z.string(), z.json()),
};

const modelRun: z.ZodType<ModelRun> = z.strictObject({
  ...shared,
  kind: z.enum(["train", "trial"]),
  encoding,
  seed,
});

const comparisonRun: z.ZodType<ComparisonRun> = z.strictObject({
  ...shared,
  kind: z.literal("compare"),
  encodings: z.array(encoding).min(1),
  seeds: z.array(seed).min(1),
});

/** The schema of each kind of run. */
export const runSchemas: { readonly [Kind in RunDocument["kind"]]: z.ZodType<RunDocument> } = {
  train: modelRun,
  trial: modelRun,
  compare: comparisonRun,
};
