/**
 * The decoder-only Transformer: tokens in, logits of the next token out.
 *
 * Initialisation is GPT-2's: weights and token table N(0, 0.02²), biases 0, norms 1, projections into
 * the residual stream N(0, (0.02/√(2 layers))²).
 *
 * Pretrained decoder families (GPT-2, GPT-NeoX, Llama, Gemma) are settings of this model: `form`, `norm`,
 * `activation`, `headDim`, `keyValueHeads`, `queryKeyNorm`, `scoreScale`, caps, `window` and the encoding.
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
import { add, multiply } from "../operators/arithmetic.ts";
import { gather } from "../operators/indexing.ts";
import { matmul } from "../operators/matmul.ts";
import { flattenRows } from "../operators/movement.ts";
import { slice } from "../operators/slicing.ts";
import { Parameters } from "../parameters/parameters.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { subtractDimensions } from "../tensor/dimension.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TransformerConfig } from "./config.ts";
import { passContext } from "./context.ts";
import type { Dropout } from "../random/dropout.ts";
import { createEncoding } from "./encoding-of-model.ts";
import { weightDeviation } from "./layers.ts";
import { requireMask } from "./masks.ts";
import type { KeyValue, Past } from "./operands.ts";
import { softCap } from "./scores.ts";
import { refuseLargeParameters } from "./size.ts";
import { stack, stackSpecs } from "./stack.ts";
import type { LayerPositions, Stage } from "./stack.ts";
import {
  embeddingNormSpecs,
  embedTokens,
  requirePlainTable,
  tokenSpecs,
} from "./token-embedding.ts";

/** A model: its settings, its encoding, its parameters as graph inputs. */
export interface LanguageModel {
  readonly config: TransformerConfig;
  readonly encoding: PositionEncoding;
  readonly parameters: Parameters;
}

/** What a forward pass is given. */
export interface ForwardInputs {
  /** int32 `[batch, sequence]` */
  readonly tokens: Tensor;
  /** Positions of the tokens. */
  readonly positions: Positions;
  /** While decoding: what earlier tokens left. */
  readonly past?: PastTokens;
  /** Positions sampled for each layer, where the encoding samples them so; `positions` are the first. */
  readonly layerPositions?: readonly LayerPositions[] | undefined;
  /** True where a key is text and not padding, bool `[batch, key]`. */
  readonly keyMask?: Tensor | undefined;
  /** Document ids of all keys, int32 `[batch, key]`; no attention between different ones. */
  readonly documents?: Tensor | undefined;
  /** Dropout with masks of its own, see `dropoutSites`; absent: no dropout. */
  readonly dropout?: Dropout;
  /**
   * Which tokens have logits: all, the last of each row, so many of the last, or those at `places`, int32 `[batch, n]`, which count
   * all tokens of the batch, row after row. Default `all`.
   */
  readonly logits?: "all" | "last" | number | { readonly places: Tensor };
}

const inputNames: NamesOf<ForwardInputs> = {
  tokens: true,
  positions: true,
  past: true,
  layerPositions: true,
  keyMask: true,
  documents: true,
  dropout: true,
  logits: true,
};

/** What earlier tokens left. */
export interface PastTokens {
  /** Each layer's keys and values. */
  readonly layers: readonly Past[];
  /** Positions of all keys, old and new. */
  readonly keyPositions: Positions;
  /** Ids of the earlier tokens, int32 `[batch, past]`, where the encoding's `cache.tokens` asks for them. */
  readonly tokens?: Tensor | undefined;
}

const pastNames: NamesOf<PastTokens> = { layers: true, keyPositions: true, tokens: true };

/**
 * A decoder-only Transformer with an encoding of the list, trained at `trainLength`.
 *
 * @throws {RangeError} where settings and encoding exclude each other, or the parameters do not fit in memory.
 */
export function languageModel(
  config: TransformerConfig,
  definition: EncodingDefinition,
  trainLength: number,
  options: object = {},
): LanguageModel {
  const sizes = { ...config, trainLength, causal: true };
  const encoding = createEncoding({ definition, options, config, sizes });
  const specs = modelSpecs(config, encoding);
  refuseLargeParameters(specs, encoding.id);
  return { config, encoding, parameters: new Parameters(specs) };
}

function modelSpecs(config: TransformerConfig, encoding: PositionEncoding): ParameterSpec[] {
  const tokens = tokenSpecs(config, encoding);
  if (config.tiedHead) requirePlainTable(encoding, "the head", "Set tiedHead to false.");
  const inner = [...embeddingNormSpecs(config), ...stackSpecs({ config, encoding })];
  return [...tokens, ...inner, ...headSpecs(config)];
}

