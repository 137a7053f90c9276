/**
 * Values as an attention weighs them, and what is kept of them for later tokens.
 *
 * Values that an encoding turns are kept turned, as the heads of keys share them. Where the encoding treats heads
 * differently and heads share values, they are kept as they are, and turned for each head wherever they are weighed.
 *
 * @module
 */
import type { LayerContext, PositionEncoding, Positions } from "../encodings/position-encoding.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { repeatHeads } from "./heads.ts";

/** Values of one encoding in one layer. */
export interface ValuesInput {
  readonly encoding: PositionEncoding;
  readonly context: LayerContext;
  /** `[batch, keyValueHeads, length, headDim]` */
  readonly value: Tensor;
  /** Heads of queries. */
  readonly heads: number;
}

/** Fresh values as they are kept: `[batch, keyValueHeads, length, headDim]`. */
export function keptValues(
  given: ValuesInput & { /** Of these values. */ readonly positions: Positions },
): Tensor {
  return turnsApart(given) ? given.value : turned(given, given.value, given.positions);
}

/**
 * Kept values as they are weighed: `[batch, keyValueHeads, key, headDim]`, or `[batch, heads, key, headDim]` where
 * heads that share values turn them differently.
 */
export function weighedValues(given: ValuesInput): Tensor {
  if (!turnsApart(given)) return given.value;
  return turned(given, repeatHeads(given.value, given.heads), given.context.keys);
}

function turnsApart({ encoding, value, heads }: ValuesInput): boolean {
  return (
    encoding.rotateValue !== undefined &&
    encoding.rotatesByHead === true &&
    (value.shape[1] as number) < heads
  );
}

function turned({ encoding, context }: ValuesInput, value: Tensor, positions: Positions): Tensor {
  return encoding.rotateValue?.(value, positions, context) ?? value;
}
