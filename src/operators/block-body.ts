/**
 * The body of a map over blocks: what enters and leaves it, and in which shapes.
 *
 * @module
 */
import type { Dimension } from "../tensor/dimension.ts";
import { normaliseAxis, printShape, ShapeError } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How a tensor enters the body. The cut axis has a size that is a number and parts into the blocks. */
export type BlockInput =
  | { readonly tensor: Tensor; readonly kind: "sliced" | "prefix"; readonly axis: number }
  | { readonly tensor: Tensor; readonly kind: "shared" };

/**
 * How a result leaves the body. What is summed is float32; a `prefixSummed` axis of `size` elements
 * has, in the body, the size of a prefix of as many.
 */
export type BlockOutput =
  | { readonly tensor: Tensor; readonly kind: "stacked"; readonly axis: number }
  | { readonly tensor: Tensor; readonly kind: "summed" }
  | {
      readonly tensor: Tensor;
      readonly kind: "prefixSummed";
      readonly axis: number;
      readonly size: number;
    };

/** An input beside the tensor that stands for it in the body. */
export interface BlockEntry {
  readonly source: BlockInput;
  readonly placeholder: Tensor;
}

/** The attributes of a node: its body as a nested graph. */
export interface BlockBody {
  readonly blocks: number;
  readonly block: Tensor;
  readonly entries: readonly BlockEntry[];
  readonly results: readonly BlockOutput[];
  /** The symbol of a prefix's size in the body, by the size of the whole axis. */
  readonly prefixes: ReadonlyMap<number, string>;
}

/** Elements that one block takes from a cut axis. */
function blockStep(shape: Shape, axis: number, blocks: number): number {
  const size = shape[axis];
  if (typeof size !== "number" || size % blocks !== 0)
    throw new ShapeError(
      `mapBlocks: axis ${axis} of ${printShape(shape)} does not part into ${blocks} equal blocks. ` +
        `Choose a number of blocks that divides it; the size must be a number.`,
    );
  return size / blocks;
}

/** The input with its axis counted from the front. */
export function normalInput(given: BlockInput): BlockInput {
  if (given.kind === "shared") return given;
  return { ...given, axis: normaliseAxis("mapBlocks", given.axis, given.tensor.shape.length) };
}

/** The result with its axis counted from the front. */
export function normalOutput(result: BlockOutput): BlockOutput {
  if (result.kind === "summed") return result;
  return { ...result, axis: normaliseAxis("mapBlocks", result.axis, result.tensor.shape.length) };
}

let nextPrefix = 0;

/** The shape of an input in the body; a prefix axis whose size has no symbol yet is given one. */
export function blockShape(
  source: BlockInput,
  blocks: number,
  prefixes: Map<number, string>,
): Shape {
  const { shape } = source.tensor;
  if (source.kind === "shared") return shape;
  const step = blockStep(shape, source.axis, blocks);
  if (source.kind === "sliced") return replaced(shape, source.axis, step);
  const size = step * blocks;
  const symbol = prefixes.get(size) ?? `prefix_${nextPrefix++}`;
  prefixes.set(size, symbol);
  return replaced(shape, source.axis, symbol);
}

/** The shape of a result outside the body. */
export function wholeShape(result: BlockOutput, { blocks, prefixes }: BlockBody): Shape {
  const { shape, dtype } = result.tensor;
  const symbols = [...prefixes.values()];
  const misfit = (why: string): ShapeError =>
    new ShapeError(`mapBlocks: the ${result.kind} result ${printShape(shape)} ${why}.`);
  if (result.kind !== "stacked" && dtype !== "float32")
    throw misfit(`is ${dtype}; only float32 is summed. Cast it in the body, or stack it`);
  let whole: Shape = shape;
  if (result.kind === "stacked") {
    const size = shape[result.axis]!;
    if (typeof size !== "number")
      throw misfit(`has size "${size}" on its axis ${result.axis}; joined parts are equally long`);
    whole = replaced(shape, result.axis, size * blocks);
  } else if (result.kind === "prefixSummed") {
    const symbol = prefixes.get(result.size);
    if (symbol === undefined || shape[result.axis] !== symbol)
      throw misfit(
        `must have on axis ${result.axis} the size of a prefix of ${result.size}, ` +
          `${symbol ?? "and no input is one"}`,
      );
    whole = replaced(shape, result.axis, result.size);
  }
  const inner = whole.find((size) => symbols.some((name) => `${size}`.split(/\W/).includes(name)));
  if (inner !== undefined)
    throw misfit(`has the size "${inner}", which changes from block to block; use prefixSummed`);
  return whole;
}

function replaced(shape: Shape, axis: number, size: Dimension): Dimension[] {
  return shape.map((dimension, position) => (position === axis ? size : dimension));
}
