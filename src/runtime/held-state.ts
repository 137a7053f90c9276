/**
 * The tensors of one state slot.
 *
 * @module
 */
import type * as ort from "onnxruntime-common";

/** What a slot has. */
export interface Held {
  /** What the next run is given; absent before the first one. */
  current?: ort.Tensor | undefined;
  /** Growing, with two parts: what follows `current`; absent where nothing does. */
  recent?: ort.Tensor | undefined;
  /** What the last run replaced; `current` itself where it appended. */
  previous?: ort.Tensor | undefined;
  /** Growing, with two parts: what followed `previous`. */
  previousRecent?: ort.Tensor | undefined;
  /** Read-only: the same numbers on the host. */
  host?: Float32Array;
}

/** Frees what the last run replaced. */
export function dropPrevious(held: Held): void {
  if (held.previous !== held.current) held.previous?.dispose();
  held.previousRecent?.dispose();
  held.previous = held.previousRecent = undefined;
}

/** Frees all tensors of a slot. */
export function dropAll(held: Held): void {
  dropPrevious(held);
  held.current?.dispose();
  held.recent?.dispose();
  held.current = held.recent = undefined;
}
