/**
 * The contract of a position encoding.
 *
 * Attention, cache, trainer, pictures and command line know this interface and no encoding by name:
 * what they need, an encoding declares. Positions are data: every hook is given tensors of
 * positions, never a guess from the size of a buffer.
 *
 * Order of the hooks in a model:
 *
 *     embed → per layer { query, key, value → rotate → query · keyᵀ → + contentBias → × scoreScale
 *                         → + bias → mask → softmax → · value }
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";

/** How a parameter starts. */
export type Initial =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  /** Gaussian with mean 0. */
  | { readonly kind: "normal"; readonly deviation: number }
  /** Uniform on [−bound, bound). */
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "values"; readonly values: readonly number[] };

/** A tensor to learn. */
export interface ParameterSpec {
  /** A path that a person can read: `blocks.3.attention.query.weight`, `position.t5.table`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
}

/** Positions of queries or keys. */
export interface Positions {
  /** Whole numbers, int32, `[length]`. */
  readonly tensor: Tensor;
  /** The same numbers, where they are known while the graph is built (training). */
  readonly values?: readonly number[] | undefined;
}

/** What every hook is given. */
export interface EncodingContext {
  readonly queries: Positions;
  readonly keys: Positions;
  /** `query position − key position`, float32 `[query, key]`; the causal past is positive. */
  readonly distance: Tensor;
  /** Whether keys after the query are masked. */
  readonly causal: boolean;
  /** A learnt tensor by the name in `parameters`. */
  parameter(name: string): Tensor;
  /** The given share of elements set to 0 while training, the rest scaled up; `x` itself otherwise. */
  dropout(x: Tensor, rate: number): Tensor;
}

/** What is fixed when an encoding is made for a model. */
export interface ModelShape {
  /** Width of the residual stream. */
  readonly model: number;
  readonly heads: number;
  /** Width of one head. */
  readonly headDim: number;
  readonly layers: number;
  readonly vocab: number;
  /** The longest sequence of training. */
  readonly trainLength: number;
  readonly causal: boolean;
}

/** An encoding made for one model; every hook is optional. */
export interface PositionEncoding {
  readonly id: string;
  readonly parameters: readonly ParameterSpec[];

  /** The longest sequence it has numbers for, and why; without it there is no limit. */
  readonly limit?: { readonly length: number; readonly reason: string };

  /** Columns that `embed` appends; the token table is that much narrower. */
  readonly extraWidth?: number;

  /** Width of the token vectors it takes, if not an embedding's: `one-hot` gives it the vocabulary. */
  readonly tokenInput?: "embedding" | "one-hot";

  /** Adds to, or appends to, the token vectors `[batch, query, width]`. */
  embed?(embeddings: Tensor, context: EncodingContext): Tensor;

  /** Turns queries or keys `[batch, heads, length, headDim]` by their own positions. */
  rotate?(vectors: Tensor, positions: Positions, context: EncodingContext): Tensor;

  /** Added to the scaled scores: anything that broadcasts to `[batch, heads, query, key]`. */
  bias?(context: EncodingContext): Tensor;

  /** Factor of `query · key`; default `headDim^−½`. */
  readonly scoreScale?: number;

  /**
   * How keys may be cached: `raw` before rotation, `rotated` after it, `either`; `recompute` when
   * longer text changes what was cached.
   */
  readonly cache: { readonly keys: "raw" | "rotated" | "either" | "recompute" };

  /** Whether shifting all positions by one number leaves the scores as they are. */
  readonly shiftInvariant: boolean;
}

/** What an encoding acts on, for lists and reports. */
export type EncodingFamily = "none" | "absolute" | "bias" | "rotary";

/** One line of the list: what is known of an encoding before a model exists. */
export interface EncodingDefinition<Options extends object = object> {
  readonly id: string;
  readonly family: EncodingFamily;
  /** One sentence. */
  readonly summary: string;
  /** Formula in plain text. */
  readonly formula: string;
  /** Where it was first described; year and address are absent where nothing was published. */
  readonly paper: { readonly title: string; readonly year?: number; readonly url?: string };
  /** Makes it for a model. Throws a RangeError where the model's sizes do not fit. */
  create(shape: ModelShape, options?: Options): PositionEncoding;
}
