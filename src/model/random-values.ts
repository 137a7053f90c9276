/**
 * Random values for the parameters of a model that is not trained, to ask what it computes.
 *
 * @module
 */
import type { Bounds } from "../operators/clamp.ts";
import { random } from "../random/random.ts";
import { elementCount } from "../tensor/shape.ts";
import type { Value } from "../tensor/tensor.ts";
import type { LanguageModel } from "./transformer.ts";

/**
 * Values for every parameter, exact in float32. Each encoding and matrix is large enough to matter:
 * with the small numbers a training starts from, a wrong encoding would hide in the rounding.
 *
 * @param known values of earlier models, which are not made again; new ones are added
 */
export function randomValues(
  model: Pick<LanguageModel, "parameters">,
  seed = 1,
  known: Map<string, Value> = new Map<string, Value>(),
): Map<string, Value> {
  return new Map(
    model.parameters.specs.map(({ name, shape, range }) => {
      const key = `${name} ${shape.join()} ${range?.min} ${range?.max} ${seed}`;
      const before = known.get(key);
      if (before !== undefined) return [name, before];
      const norm = /norm\d?\.weight$/.test(name);
      const spread = norm ? 0.1 : /(^|\.)position\./.test(name) ? 0.5 : shape[0]! ** -0.5;
      const values = random(seed, name).normalArray(elementCount(shape), spread);
      const placed = (x: number): number => Math.fround(reflected(x + +norm, range));
      const value = { shape, data: Float64Array.from(values, placed) };
      known.set(key, value);
      return [name, value];
    }),
  );
}

/** A number beyond a bound of the parameter's range, mirrored at it: at the bound itself is a kink. */
function reflected(x: number, { min = -Infinity, max = Infinity }: Bounds = {}): number {
  const above = x < min ? 2 * min - x : x;
  return above > max ? 2 * max - above : above;
}
