/**
 * Which keys a query sees: declared rules, and the one place that makes a tensor of them.
 *
 *     causal      no key after the query
 *     padding     no key that `keyMask` calls padding
 *     window      no key more than `back` positions away, but for the first `sinks` positions
 *     documents   no key of another document
 *
 * Rules read positions, never the size of a buffer, so a whole sequence, some rows of it and one token that
 * is decoded are masked alike. What a rule forbids has −1e28 or less added to its score: its weight is
 * exactly 0 beside any key that is seen, and no NaN appears where none is.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { EncodingContext } from "../encodings/position-encoding.ts";
import { add, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { equal, less } from "../operators/comparison.ts";
import { unsqueeze } from "../operators/movement.ts";
import { abs } from "../operators/pointwise.ts";
import { scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import type { Dimension } from "../tensor/dimension.ts";
import { printShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Per position ahead of the query, or beyond the window. */
const perPosition = 1e30;
/**
 * Of padding and other documents. Far less than what forbids the future: a query that sees no key, itself being padding,
 * then spreads its weights over the past and not over the future, which blocks of rows do not have.
 */
const forbidden = -1e28;

/** How far away a key may be. */
export interface WindowRule {
  /**
   * Positions back from the query that are seen, its own not counted: 0 sees only itself. Without a causal
   * mask as many ahead are seen. A `sliding_window` of W in Hugging Face's words is W − 1 here.
   */
  readonly back: number;
  /** Positions 0 … sinks − 1 are always seen (StreamingLLM's attention sinks). Default 0. */
  readonly sinks?: number;
}

/** Document ids of queries and keys, int32 `[batch, query]` and `[batch, key]`. */
export interface Documents {
  readonly queries: Tensor;
  readonly keys: Tensor;
}

/** The rules beside the causal one and padding, which every context has. */
export interface MaskRules {
  readonly window?: WindowRule | undefined;
  readonly documents?: Documents | undefined;
}

const windowNames: NamesOf<WindowRule> = { back: true, sinks: true };

/** @throws {RangeError} for a window that cannot be. */
export function checkWindow(rule: WindowRule): void {
  if (typeof rule !== "object" || rule === null)
    throw new RangeError(
      `model: a window must be { back, sinks? }, got ${JSON.stringify(rule)}. Write { back: 127 } for 128 keys.`,
    );
  refuseUnknownNames("model: window", rule, windowNames);
  const { back, sinks = 0 } = rule;
  for (const [name, value] of Object.entries({ back, sinks }))
    if (!Number.isInteger(value) || value < 0)
      throw new RangeError(
        `model: a window's ${name} must be a whole number of 0 or more, got ${value}.`,
      );
}

/** All rules as one tensor to add to scores, broadcast to `[batch, heads, query, key]`; undefined where none is. */
export function maskOf(context: EncodingContext, rules: MaskRules = {}): Tensor | undefined {
  const { keyMask } = context;
  const { documents } = rules;
  const placed = placeMask(context, rules.window);
  const padding = keyMask && where(keyMask, scalar(0), scalar(forbidden));
  const padded = padding ? sumOf(placed, unsqueeze(unsqueeze(padding, 1), 1)) : placed;
  if (documents === undefined) return padded;
  const same = equal(unsqueeze(documents.queries, -1), unsqueeze(documents.keys, 1));
  return sumOf(padded, unsqueeze(where(same, scalar(0), scalar(forbidden)), 1));
}

/** What distances alone forbid. A product with a distance below 0 is faster than a choice by element. */
function placeMask(
  { causal, distance, keys }: EncodingContext,
  window: WindowRule | undefined,
): Tensor | undefined {
  const future = causal ? distance : undefined;
  if (window === undefined) return future && multiply(minimum(future, 0), perPosition);
  const { back, sinks = 0 } = window;
  const beyond = subtract(back, causal ? distance : abs(distance));
  const near = future ? minimum(future, beyond) : beyond;
  const forbids = (slack: Tensor): Tensor => multiply(minimum(slack, 0), perPosition);
  if (sinks === 0) return forbids(near);
  const row = unsqueeze(less(keys.tensor, scalar(sinks, "int32")), -2);
  const first = keys.tensor.shape.length === 1 ? row : unsqueeze(row, 1);
  return forbids(where(first, future ?? scalar(0), near));
}

/** @throws {RangeError} for a mask whose type or shape is not that of `[batch, key]`. */
export function requireMask(
  name: "keyMask" | "documents" | "answerable",
  mask: Tensor | undefined,
  batch: Dimension,
  keys: Dimension,
): void {
  if (mask === undefined) return;
  const dtype = name === "documents" ? "int32" : "bool";
  const fits = (size: Dimension | undefined, wanted: Dimension): boolean =>
    typeof size === "number" && typeof wanted === "number" ? size === wanted : size !== undefined;
  const [rows, columns] = mask.shape;
  if (mask.dtype !== dtype || mask.shape.length !== 2 || !fits(rows, batch) || !fits(columns, keys))
    throw new RangeError(
      `model: ${name} must be ${dtype} ${printShape([batch, keys])}, one entry for each key of each text; ` +
        `got ${mask.dtype} ${printShape(mask.shape)}. Give earlier keys' entries too.`,
    );
}

function sumOf(a: Tensor | undefined, b: Tensor): Tensor {
  return a ? add(a, b) : b;
}
