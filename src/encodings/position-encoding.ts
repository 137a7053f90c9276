/**
 * The contract of a position encoding.
 *
 * Attention, cache, trainer, pictures and command line use this interface and no encoding by name: what they need,
 * an encoding declares. Positions are data: every hook is given tensors of
 * positions, and does not derive them from the size of a tensor.
 *
 * Order of the hooks in a model:
 *
 *     sampling → embed → per layer { query, key, value; tokenState → rotate, rotateValue → scores = scale · query · keyᵀ, or product
 *                    → + contentBias → + bias + layerBias, or combine → mask → softmax → · value, rotateOutput → + valueTerm }
 *
 * @module
 */
import type { OptionFields } from "../options/option.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import type { Random } from "../random/random.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Positions of queries or keys. */
export interface Positions {
  /**
   * Whole numbers from −2²⁴ to 2²⁴, int32: `[length]`, or `[batch, length]` where rows differ, as with left padding.
   * The first of a text need not be 0, and neighbours may be any distance apart where positions are sampled.
   */
  readonly tensor: Tensor;
  /** The same numbers, where they are known while the graph is built (training); `[length]` only. */
  readonly values?: readonly number[] | undefined;
  /** Each is its neighbour's plus one, known or not. Biases of the distance alone are then cheap. */
  readonly consecutive?: boolean | undefined;
  /** What the length is a multiple of, where it is known only at run time: a prefix in a map over blocks. */
  readonly lengthMultiple?: number | undefined;
  /** Positions along further axes, as of images in text; absent: all axes are `tensor`. */
  readonly axes?: readonly Tensor[] | undefined;
}

/** What every hook is given. */
export interface EncodingContext {
  readonly queries: Positions;
  readonly keys: Positions;
  /**
   * `query position − key position`, float32; the causal past is positive. `[query, key]`, or
   * `[batch, 1, query, key]` where positions have rows.
   */
  readonly distance: Tensor;
  /** Whether keys after the query are masked. */
  readonly causal: boolean;
  /** Token ids `[batch, query]`, int32; absent where vectors come from outside. */
  readonly tokens?: Tensor | undefined;
  /** While decoding: ids of the tokens before them, `[batch, past]`, where `cache.tokens` is true. */
  readonly pastTokens?: Tensor | undefined;
  /** True where a key is text and not padding, bool `[batch, key]`; absent: all are. */
  readonly keyMask?: Tensor | undefined;
  /** A learned tensor by the name in `parameters`. */
  parameter(name: string): Tensor;
  /** The given share of elements set to 0 while training, the rest scaled up; `x` itself otherwise. */
  dropout(x: Tensor, rate: number): Tensor;
}

/** What a hook of one layer is given. */
export interface LayerContext extends EncodingContext {
  /** From 0. */
  readonly layer: number;
  /** The layer's own projection of vectors `[length, model]` → `[heads, length, headDim]`. */
  project(part: "query" | "key", vectors: Tensor): Tensor;
}

/** Numbers of each token that an encoding keeps beside keys and values, by name: `[batch, heads or 1, length, width]`. */
export type TokenState = Readonly<Record<string, Tensor>>;

/** What is attended, in one layer and for some rows of queries. */
export interface AttentionOperands {
  /** After `rotate`, `[batch, heads, query, width]`. */
  readonly query: Tensor;
  /** After `rotate`, `[batch, heads, key, width]`. */
  readonly key: Tensor;
  /** Before `rotate`. */
  readonly rawQuery: Tensor;
  /** Before `rotate`. Present where `cache.keys` is `raw`, or there is no rotation. */
  readonly rawKey?: Tensor | undefined;
  /** Factor of `query · key`. */
  readonly scale: number;
  /** The token state at the queries, and at all keys. */
  readonly queryState: TokenState;
  readonly keyState: TokenState;
}

/** What is fixed when an encoding is made for a model. */
export interface ModelShape {
  /** Width of the residual stream. */
  readonly model: number;
  readonly heads: number;
  /**
   * Heads of keys and values, which groups of `heads` share. Hooks are given keys of all `heads`, but for
   * `rotate`, see `rotatesByHead`. Absent: as many as `heads`.
   */
  readonly keyValueHeads?: number;
  /** Width of one head. */
  readonly headDim: number;
  readonly layers: number;
  readonly vocab: number;
  /** The longest sequence of training. */
  readonly trainLength: number;
  readonly causal: boolean;
}

/** What is cached of each token beside its value. */
export interface CacheRule {
  /**
   * How keys may be cached: `raw` before rotation, `rotated` after it, `either`; `rewritten` where new
   * tokens change old keys (`rewrite`); `recompute` when longer text changes what was cached.
   */
  readonly keys: "raw" | "rotated" | "either" | "rewritten" | "recompute";
  /** Width of a cached key. Default `headDim`. */
  readonly keyWidth?: number;
  /** Whether `embed` needs the ids of earlier tokens while decoding. Default false. */
  readonly tokens?: boolean;
  /** What `tokenState` yields, of which `heads` may be 1. */
  readonly tokenState?: readonly {
    readonly name: string;
    readonly heads: number;
    readonly width: number;
  }[];
}

/** An encoding made for one model; every hook is optional. */
export interface PositionEncoding {
  readonly id: string;

  /**
   * The encoding of one layer, where layers differ. The whole then declares parameters, limit and
   * what concerns the input; every hook of a layer is called on this one.
   */
  at?(layer: number): PositionEncoding;

  readonly parameters: readonly ParameterSpec[];

  /** The longest sequence it has numbers for, and why; without it there is no limit. */
  readonly limit?: { readonly length: number; readonly reason: string };

