/**
 * The schema that `run.json` is read with: every key is required or optional as in `RunDocument`, no other is allowed.
 *
 * @module
 */
import { z } from "zod";
import type { TokenizerConfig } from "../data/tokenizer.ts";
import { count, modelSchema } from "./model-schema.ts";
import { runSchema } from "./run-document.ts";
import type {
  ComparisonRun,
  ModelRun,
  RecordedEncoding,
  RunChange,
  RunDocument,
} from "./run-document.ts";

const seed = z.int().min(0);

const tokenizer: z.ZodType<TokenizerConfig> = z.discriminatedUnion("id", [
  z.strictObject({ id: z.literal("byte") }),
  z.strictObject({ id: z.literal("char"), characters: z.string() }),
  z.strictObject({ id: z.literal("file"), path: z.string(), sha256: z.string() }),
]);

const encoding: z.ZodType<RecordedEncoding> = z.strictObject({
  id: z.string(),
  file: z.exactOptional(
    z.strictObject({
      path: z.string(),
      sha256: z.string(),
      imports: z.exactOptional(z.string()),
    }),
  ),
});

const change: z.ZodType<RunChange> = z.strictObject({
  step: z.exactOptional(z.int().min(0)),
  name: z.string(),
  before: z.json().optional(),
  now: z.json().optional(),
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
  validation: z.exactOptional(
    z.strictObject({
      from: z.strictObject({ paths: z.array(z.string()) }),
      sha256: z.string(),
    }),
  ),
  tokenizer: z.exactOptional(tokenizer),
  model: modelSchema,
  trainLength: count,
  settings: z.record(z.string(), z.json()),
  changes: z.exactOptional(z.array(change)),
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
