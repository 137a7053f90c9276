/**
 * Windows as arrays of a batch, padded on the right.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { random } from "../../random/random.ts";
import type { SpanWindow } from "./span-windows.ts";

/** Rows of a batch; those named `[batch, length]` are row-major. */
export interface SpanRows {
  /** `[batch, length]`; padding has the id 0. */
  readonly tokens: Int32Array;
  /** `[batch, length]`: 0 for the question and padding, 1 for the text. */
  readonly segments: Int32Array;
  /** `[batch, length]`: 1 for tokens, 0 for padding. */
  readonly keyMask: Uint8Array;
  /** `[batch, length]`: 1 for the text, and for the first separator, which stands for "not here". */
  readonly answerable: Uint8Array;
  /** `[batch]` */
  readonly first: Int32Array;
  /** `[batch]` */
  readonly last: Int32Array;
}

/**
 * The rows of some windows.
 *
 * @throws {InputError} a window is longer than the rows
 */
export function spanRows(windows: readonly SpanWindow[], length: number): SpanRows {
  const size = windows.length * length;
  const rows = {
    tokens: new Int32Array(size),
    segments: new Int32Array(size),
    keyMask: new Uint8Array(size),
    answerable: new Uint8Array(size),
    first: Int32Array.from(windows, ({ first }) => first),
    last: Int32Array.from(windows, ({ last }) => last),
  };
  windows.forEach(({ tokens, textFrom, textLength }, row) => {
    const at = row * length;
    if (tokens.length > length)
      throw new InputError(
        `span rows: a window has ${tokens.length} tokens, and rows have ${length}. Make windows of that length.`,
      );
    rows.tokens.set(tokens, at);
    rows.segments.fill(1, at + textFrom, at + tokens.length);
    rows.keyMask.fill(1, at, at + tokens.length);
    rows.answerable.fill(1, at + textFrom, at + textFrom + textLength);
    rows.answerable[at] = 1;
  });
  return rows;
}

/** Which windows of a training a step has. */
export interface SpanDraw {
  /** Windows in a step. */
  readonly batch: number;
  readonly seed: number;
  /** Steps done before it. */
  readonly step: number;
}

/**
 * The windows of a step: all of them once, in an order of its own for each pass through them, then again. It depends on the
 * seed and the step alone, so a run resumes at any step.
 *
 * @throws {InputError} there are none
 */
export function windowsOfStep(
  windows: readonly SpanWindow[],
  { batch, seed, step }: SpanDraw,
): SpanWindow[] {
  if (windows.length === 0)
    throw new InputError("span batches: there are no windows. Give questions with texts.");
  const order = new Map<number, Int32Array>();
  return Array.from({ length: batch }, (_, row) => {
    const place = step * batch + row;
    const pass = Math.floor(place / windows.length);
    const own = order.get(pass) ?? random(seed, "spans", "pass", pass).permutation(windows.length);
    order.set(pass, own);
    return windows[own[place % windows.length]!]!;
  });
}