  /** Columns that `embed` appends; the token table is that much narrower. */
  readonly extraWidth?: number;

  /** Width of the token vectors it takes, if not an embedding's: `one-hot` gives it the vocabulary. */
  readonly tokenInput?: "embedding" | "one-hot";

  /**
   * First values of the token table, where the encoding was published with others than this model's N(0, 0.02²). A head
   * that is tied to the table has them too.
   */
  readonly tokenInitial?: Initial;

  /** Chooses the positions of a sequence, where these are not 0, 1, 2, …; see PositionSampling. */
  readonly sampling?: PositionSampling;

  /** Adds to, or appends to, the token vectors `[batch, query, width]`. */
  embed?(embeddings: Tensor, context: EncodingContext): Tensor;

  /**
   * Numbers of the fresh tokens to keep beside keys and values, from the layer's input
   * `[batch, query, model]` (after the norm of a pre-norm block).
   */
  tokenState?(x: Tensor, context: LayerContext): TokenState;

  /**
   * What hooks are given of the token state, computed from that of all tokens, old and new: sums along the text, short
   * convolutions. Axis 2 stays the key's. Default: the state itself.
   */
  prepareTokenState?(tokenState: TokenState, context: LayerContext): TokenState;

  /** Turns queries or keys `[batch, heads, length, headDim]` by their own positions; may widen them. */
  rotate?(
    vectors: Tensor,
    positions: Positions,
    role: "query" | "key",
    context: LayerContext,
  ): Tensor;

  /**
   * Rotates values `[batch, keyValueHeads, length, headDim]` by their own positions, before they are cached. The shape
   * stays. With `rotatesByHead` it is given values of all `heads`.
   */
  rotateValue?(value: Tensor, positions: Positions, context: LayerContext): Tensor;

  /**
   * Rotates `weights · value`, `[batch, heads, query, headDim]`, by the positions of the queries, before `valueTerm` is
   * added; the inverse of `rotateValue` where only distances shall count. The shape stays.
   */
  rotateOutput?(output: Tensor, positions: Positions, context: LayerContext): Tensor;

  /**
   * What `rotate` does: `positions` rotates by position, the default; `factor` only multiplies or
   * normalises, and so agrees with another rotation.
   */
  readonly rotation?: "positions" | "factor";

  /**
   * Whether `rotate` and `rotateValue` treat the heads of keys and values differently. Those that several heads of
   * queries share are then repeated before it; otherwise it is given `keyValueHeads` heads. Default false.
   */
  readonly rotatesByHead?: boolean;

  /** Takes the place of `scale · query · keyᵀ`. */
  product?(operands: AttentionOperands, context: LayerContext): Tensor;

  /** Keys to cache for later tokens, where new tokens change old keys: all keys, old and fresh. */
  rewrite?(operands: AttentionOperands, context: LayerContext): Tensor;

  /** Added to the scaled scores `[batch, heads, query, key]`, which it is given (with `scale` in it). */
  contentBias?(operands: AttentionOperands, scores: Tensor, context: LayerContext): Tensor;

  /** Added to the scores, one for all layers: anything that broadcasts to `[batch, heads, query, key]`. */
  bias?(context: EncodingContext): Tensor;

  /** As `bias`, in each layer its own. */
  layerBias?(context: LayerContext): Tensor;

  /** Joins scores with `bias` and `layerBias`, before the mask. Default: their sum. */
  combine?(scores: Tensor, bias: Tensor | undefined, context: LayerContext): Tensor;

  /** Added to `weights · value`, `[batch, heads, query, headDim]`. */
  valueTerm?(weights: Tensor, operands: AttentionOperands, context: LayerContext): Tensor;

  /** Factor of `query · key`; default `headDim^−½`. */
  readonly scoreScale?: number;

  /** Whether rows of queries may be computed apart, in blocks. Default true. */
  readonly rowwise?: boolean;

  readonly cache: CacheRule;

  /** Whether shifting all positions by one number leaves the scores as they are. */
  readonly shiftInvariant: boolean;
}

/** Positions that are sampled on the host, before a step or an evaluation. */
export interface PositionSampling {
  /** One sample for the whole model, or one a layer (`embed` is then given the first). */
  readonly per: "model" | "layer";
  /**
   * What texts get outside training: each a sample of its own (`sampled`, the default), or all of them the same
   * positions (`fixed`).
   */
  readonly evaluation?: "sampled" | "fixed" | undefined;
  /** Increasing positions of `length` tokens; `training` is true in a training step, false in an evaluation. */
  positions(length: number, random: Random, training: boolean): readonly number[];
}

/** What an encoding acts on, for lists and reports. */
export type EncodingFamily = "none" | "input" | "bias" | "content" | "rotary" | "combined";

/**
 * One line of the list: what is known of an encoding before a model exists. `defineEncoding` makes it, and a model
 * makes one of a plain object of this form.
 */
export interface EncodingDefinition<Options extends object = object> {
  readonly id: string;
  readonly family: EncodingFamily;
  /** One sentence. */
  readonly summary: string;
  /** Formula in plain text. */
  readonly formula: string;
  /** Where it was first described; absent: nowhere, as of an encoding of one's own. */
  readonly paper?: { readonly title: string; readonly year?: number; readonly url?: string };
  /** The options it has; absent: none. */
  readonly options?: OptionFields;
  /**
   * Makes it for a model.
   *
   * @throws {RangeError} where options, or the model's sizes, do not fit
   */
  create(shape: ModelShape, options?: Options): PositionEncoding;
}
