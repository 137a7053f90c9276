/**
 * Windows in batches of like length, so that little of a batch is padding. Each step has a full batch.
 *
 * @module
 */
import { random } from "../../random/random.ts";
import { batchShapes } from "../pairs/batch-shapes.ts";
import { windowsOfStep } from "./span-rows.ts";
import type { SpanDraw } from "./span-rows.ts";
import type { SpanWindow } from "./span-windows.ts";

/** Steps whose windows are sorted by length together, at most. */
const sortedSteps = 16;

/** Draws of windows in batches of like length: those of some steps are drawn together, sorted by length and divided. */
export class LikeWindows {
  readonly #windows: readonly SpanWindow[];
  readonly #lengths: readonly number[];
  #block: { readonly of: string; readonly steps: readonly (readonly SpanWindow[])[] } | undefined;

  /** @param shapes lengths that rows have, at most; they are those that leave least padding */
  constructor(windows: readonly SpanWindow[], shapes: number) {
    this.#windows = windows;
    const lengths = windows.map(({ tokens }) => ({ source: tokens.length, target: 1 }));
    this.#lengths =
      windows.length === 0 ? [] : batchShapes(lengths, shapes).map(({ source }) => source);
  }

  /**
   * The windows of a step and the length of its rows. As `windowsOfStep`, it depends on the seed and the step alone, and all windows come
   * once before one comes again, but for those at the border of two passes.
   *
   * @throws {InputError} there are none
   */
  at({ batch, seed, step }: SpanDraw): {
    readonly windows: readonly SpanWindow[];
    readonly length: number;
  } {
    const many = Math.max(1, Math.min(sortedSteps, Math.floor(this.#windows.length / batch)));
    const block = Math.floor(step / many);
    const of = `${seed} ${batch} ${block}`;
    if (this.#block?.of !== of) {
      const drawn = windowsOfStep(this.#windows, { batch: many * batch, seed, step: block });
      const sorted = drawn.toSorted((a, b) => a.tokens.length - b.tokens.length);
      const order = random(seed, "spans", "block", block).permutation(many);
      const steps = Array.from(order, (at) => sorted.slice(at * batch, (at + 1) * batch));
      this.#block = { of, steps };
    }
    const windows = this.#block.steps[step % many]!;
    const longest = Math.max(...windows.map(({ tokens }) => tokens.length));
    return { windows, length: this.#lengths.find((length) => length >= longest)! };
  }
}
