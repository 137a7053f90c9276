/**
 * The longest text that a model's encoding has numbers for.
 *
 * @module
 */
import { furthestPosition } from "../encodings/parts/limit.ts";
import type { LanguageModel } from "./transformer.ts";

/** A text is longer than the encoding has numbers for. */
export class UnsupportedLength extends Error {
  override readonly name = "UnsupportedLength";
}

/** Why a model cannot run on `length` tokens, or undefined if it can. */
export function unsupportedReason(
  model: Pick<LanguageModel, "encoding">,
  length: number,
): string | undefined {
  const { length: most, reason } = longestText(model);
  return length > most ? reason : undefined;
}

/** The most tokens of a text, by the encoding's limit or by what float32 can count, and why. */
export function longestText({ encoding }: Pick<LanguageModel, "encoding">): {
  readonly length: number;
  readonly reason: string;
} {
  return (
    encoding.limit ?? { length: furthestPosition, reason: "float32 counts positions up to here" }
  );
}