/** The specs of `head.weight [model, vocab]`, unless the head is the token table, and `head.bias [vocab]`. */
export function headSpecs(config: TransformerConfig): ParameterSpec[] {
  const { vocab, model, tiedHead, headBias } = config;
  const initial = { kind: "normal", deviation: weightDeviation } as const;
  const weight = { name: "head.weight", shape: [model, vocab], initial, decays: true } as const;
  const zeros = { kind: "zeros" } as const;
  const bias = { name: "head.bias", shape: [vocab], initial: zeros, decays: false } as const;
  return [...(tiedHead ? [] : [weight]), ...(headBias ? [bias] : [])];
}

/** What a forward pass gives. */
export interface ForwardOutputs {
  /** `[batch, sequence, vocab]`, or `[batch, n, vocab]` of the last n tokens or of n places */
  readonly logits: Tensor;
  /** Each layer's keys and values, to keep for the next tokens. */
  readonly present: readonly KeyValue[];
  /** The embedding and each block's output, in order. */
  readonly stages: readonly Stage[];
}

/**
 * One pass over a batch of sequences.
 *
 * @throws {RangeError} for an unknown input, a mask that does not fit the keys, or a missing `past.tokens`.
 */
export function forward(
  { config: full, encoding, parameters }: LanguageModel,
  given: ForwardInputs,
): ForwardOutputs {
  refuseUnknownNames("forward", given, inputNames);
  const { tokens, positions, past, layerPositions, keyMask, documents } = given;
  if (past) refuseUnknownNames("past", past, pastNames);
  const { config, dropout } = withDropout(full, given.dropout);
  const keys = past?.keyPositions ?? positions;
  const pastTokens = pastTokensOf(encoding, past);
  const [batch, length] = [tokens.shape[0]!, keys.tensor.shape.at(-1)!];
  requireMask("keyMask", keyMask, batch, length);
  requireMask("documents", documents, batch, length);
  const inputs = { queries: positions, keys, causal: true, tokens, pastTokens, keyMask, dropout };
  const context = passContext(inputs, parameters);
  const table = parameters;
  const x = embedTokens({ config, encoding, table, parameters, tokens, context, dropout });
  const { output, present, stages } = stack({
    ...{ config, encoding, parameters, x, context, dropout, documents, layerPositions },
    past: past?.layers,
  });
  const logits = headOf(config, parameters, table, scoredOf(output, given.logits));
  return { logits, present, stages: [{ name: "embedding", output: x }, ...stages] };
}

/** The vectors of a stack's output that have logits. */
export function scoredOf(output: Tensor, logits: ForwardInputs["logits"] = "all"): Tensor {
  if (typeof logits === "object") return gather(flattenRows(output), logits.places);
  return logits === "all" ? output : lastOf(output, logits === "last" ? 1 : logits);
}

/** Settings and a source of dropout as layers take them: without a source (evaluation, decoding) the rate is 0. */
export function withDropout<Config extends { readonly dropout: number }>(
  config: Config,
  dropout: Dropout | undefined,
): { readonly config: Config; readonly dropout: Dropout } {
  return dropout ? { config, dropout } : { config: { ...config, dropout: 0 }, dropout: (x) => x };
}

/** @throws {RangeError} where the encoding reads the ids of earlier tokens and they are missing. */
export function pastTokensOf(
  { id, cache }: PositionEncoding,
  past: PastTokens | undefined,
): Tensor | undefined {
  if (past && cache.tokens && past.tokens === undefined)
    throw new RangeError(
      `${id}: it reads the ids of earlier tokens while decoding. Give them as past.tokens.`,
    );
  return past?.tokens;
}

/** The last tokens of each row: `[batch, sequence, model]` → `[batch, count, model]`. */
export function lastOf(x: Tensor, count = 1): Tensor {
  const sequence = x.shape[1]!;
  return sequence === count ? x : slice(x, 1, subtractDimensions(sequence, count), count);
}

/**
 * Logits `[batch, sequence, vocab]` of a stack's output.
 *
 * @param parameters with `head.weight` and `head.bias`, where the head has them
 * @param table with `tokens.weight`, which is the weight of a tied head
 */
export function headOf(
  { tiedHead, logitCap, headScale = 1 }: TransformerConfig,
  parameters: ParameterLookup,
  table: ParameterLookup,
  x: Tensor,
): Tensor {
  return scope("head", () => {
    const scaled = headScale === 1 ? x : multiply(x, headScale);
    const product = tiedHead
      ? matmul(scaled, table.get("tokens.weight"), { transposeB: true })
      : matmul(scaled, parameters.get("head.weight"));
    const bias = parameters.find("head.bias");
    const logits = bias === undefined ? product : add(product, bias);
    return logitCap === undefined ? logits : softCap(logits, logitCap);
  });
}
