/**
 * The schema that `run.json` is read with: every key is required or optional as in `RunDocument`, no other is allowed.
 *
 * @module
 */
import { z } from "zod";
import type { TokenizerConfig } from "../data/tokenizer.ts";
import { pairFormats } from "../data/pairs/choice.ts";
import { count, encoderDecoderSchema, encoderModelSchema, modelSchema } from "./model-schema.ts";
import { adapterTargets } from "../model/low-rank.ts";
import type { AdapterConfig } from "../model/low-rank.ts";
import { pairTasks, runSchema } from "./run-document.ts";
import type {
  ComparisonRun,
  ModelRun,
  PairRun,
  RecordedEncoding,
  RecordedPairs,
  RecordedSource,
  RunChange,
  RunDocument,
} from "./run-document.ts";

const seed = z.int().min(0);

const tokenizer: z.ZodType<TokenizerConfig> = z.discriminatedUnion("id", [
  z.strictObject({ id: z.literal("byte") }),
  z.strictObject({ id: z.literal("char"), characters: z.string() }),
  z.strictObject({ id: z.literal("word"), words: z.array(z.string()) }),
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

const basics = {
  schema: z.literal(runSchema),
  versions: z.strictObject({ relpos: z.string(), onnxruntime: z.string() }),
  settings: z.record(z.string(), z.json()),
  changes: z.exactOptional(z.array(change)),
};

const shared = {
  ...basics,
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
};

const ids = z.array(z.int().min(0));

const source: z.ZodType<RecordedSource> = z.strictObject({
  path: z.string(),
  files: z.array(z.strictObject({ name: z.string(), sha256: z.string() })).min(1),
  family: z.exactOptional(z.string()),
  encodingLength: count,
  beginTokens: z.exactOptional(ids),
  endTokens: z.exactOptional(ids),
});

const adapter: z.ZodType<AdapterConfig> = z.strictObject({
  rank: count,
  alpha: z.number().gt(0),
  targets: z.array(z.enum(adapterTargets)).min(1),
});

const modelRun: z.ZodType<ModelRun> = z.strictObject({
  ...shared,
  kind: z.enum(["train", "trial"]),
  encoding,
  seed,
  source: z.exactOptional(source),
  adapter: z.exactOptional(adapter),
});

const paths = z.array(z.string()).min(1);

const pairs: z.ZodType<RecordedPairs> = z.strictObject({
  from: z.union([
    // `loadPairs` reads the options.
    z.strictObject({ name: z.string(), options: z.exactOptional(z.record(z.string(), z.json())) }),
    z.strictObject({
      paths,
      format: z.exactOptional(z.enum(pairFormats)),
      columns: z.exactOptional(z.tuple([count, count])),
      fields: z.exactOptional(z.tuple([z.string(), z.string()])),
      empty: z.exactOptional(z.enum(["refuse", "skip"])),
      validation: z.exactOptional(z.strictObject({ paths })),
      tests: z.exactOptional(z.array(z.strictObject({ id: z.string(), paths }))),
    }),
  ]),
  sha256: z.string(),
});

const ofPairs = {
  ...basics,
  kind: z.literal("pairs"),
  task: z.enum(pairTasks),
  data: pairs,
  tokenizer,
  sourceLength: count,
  targetLength: count,
  seed,
};

const pairRun: z.ZodType<PairRun> = z.discriminatedUnion("architecture", [
  z.strictObject({
    ...ofPairs,
    architecture: z.literal("encoder-decoder"),
    model: encoderDecoderSchema,
    encodings: z.strictObject({ encoder: encoding, decoder: encoding, cross: encoding }),
  }),
  z.strictObject({
    ...ofPairs,
    architecture: z.literal("decoder-only"),
    model: modelSchema,
    encodings: z.strictObject({ decoder: encoding }),
    trainLength: count,
  }),
  z.strictObject({
    ...ofPairs,
    architecture: z.literal("span"),
    model: encoderModelSchema,
    encodings: z.strictObject({ encoder: encoding }),
    trainLength: count,
  }),
]);

const comparisonRun: z.ZodType<ComparisonRun> = z.strictObject({
  ...shared,
  kind: z.literal("compare"),
  data: z.exactOptional(pairs),
  encodings: z.array(encoding).min(1),
  seeds: z.array(seed).min(1),
});

/** The schema of each kind of run. */
export const runSchemas: { readonly [Kind in RunDocument["kind"]]: z.ZodType<RunDocument> } = {
  train: modelRun,
  trial: modelRun,
  pairs: pairRun,
  compare: comparisonRun,
};
