/**
 * First values of parameters, from the seed and the parameter's own name.
 *
 * Each parameter has a random stream of its own, so two models with the same seed share every tensor that
 * both have, whatever else they declare.
 *
 * @module
 */
import type { ParameterSpec } from "./spec.ts";
import { random } from "../random/random.ts";

/** The values of one parameter, float32, row-major, within its range. */
export function initialValues(spec: ParameterSpec, seed: number): Float32Array {
  const { min = -Infinity, max = Infinity } = spec.range ?? {};
  return drawnValues(spec, seed).map((value) => Math.min(Math.max(value, min), max));
}

function drawnValues({ name, shape, initial }: ParameterSpec, seed: number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const stream = random(seed, "parameter", name);
  switch (initial.kind) {
    case "zeros":
      return new Float32Array(count);
    case "ones":
      return new Float32Array(count).fill(1);
    case "normal":
      return stream
        .normalArray(count, initial.deviation)
        .map((value) => value + (initial.mean ?? 0));
    case "uniform":
      return stream.uniformArray(count, initial.from ?? -initial.bound, initial.bound);
    case "values":
      if (initial.values.length !== count)
        throw new RangeError(
          `parameters: ${name} has ${count} elements but ${initial.values.length} initial values.`,
        );
      return Float32Array.from(initial.values);
  }
}
