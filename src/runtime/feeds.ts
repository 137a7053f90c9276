/**
 * Inputs of a run against their declaration.
 *
 * @module
 */
import type { IndexLimit } from "../operators/index-limits.ts";
import { inputName } from "../operators/source.ts";
import { firstOutside, placeInWords } from "../tensor/indices.ts";
import { elementCount, printShape, ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { stateInputs } from "./session.ts";
import type { HostTensor, StateSlot } from "./session.ts";

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * Checks one input of a run.
 *
 * @throws {ShapeError} it is missing, or of another type or shape
 */
export function checkFeed(
  name: string,
  tensor: Tensor,
  feed: HostTensor | undefined,
  given: readonly string[],
): asserts feed is HostTensor {
  const wanted = `${tensor.dtype} ${printShape(tensor.shape)}`;
  if (feed === undefined)
    throw new ShapeError(
      `run: input "${name}" (${wanted}) is missing; given: ${given.join(", ") || "nothing"}.`,
    );
  const fits =
    feed.shape.length === tensor.shape.length &&
    tensor.shape.every((size, axis) => typeof size === "string" || size === feed.shape[axis]) &&
    feed.data.length === elementCount(feed.shape) &&
    feed.data instanceof arrayTypes[tensor.dtype];
  if (!fits)
    throw new ShapeError(
      `run: input "${name}" takes ${wanted}, got ${feed.data.constructor.name} of ` +
        `${feed.data.length} as ${printShape(feed.shape)}.`,
    );
}

/**
 * Checks the numbers of an input that chooses entries of an axis, and those of a bool input, which are 0 and 1.
 *
 * @throws {RangeError} one is outside: a device takes −1 as the last entry, and may read beyond an axis
 */
export function checkNumbers(
  name: string,
  { dtype }: Tensor,
  { shape, data }: HostTensor,
  limit: IndexLimit | undefined,
): void {
  if (dtype === "float32" || (dtype === "int32" && limit === undefined)) return;
  const entries = limit?.entries ?? 2;
  const at = firstOutside(data, entries);
  if (at < 0) return;
  const found = `run: input "${name}" has ${data[at]} at ${placeInWords(at, shape)}`;
  if (limit === undefined)
    throw new RangeError(`${found}; it is bool, whose numbers are 0 and 1. Give 1 for true.`);
  throw new RangeError(
    `${found}, and ${limit.node} chooses by it ` +
      (entries === Infinity ? "" : `from ${entries} entries, `) +
      `whose numbers are ${entries === Infinity ? "0 or more" : `0 to ${entries - 1}`}. ` +
      `Check what the numbers were made with: for token ids, the model's own tokenizer.`,
  );
}

/**
 * Refuses feeds for what the program keeps itself.
 *
 * @throws {RangeError} a feed has the name of a state slot's input
 */
export function refuseStateFeeds(
  given: readonly string[],
  slots: Readonly<Record<string, StateSlot>>,
): void {
  for (const [name, slot] of Object.entries(slots))
    for (const input of stateInputs(slot).map((tensor) => inputName(tensor)!))
      if (given.includes(input))
        throw new RangeError(
          `run: "${input}" is ${slot.kind ?? "replaced"} state of the program, not an input of a run. ` +
            `Leave it out, or set it with writeState("${name}", …).`,
        );
}
