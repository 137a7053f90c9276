/**
 * Refuses a training whose state does not fit in memory, before it is compiled and allocated.
 *
 * @module
 */
import { gigabytes, howToRaise, memoryLimit } from "../memory.ts";
import { bytesPerNumber, largestInWords } from "../parameters/size.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { elementCount } from "../tensor/shape.ts";

/**
 * Compares parameters and moments with the memory. Each has two buffers while a step runs: one is read, the other written.
 *
 * @param shapes of everything that is kept, by name
 * @throws {RangeError} they need more; the message names the largest parameter
 */
export function refuseLargeState(
  specs: readonly ParameterSpec[],
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const numbers = [...shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const bytes = 2 * numbers * bytesPerNumber;
  if (bytes > memoryLimit())
    throw new RangeError(
      `training: parameters and the optimiser's state take ${gigabytes(bytes)}, and this machine has ` +
        `${gigabytes(memoryLimit())}. ${largestInWords(specs, "the encoding")} ${howToRaise}`,
    );
}
