/**
 * The encoder-only Transformer over tokens: every token sees the whole text, padding apart.
 *
 * It gives vectors, and a head makes of them what a task needs: `span-model.ts` has one that finds an answer in a text.
 * With `form: "post"`, `finalNorm: false`, `embeddingNorm: true`, two segments and the encoding `learned` it is BERT's
 * encoder (Devlin et al. 2019, https://arxiv.org/abs/1810.04805).
 *
 * Parameters are `tokens.weight`, `segments.weight [segments, model]` where there are segments, `embeddingNorm.*`, and those of
 * a stack.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
  Positions,
} from "../encodings/position-encoding.ts";
import { Parameters } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import type { Dropout } from "../random/dropout.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { blockConfig, blockNames, requireFlags, requireWhole } from "./config.ts";
import type { BlockConfig, BlockOptions } from "./config.ts";
import { passContext } from "./context.ts";
import { createEncoding } from "./encoding-of-model.ts";
import { normSpecs, weightDeviation } from "./layers.ts";
import { requireMask } from "./masks.ts";
import { refuseLargeParameters } from "./size.ts";
import { stack, stackSpecs } from "./stack.ts";
import type { LayerPositions, Stage } from "./stack.ts";
import { embedTokens, tokenSpecs } from "./token-embedding.ts";
import { withDropout } from "./transformer.ts";

/** Settings of an encoder-only model. */
export interface EncoderModelConfig extends BlockConfig {
  readonly vocab: number;
  /** Kinds of tokens that have a vector of their own, such as question and text: 0 for none. */
  readonly segments: number;
  /** Whether a norm follows the embedding. */
  readonly embeddingNorm: boolean;
}

/** The settings that have no default. */
export type EncoderModelOptions = BlockOptions &
  Pick<EncoderModelConfig, "vocab"> &
  Partial<EncoderModelConfig>;

const names: NamesOf<EncoderModelConfig> = {
  ...blockNames,
  ...{ vocab: true, segments: true, embeddingNorm: true },
};

/**
 * A complete configuration with the defaults of `transformerConfig`, without segments and without a norm of the embedding.
 *
 * @throws {RangeError} for a setting that cannot be; the message names it.
 */
export function encoderModelConfig(options: EncoderModelOptions): EncoderModelConfig {
  refuseUnknownNames("model", options, names);
  const { vocab, segments = 0, embeddingNorm = false, ...block } = options;
  requireWhole("vocab", vocab);
  if (segments !== 0) requireWhole("segments", segments);
  requireFlags({ embeddingNorm });
  return { ...blockConfig(block), vocab, segments, embeddingNorm };
}

/** An encoder-only model: settings, encoding, parameters as graph inputs. */
export interface EncoderModel {
  readonly config: EncoderModelConfig;
  readonly encoding: PositionEncoding;
  readonly parameters: Parameters;
}

/**
 * An encoder-only Transformer with an encoding of the list and its `options`, trained at `trainLength`; `head` declares the
 * parameters of what is behind it.
 *
 * @throws {RangeError} where settings and encoding exclude each other, or the parameters do not fit in memory.
 */
export function encoderModel(
  config: EncoderModelConfig,
  definition: EncodingDefinition,
  trainLength: number,
  head: readonly ParameterSpec[] = [],
  options: object = {},
): EncoderModel {
  const sizes = { vocab: config.vocab, trainLength, causal: false };
  const encoding = createEncoding({ definition, options, config, sizes });
  const specs = [...embeddingSpecs(config, encoding), ...stackSpecs({ config, encoding }), ...head];
  refuseLargeParameters(specs, encoding.id);
  return { config, encoding, parameters: new Parameters(specs) };
}

function embeddingSpecs(config: EncoderModelConfig, encoding: PositionEncoding): ParameterSpec[] {
  const { segments, embeddingNorm } = config;
  const specs = tokenSpecs(config, encoding);
  const [table] = specs;
  if (segments > 0 && table === undefined)
    throw new RangeError(
      `${encoding.id}: it is given the vocabulary itself, so there is no token vector to add a segment's to. ` +
        `Set segments to 0.`,
    );
  // As wide as the token table, to whose rows they are added.
  const shape = [segments, table?.shape[1] ?? 0];
  const initial = { kind: "normal", deviation: weightDeviation } as const;
  return [
    ...specs,
    ...(segments > 0 ? [{ name: "segments.weight", shape, initial, decays: true }] : []),
    ...(embeddingNorm ? normSpecs("embeddingNorm", config) : []),
  ];
}

/** A batch of texts. */
export interface EncoderInputs {
  /** int32 `[batch, length]` */
  readonly tokens: Tensor;
  readonly positions: Positions;
  /** Which kind each token is of, int32 `[batch, length]`; needed where the model has segments. */
  readonly segments?: Tensor | undefined;
  /** True where a token is text and not padding, bool `[batch, length]`. */
  readonly keyMask?: Tensor | undefined;
  /** Positions sampled for each layer, where the encoding samples them so; `positions` are the first. */
  readonly layerPositions?: readonly LayerPositions[] | undefined;
  /** Dropout with masks of its own; absent: no dropout. */
  readonly dropout?: Dropout | undefined;
}

const inputNames: NamesOf<EncoderInputs> = {
  ...{ tokens: true, positions: true, segments: true, keyMask: true },
  ...{ layerPositions: true, dropout: true },
};

/** What an encoder-only model makes of texts. */
export interface EncoderOutputs {
  /** `[batch, length, model]` */
  readonly encoded: Tensor;
  /** The embedding and each block's output, in order. */
  readonly stages: readonly Stage[];
}

/**
 * The vectors of a batch of texts.
 *
 * @throws {RangeError} for a mask that does not fit the tokens, or segments that the model has not or is not given.
 */
export function encodeTokens(
  { config: full, encoding, parameters }: EncoderModel,
  given: EncoderInputs,
): EncoderOutputs {
  refuseUnknownNames("encodeTokens", given, inputNames);
  const { tokens, positions, segments, keyMask, layerPositions } = given;
  const { config, dropout } = withDropout(full, given.dropout);
  requireMask("keyMask", keyMask, tokens.shape[0]!, tokens.shape[1]!);
  if ((segments === undefined) !== (config.segments === 0))
    throw new RangeError(
      config.segments === 0
        ? "encodeTokens: it was given segments, and the model has none. Leave them out, or set segments to their number."
        : `encodeTokens: the model has ${config.segments} segments. Give the segment of each token as int32 [batch, length].`,
    );
  const inputs = { queries: positions, keys: positions, causal: false, tokens, keyMask, dropout };
  const context = passContext(inputs, parameters);
  const x = embedTokens({
    config,
    encoding,
    table: parameters,
    parameters,
    tokens,
    segments,
    context,
    dropout,
  });
  const pass = { config, encoding, parameters, x, context, dropout, layerPositions };
  const { output, stages } = stack(pass);
  return { encoded: output, stages: [{ name: "embedding", output: x }, ...stages] };
}
