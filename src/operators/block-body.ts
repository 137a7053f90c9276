/**
 * The body of a map over blocks: its inputs and results, and their shapes inside and outside the body.
 *
 * @module
 */
import type { Dimension } from "../tensor/dimension.ts";
import { normaliseAxis, printShape, ShapeError } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * An input of a map. `sliced`: block b is given part b of the axis. `prefix`: block b is given parts 0 … b.
 * `shared`: each block is given the whole tensor. The size of the axis is a number that `blocks` divides.
 */
export type BlockInput =
  | { readonly tensor: Tensor; readonly kind: "sliced" | "prefix"; readonly axis: number }
  | { readonly tensor: Tensor; readonly kind: "shared" };

/**
 * A result of a map. `stacked`: the blocks' results are concatenated along the axis. `summed`: they are added.
 * `prefixSummed`: they are added, those of block b to the first elements of an axis of `size` elements; in the
 * body that axis has the size of a prefix of an input axis of as many. Sums are float32.
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

/** An input and its placeholder in the body. */
export interface BlockEntry {
  readonly source: BlockInput;
  readonly placeholder: Tensor;
}

/** The attributes of a `mapBlocks` node. */
export interface BlockBody {
  readonly blocks: number;
  /** The block's number in the body, an int32 scalar. */
  readonly block: Tensor;
  readonly entries: readonly BlockEntry[];
  readonly results: readonly BlockOutput[];
  /** The symbol for the size of a prefix in the body, by the size of the whole axis. */
  readonly prefixes: ReadonlyMap<number, string>;
}

/** The number of elements of an axis in one block. */
function blockSize(shape: Shape, axis: number, blocks: number): number {
  const size = shape[axis];
  if (typeof size !== "number" || size % blocks !== 0)
    throw new ShapeError(
      `mapBlocks: axis ${axis} of ${printShape(shape)} cannot be divided into ${blocks} equal blocks. ` +
        `Its size must be a number that is a multiple of the number of blocks.`,
    );
  return size / blocks;
}

/** The input with its axis as an index from 0. */
export function normalInput(given: BlockInput): BlockInput {
  if (given.kind === "shared") return given;
  return { ...given, axis: normaliseAxis("mapBlocks", given.axis, given.tensor.shape.length) };
}

/** The result with its axis as an index from 0. */
export function normalOutput(result: BlockOutput): BlockOutput {
  if (result.kind === "summed") return result;
  return { ...result, axis: normaliseAxis("mapBlocks", result.axis, result.tensor.shape.length) };
}

let nextPrefix = 0;

/**
 * The shape of an input in the body.
 *
 * @param prefixes receives a new symbol for a prefix of an axis whose size has none yet
 * @throws {ShapeError} where the blocks do not divide the axis
 */
export function blockShape(
  source: BlockInput,
  blocks: number,
  prefixes: Map<number, string>,
): Shape {
  const { shape } = source.tensor;
  if (source.kind === "shared") return shape;
  const step = blockSize(shape, source.axis, blocks);
  if (source.kind === "sliced") return replaced(shape, source.axis, step);
  const size = step * blocks;
  const symbol = prefixes.get(size) ?? `prefix_${nextPrefix++}`;
  prefixes.set(size, symbol);
  return replaced(shape, source.axis, symbol);
}

/**
 * The shape of a result outside the body.
 *
 * @throws {ShapeError} for a dtype or size that its kind does not allow
 */
export function wholeShape(result: BlockOutput, { blocks, prefixes }: BlockBody): Shape {
  const { shape, dtype } = result.tensor;
  const symbols = [...prefixes.values()];
  const misfit = (why: string): ShapeError =>
    new ShapeError(`mapBlocks: the ${result.kind} result ${printShape(shape)} ${why}.`);
  if (result.kind !== "stacked" && dtype !== "float32")
    throw misfit(`is ${dtype}; only float32 can be summed. Cast it in the body, or stack it`);
  let whole: Shape = shape;
  if (result.kind === "stacked") {
    const size = shape[result.axis]!;
    if (typeof size !== "number")
      throw misfit(
        `has size "${size}" on axis ${result.axis}; all blocks must have one size there`,
      );
    whole = replaced(shape, result.axis, size * blocks);
  } else if (result.kind === "prefixSummed") {
    const symbol = prefixes.get(result.size);
    if (symbol === undefined || shape[result.axis] !== symbol)
      throw misfit(
        `must have on axis ${result.axis} the size of a prefix of ${result.size}: ` +
          `${symbol ?? "no input is one"}`,
      );
    whole = replaced(shape, result.axis, result.size);
  }
  const inner = whole.find((size) => symbols.some((name) => `${size}`.split(/\W/).includes(name)));
  if (inner !== undefined)
    throw misfit(`has size "${inner}", which changes from block to block. Use prefixSummed for it`);
  return whole;
}

function replaced(shape: Shape, axis: number, size: Dimension): Dimension[] {
  return shape.map((dimension, position) => (position === axis ? size : dimension));
}
