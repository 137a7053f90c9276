/**
 * Tokens as vectors, with what the position encoding makes of them.
 *
 * @module
 */
import type { EncodingContext, PositionEncoding } from "../encodings/position-encoding.ts";
import { add, multiply } from "../operators/arithmetic.ts";
import { gather, oneHot } from "../operators/indexing.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TransformerConfig } from "./config.ts";
import type { Dropout } from "../random/dropout.ts";
import { norm, normSpecs, weightDeviation } from "./layers.ts";
import type { NormConfig } from "./layers.ts";

/**
 * The table `tokens.weight [vocab, model]`, which decays; narrower where the encoding appends columns; none where it is
 * given the vocabulary itself.
 *
 * @throws {RangeError} where the encoding leaves no room for the table.
 */
export function tokenSpecs(
  { vocab, model }: Pick<TransformerConfig, "vocab" | "model">,
  encoding: PositionEncoding,
): ParameterSpec[] {
  const extra = encoding.extraWidth ?? 0;
  if (extra >= model)
    throw new RangeError(
      `${encoding.id}: it appends ${extra} columns, but the model is ${model} wide. ` +
        `Widen the model or narrow the encoding.`,
    );
  if (encoding.tokenInput === "one-hot") return [];
  const initial = encoding.tokenInitial ?? { kind: "normal", deviation: weightDeviation };
  // As in GPT-NeoX and nanoGPT, which have tied heads too: a tied table is the weight of the head.
  return [{ name: "tokens.weight", shape: [vocab, model - extra], initial, decays: true }];
}

/** Specs of the norm that follows the embedding, `embeddingNorm`; none where there is no such norm. */
export function embeddingNormSpecs(config: TransformerConfig): ParameterSpec[] {
  return config.embeddingNorm ? normSpecs("embeddingNorm", config) : [];
}

/** @throws {RangeError} where the table is not `[vocab, model]` and so cannot be the head or another half's table. */
export function requirePlainTable(encoding: PositionEncoding, use: string, remedy: string): void {
  if ((encoding.extraWidth ?? 0) > 0 || encoding.tokenInput === "one-hot")
    throw new RangeError(
      `${encoding.id}: it is concatenated to the token vectors, so the token table is not ` +
        `[vocab, model] and cannot serve as ${use}. ${remedy}`,
    );
}

/** What the embedding of tokens is given. */
export interface EmbeddingInput {
  readonly config: Pick<TransformerConfig, "vocab" | "dropout" | "embeddingScale"> & NormConfig;
  readonly encoding: PositionEncoding;
  /** Has `tokens.weight`, and `segments.weight` where there are segments. */
  readonly table: ParameterLookup;
  /** Has `embeddingNorm.*` where a norm follows. */
  readonly parameters: ParameterLookup;
  /** int32 `[batch, length]` */
  readonly tokens: Tensor;
  /** Which row of `segments.weight` is added to each token's vector, int32 `[batch, length]`; absent: none is. */
  readonly segments?: Tensor | undefined;
  readonly context: EncodingContext;
  readonly dropout: Dropout;
}

/** The vectors of tokens, `[batch, length, model]`. */
export function embedTokens(given: EmbeddingInput): Tensor {
  const { config, encoding, table, parameters, tokens, segments, context, dropout } = given;
  const { embeddingScale = 1 } = config;
  return scope("embedding", () => {
    const ofTokens =
      encoding.tokenInput === "one-hot"
        ? oneHot(tokens, config.vocab)
        : gather(table.get("tokens.weight"), tokens);
    const vectors = segments
      ? add(ofTokens, gather(table.get("segments.weight"), segments))
      : ofTokens;
    const scaled = embeddingScale === 1 ? vectors : multiply(vectors, embeddingScale);
    const placed = encoding.embed?.(scaled, context) ?? scaled;
    const hasNorm = parameters.find("embeddingNorm.weight") !== undefined;
    return dropout(
      hasNorm ? norm(parameters, "embeddingNorm", placed, config) : placed,
      config.dropout,
    );
  });
}
