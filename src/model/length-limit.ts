/**
 * The longest text that a model's encoding has numbers for.
 *
 * @module
 */
import type { LanguageModel } from "./transformer.ts";

/** A text is longer than the encoding has numbers for. */
export class UnsupportedLength extends Error {
  override readonly name = "UnsupportedLength";
}

/** Why a model cannot run on `length` tokens, or undefined if it can. */
export function unsupportedReason(model: LanguageModel, length: number): string | undefined {
  const { limit } = model.encoding;
  return limit !== undefined && length > limit.length ? limit.reason : undefined;
}
