/**
 * Shapes of state: what a slot may declare, and what it has in a run.
 *
 * @module
 */
import { inputName } from "../operators/source.ts";
import { isSymbol, resolveDimension } from "../tensor/dimension.ts";
import type { Bindings, Dimension } from "../tensor/dimension.ts";
import { elementCount, printShape, sameShape, ShapeError } from "../tensor/shape.ts";
import type { GrowingSlot, StateSlot } from "./session.ts";

/**
 * Checks a slot's declaration.
 *
 * @throws {ShapeError} its shapes do not fit its kind
 * @throws {TypeError} it is not float32, or `current` is no graph input
 */
export function checkSlot(name: string, slot: StateSlot): void {
  const { current } = slot;
  if (inputName(current) === undefined)
    throw new TypeError(
      `state "${name}": current is ${current.node.name}, no graph input. Make it with input().`,
    );
  if (current.dtype !== "float32")
    throw new TypeError(
      `state "${name}" is ${current.dtype}; state is float32. Give it to each run as an input.`,
    );
  if (slot.kind === "growing") {
    growingAxis(name, slot);
    checkRecent(name, slot);
    return;
  }
  numericShape(name, slot);
  if (slot.kind !== "readOnly" && !sameShape(current.shape, slot.next.shape))
    throw new ShapeError(
      `state "${name}" is ${printShape(current.shape)}, and what replaces it ` +
        `${printShape(slot.next.shape)}. Give both one shape, or declare the slot "growing".`,
    );
}

/** Checks the input for the recent part of a growing slot. */
function checkRecent(name: string, slot: GrowingSlot): void {
  const { current, recent, appends = false } = slot;
  if (recent === undefined) {
    if (!appends) return;
    throw new TypeError(
      `state "${name}": a run appends to \`recent\`, and there is none. Give it, or leave \`appends\` out.`,
    );
  }
  const axis = growingAxis(name, slot);
  const fits =
    inputName(recent) !== undefined &&
    recent.dtype === "float32" &&
    recent.shape.length === current.shape.length &&
    recent.shape.every((size, at) =>
      at === axis ? isName(size) && size !== current.shape[at] : size === current.shape[at],
    );
  if (!fits)
    throw new ShapeError(
      `state "${name}" ${printShape(current.shape)}: \`recent\` is ${recent.dtype} ${printShape(recent.shape)}. ` +
        `It must be a float32 input of that shape, with a symbol of its own in axis ${axis}.`,
    );
}

/** The shape of a slot that does not grow. */
export function numericShape(name: string, { current, kind = "replaced" }: StateSlot): number[] {
  return current.shape.map((dimension) => {
    if (typeof dimension === "number") return dimension;
    throw new ShapeError(
      `state "${name}" ${printShape(current.shape)} has the symbol "${dimension}"; ` +
        `${kind} state needs numbers. Give a number, or declare the slot "growing".`,
    );
  });
}

/** The axis along which a slot grows. Another axis may change from one symbol to another, as when a graph chooses rows of a batch. */
export function growingAxis(name: string, slot: GrowingSlot): number {
  const { current, recent, next, appends } = slot;
  const [before, after] = [(appends && recent ? recent : current).shape, next.shape];
  const differing = [...before.keys()].filter((axis) => before[axis] !== after[axis]);
  const grown = differing.filter((axis) => !(isName(before[axis]) && isName(after[axis])));
  const axes = differing.length === 1 ? differing : grown;
  const [axis] = axes;
  if (
    before.length !== after.length ||
    axes.length !== 1 ||
    !isName(before[axis!]) ||
    !differing.every((at) => isName(before[at]))
  )
    throw new ShapeError(
      `state "${name}" grows from ${printShape(before)} to ${printShape(after)}: one axis must ` +
        `differ, and it must be a symbol of its own at first, as in [2, past, 8] and [2, past+new, 8].`,
    );
  return axis!;
}

/** Whether a size is one symbol, and no number or sum. */
function isName(size: Dimension | undefined): boolean {
  return typeof size === "string" && isSymbol(size);
}

/** The symbol of the axis along which a slot grows, in one of its inputs; it is 0 before the first run. */
export function growingSymbol(name: string, slot: GrowingSlot, input = slot.current): string {
  return input.shape[growingAxis(name, slot)] as string;
}

/** The shape of a growing slot before the first run, in a run with these sizes. */
export function emptyShape(name: string, slot: GrowingSlot, bindings: Bindings): number[] {
  const axis = growingAxis(name, slot);
  return slot.current.shape.map((dimension, at) =>
    at === axis ? 0 : sizeOf(name, slot, dimension, bindings),
  );
}

function sizeOf(name: string, slot: StateSlot, size: Dimension, bindings: Bindings): number {
  try {
    return resolveDimension(size, bindings);
  } catch (cause) {
    throw new ShapeError(
      `state "${name}" ${printShape(slot.current.shape)}: no input of the run has the size "${size}". ` +
        `Give the graph an input with an axis of that name, or write the state first.`,
      { cause },
    );
  }
}

/**
 * Checks values that are written, and gives their shape.
 *
 * @throws {ShapeError} they do not fit the slot
 */
export function writtenShape(
  name: string,
  slot: StateSlot,
  data: Float32Array,
  given: readonly number[] | undefined,
): readonly number[] {
  const declared = printShape(slot.current.shape);
  if (slot.kind === "growing" && given === undefined)
    throw new ShapeError(
      `state "${name}" ${declared} grows, so its shape is not known. ` +
        `Give it: writeState(name, data, shape).`,
    );
  const shape = given ?? numericShape(name, slot);
  const fits =
    shape.length === slot.current.shape.length &&
    slot.current.shape.every((size, axis) => typeof size === "string" || size === shape[axis]) &&
    data.length === elementCount(shape);
  if (fits) return shape;
  throw new ShapeError(
    `state "${name}" is ${declared}, got ${data.length} values` +
      `${given ? ` as ${printShape(given)}` : ""}. Check the checkpoint.`,
  );
}
