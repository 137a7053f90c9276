/**
 * Texts without end in constant memory: the first tokens and the last ones stay in the cache, those between are forgotten
 * (StreamingLLM, Xiao et al. 2024, arXiv 2309.17453).
 *
 * Positions count what is in the cache, so a key comes nearer when tokens before it are forgotten. That needs keys that are
 * cached before their rotation, and an encoding of distances alone.
 *
 * @module
 */
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import { concat, slice } from "../operators/slicing.ts";
import { addDimensions, subtractDimensions } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LanguageModel } from "../model/transformer.ts";

/** Why a model cannot forget tokens, or undefined if it can. */
export function whyNotForget({ encoding, config }: LanguageModel): string | undefined {
  const layers = Array.from(
    { length: config.layers },
    (_, layer) => encoding.at?.(layer) ?? encoding,
  );
  const all = [encoding, ...layers];
  const some = (holds: (part: PositionEncoding) => unknown): boolean => all.some(holds);
  if (some(({ cache }) => cache.keys === "recompute"))
    return "it keeps no cache: longer text changes what was computed of earlier tokens";
  if (some(({ cache }) => cache.keys === "rewritten" || cache.keys === "rotated"))
    return "its cached keys contain the positions or the tokens that came after them";
  if (some(({ sampling }) => sampling))
    return "it chooses the positions of a whole text before its first token";
  if (some((part) => part.rotateValue !== undefined))
    return "its cached values contain their positions";
  if (some(({ shiftInvariant }) => !shiftInvariant))
    return "its scores depend on positions and not on distances alone";
  return undefined;
}

/** The model with keys that are cached before their rotation. */
export function withRawKeys(model: LanguageModel): LanguageModel {
  return { ...model, encoding: rawKeys(model.encoding) };
}

function rawKeys(encoding: PositionEncoding): PositionEncoding {
  const { tokens, tokenState } = encoding.cache;
  return {
    ...encoding,
    // A key before its rotation is as wide as a head.
    cache: {
      keys: "raw",
      ...(tokens !== undefined && { tokens }),
      ...(tokenState && { tokenState }),
    },
    ...(encoding.at && { at: (layer: number) => rawKeys(encoding.at!(layer)) }),
  };
}

/** A cached tensor `[batch, heads, past, width]` without `dropped` tokens behind the first `sinks`. */
export function withoutForgotten(cached: Tensor, sinks: number): Tensor {
  const past = cached.shape[2]!;
  const rest = subtractDimensions(subtractDimensions(past, "dropped"), sinks);
  const recent = slice(cached, 2, addDimensions(sinks, "dropped"), rest);
  return sinks === 0 ? recent : concat([slice(cached, 2, 0, sinks), recent], 2);
}

/**
 * Checks that a model can forget tokens behind its first `sinks`.
 *
 * @throws {RangeError} it cannot, with the reason
 */
export function requireForgetting(model: LanguageModel, sinks: number | undefined): void {
  if (sinks === undefined) return;
  if (!Number.isInteger(sinks) || sinks < 0)
    throw new RangeError(
      `decoder: forgetsAfter must be a whole number of 0 or more, got ${String(sinks)}.`,
    );
  const reason = whyNotForget(model);
  if (reason !== undefined)
    throw new RangeError(
      `decoder: ${model.encoding.id} cannot forget tokens: ${reason}. Generate without a window.`,
    );
}

/**
 * Checks how many tokens a step forgets.
 *
 * @throws {RangeError} there are not as many, or the decoder was not made for it
 */
export function checkForgotten(count: number, columns: number, sinks: number | undefined): void {
  if (count === 0) return;
  if (sinks === undefined)
    throw new RangeError(
      "decoder: step() forgets tokens only where the decoder was compiled with forgetsAfter.",
    );
  const most = columns - sinks;
  if (!Number.isInteger(count) || count < 0 || count > most)
    throw new RangeError(
      `decoder: step() cannot forget ${String(count)} tokens; behind the first ${sinks} there are ${Math.max(0, most)}.`,
    );
}
