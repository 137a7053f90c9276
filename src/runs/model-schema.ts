/**
 * The schema of a model's settings in `run.json`. `transformerConfig` checks how they fit together.
 *
 * @module
 */
import { z } from "zod";
import { activationNames } from "../model/activations.ts";
import type { Activation } from "../model/activations.ts";
import { blockForms } from "../model/block-form.ts";
import type { BlockForm } from "../model/block-form.ts";
import type { TransformerConfig } from "../model/config.ts";
import type { EncoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import type { EncoderModelConfig } from "../model/encoder-model.ts";

/** A whole number of 1 or more. */
export const count: z.ZodType<number> = z.int().min(1);

const window = z.strictObject({
  back: z.int().min(0),
  sinks: z.exactOptional(z.int().min(0)),
});

/** The forms of a block by name. */
export const blockForm: z.ZodType<BlockForm> = z.enum(Object.keys(blockForms) as BlockForm[]);

/** The activations of a feed-forward layer by name. */
export const activation: z.ZodType<Activation> = z.enum(activationNames);

const blocks = {
  model: count,
  heads: count,
  headDim: count,
  keyValueHeads: count,
  hidden: count,
  norm: z.enum(["layer", "rms"]),
  form: blockForm,
  activation,
  bias: z.boolean(),
  biases: z.exactOptional(
    z.strictObject({
      query: z.exactOptional(z.boolean()),
      key: z.exactOptional(z.boolean()),
      value: z.exactOptional(z.boolean()),
      output: z.exactOptional(z.boolean()),
      feedForward: z.exactOptional(z.boolean()),
      norm: z.exactOptional(z.boolean()),
    }),
  ),
  dropout: z.number().min(0).lt(1),
  normEpsilon: z.number(),
  queryKeyNorm: z.exactOptional(z.boolean()),
  scoreScale: z.exactOptional(z.number()),
  scoreCap: z.exactOptional(z.number()),
  window: z.exactOptional(z.union([window, z.array(z.union([window, z.literal("all")]))])),
  finalNorm: z.exactOptional(z.boolean()),
};

const oneStack = {
  ...blocks,
  vocab: count,
  tiedHead: z.boolean(),
  logitCap: z.exactOptional(z.number()),
  embeddingScale: z.exactOptional(z.number()),
  embeddingNorm: z.exactOptional(z.boolean()),
  headScale: z.exactOptional(z.number()),
  headBias: z.exactOptional(z.boolean()),
};

/** All settings of a language model; those without a default value are optional, as in `TransformerConfig`. */
export const modelSchema: z.ZodType<TransformerConfig> = z.strictObject({
  ...oneStack,
  layers: count,
});

/** All settings of an encoder-only model. */
export const encoderModelSchema: z.ZodType<EncoderModelConfig> = z.strictObject({
  ...blocks,
  layers: count,
  vocab: count,
  segments: z.int().min(0),
  embeddingNorm: z.boolean(),
});

/** All settings of an encoder-decoder. */
export const encoderDecoderSchema: z.ZodType<EncoderDecoderConfig> = z.strictObject({
  ...oneStack,
  encoderLayers: count,
  decoderLayers: count,
  sourceVocab: count,
  embeddings: z.enum(["shared", "separate"]),
});
