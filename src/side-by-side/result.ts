/**
 * How several models predict one text, as plain data.
 *
 * @module
 */
import type { Interval } from "../comparison/statistics/intervals.ts";
import type { StretchLoss } from "../extension/breaking-position.ts";

/** How a text is cut. "windows" do not overlap; of "sliding" ones each predicts its second half only. */
export type SideProtocol = "windows" | "sliding";

/** One model at one length. */
export type SideLoss = {
  readonly model: string;
  readonly length: number;
  readonly protocol: SideProtocol;
} & (
  | {
      /** Mean nats a token. */
      readonly nats: number;
      /** 95 % for other pieces of such a text; null where the text is one piece. */
      readonly interval: Interval | null;
      readonly perplexity: number;
      /** NaN, null in JSON, where the tokenizer does not give the text back to the byte. */
      readonly bitsPerByte: number;
      /** Tokens that were predicted. */
      readonly tokens: number;
      /** "level": not shown to differ from the lowest. */
      readonly standing: "lowest" | "level" | "higher";
      /** Nats a token above the lowest, paired piece by piece; 95 % for all pairs of models at this length together. */
      readonly difference: { readonly mean: number; readonly interval: Interval | null };
    }
  | { readonly unsupported: string }
);

/** One model over the longest windows that it can run. */
export interface SidePositions {
  readonly model: string;
  /** Tokens of these windows; 0 where it can run at none of the lengths. */
  readonly length: number;
  /** Mean nats at each position; null where none was predicted. */
  readonly byPosition: readonly (number | null)[];
  /** The same in stretches. */
  readonly stretches: readonly StretchLoss[];
  /** From this position on it predicts worse than before, see `breakingPosition`; absent: it does not. */
  readonly breaksAt?: number;
}

/** Models side by side. */
export interface SideBySide {
  /** The text, and which part of it was predicted. */
  readonly text: string;
  /** In the order in which they were given. */
  readonly models: readonly string[];
  /** In ascending order. */
  readonly lengths: readonly number[];
  /** Pieces of the text that models are paired over. */
  readonly pieces: number;
  readonly losses: readonly SideLoss[];
  readonly positions: readonly SidePositions[];
}
