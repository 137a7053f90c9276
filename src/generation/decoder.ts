/**
 * The decoder: texts continued token by token. Prompts are read once, and each step reads new tokens only.
 *
 * `compile-decoder.ts` makes one.
 *
 * @module
 */
import type { NamesOf } from "../errors.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { Logits } from "./logits.ts";
import type { TokenRows } from "./token-rows.ts";

/** How a decoder is compiled. */
export interface DecoderOptions extends CompileOptions {
  /** The runtime. Default: the one that was loaded, which `relpos` and `relpos/browser` do. */
  readonly compile?: Compile;
  /**
   * The most tokens that a text may have. Needed where the encoding samples the positions of a whole text at once
   * (`randomized`); elsewhere the only limit is the encoding's own.
   */
  readonly maxLength?: number;
  /** Seed of the positions that such an encoding samples, for each row a sample of its own. Default 0. */
  readonly seed?: number;
  /** Logits of each row's last token, or of every new token. Default `last`. */
  readonly logits?: "last" | "all";
  /**
   * Lets steps forget tokens, so that a text may go on without end: the first ones, as many as this, stay. Texts of a
   * batch must then have equally many tokens. Default: nothing is forgotten.
   */
  readonly forgetsAfter?: number;
  /**
   * The most tokens of a prompt that one run reads. Attention needs memory for `tokens × tokens so far` scores a
   * head, so long prompts need less in pieces. Default: the whole prompt at once.
   */
  readonly pieceLength?: number;
}

/** What a step does to the batch and the cache before it reads its tokens. */
export interface StepOptions {
  /**
   * The batch made anew: row `r` continues what is now row `origins[r]`, which several rows may do (the beams of a search)
   * or none (a text that has ended). Default: each row continues itself.
   */
  readonly origins?: ArrayLike<number>;
  /** Tokens that are forgotten behind the first `forgetsAfter`; positions count what is left. Default 0. */
  readonly forget?: number;
  /**
   * Gives log-probabilities, `logits − log Σ exp(logits)`, in place of logits: of all tokens, or of each row's likeliest,
   * as many as this, with their ids. Default: logits.
   */
  readonly logProbabilities?: "all" | number;
}

/** The names of the options of a step. */
export const stepNames: NamesOf<StepOptions> = {
  origins: true,
  forget: true,
  logProbabilities: true,
};

/** The names of a decoder's options. */
export const decoderNames: NamesOf<DecoderOptions> = {
  device: true,
  threads: true,
  compile: true,
  maxLength: true,
  seed: true,
  logits: true,
  pieceLength: true,
  forgetsAfter: true,
};

/** Continues rows of a batch; what they begin with, prompts or the sources of their targets, has been read. */
export interface RowDecoder {
  /**
   * For each row, the position of its next token, which is the number of its tokens so far without forgotten ones; empty
   * before there are texts.
   */
  readonly positions: readonly number[];
  /**
   * Appends tokens: one id for each row, or an array of equally many for each.
   *
   * @throws {RangeError} an option has a name that there is not, there are no texts, there are not as many rows, an id
   *   is not in the vocabulary, a row to continue is not there, or more tokens are to be forgotten than there are
   * @throws {UnsupportedLength} a text would be longer than the encoding or `maxLength` allows
   */
  step(tokens: ArrayLike<number> | TokenRows, options?: StepOptions): Promise<Logits>;
  /**
   * Removes the tokens of the last step; possible once after each.
   *
   * @throws {Error} the last call was no step
   */
  rollback(): void;
  /** Removes all texts. */
  reset(): void;
  /** Frees the sessions, the weights and the cache. */
  dispose(): Promise<void>;
}

/**
 * A model that continues texts, several at once.
 *
 * Keys and values of earlier tokens are kept where the model runs. An encoding that allows no cache
 * (`recompute`) reads the whole text at every step; the interface is the same.
 *
 * One call runs at a time; calls after `dispose()` throw an Error.
 */
export interface Decoder extends RowDecoder {
  readonly model: LanguageModel;
  /**
   * Begins new texts with these prompts, one for each row. Prompts of different lengths are padded on the left, which
   * changes no row's logits; with `logits: "all"`, logits of padding are meaningless numbers before a row's own.
   *
   * @throws {RangeError} there is no row, a row is empty, or an id is not in the vocabulary
   * @throws {RangeError} `forgetsAfter` was given, and rows have different lengths
   * @throws {UnsupportedLength} a text is longer than the encoding or `maxLength` allows
   */
  prefill(prompts: TokenRows): Promise<Logits>;
}
