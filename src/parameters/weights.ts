/**
 * Values of parameters, and the check that they fit a model.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { printShape } from "../tensor/shape.ts";
import type { ParameterSpec } from "./spec.ts";

/** Values by parameter name, float32, row-major. */
export type Weights = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array }
>;

/** How the names begin of what a checkpoint keeps of its optimiser, beside the parameters. */
export const optimiserPrefix = "optimiser.";

/** What becomes of tensors that are no parameters. */
export type Others = "left out" | "an error" | "an error, the optimiser's too";

/** How values are compared with parameters. */
export interface FitOptions {
  /** Who speaks in the message. Default "weights". */
  readonly speaker?: string;
  /** Whether tensors that are no parameters are left out, or are an error. Default "left out". */
  readonly others?: Others;
}

const names: NamesOf<FitOptions> = { speaker: true, others: true };

/**
 * The values of the declared parameters, in their order.
 *
 * @throws {RangeError} values are missing, of another shape or too many; the message names the first of each kind
 */
export function fittingWeights(
  specs: readonly ParameterSpec[],
  weights: Weights,
  options: FitOptions = {},
): [name: string, value: { readonly shape: readonly number[]; readonly data: Float32Array }][] {
  refuseUnknownNames("fittingWeights", options, names);
  const { speaker = "weights", others = "left out" } = options;
  if (misfitOf(specs, weights, others) !== undefined)
    throw new RangeError(
      `${speaker}: these weights are of another model. ${misfitOf(specs, weights)} ` +
        `Give the weights of this model, or make the model with the encoding, options and sizes they were trained with.`,
    );
  return specs.map(({ name, shape }) => {
    const value = weights.get(name)!;
    const size = shape.reduce((product, length) => product * length, 1);
    if (value.data.length !== size)
      throw new RangeError(
        `${speaker}: "${name}" holds ${value.data.length} values, and its shape ${printShape(shape)} needs ${size}. ` +
          `Read these weights again.`,
      );
    return [name, value];
  });
}

/**
 * What of some tensors is not as expected, a sentence for each kind of fault with the first tensor of that kind;
 * undefined where all fit.
 */
export function misfitOf(
  expected: Iterable<{ readonly name: string; readonly shape: readonly number[] }>,
  given: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  others: Others = "an error",
): string | undefined {
  const shapes = new Map(Array.from(expected, ({ name, shape }) => [name, shape]));
  const missing: string[] = [];
  const reshaped: string[] = [];
  for (const [name, shape] of shapes) {
    const own = given.get(name)?.shape;
    if (own === undefined) missing.push(`${name} ${printShape(shape)}`);
    else if (own.join() !== shape.join())
      reshaped.push(`${name} is ${printShape(own)} and must be ${printShape(shape)}`);
  }
  const extra =
    others === "left out"
      ? []
      : [...given]
          .filter(([name]) => !shapes.has(name))
          .filter(([name]) => others !== "an error" || !name.startsWith(optimiserPrefix))
          .map(([name, { shape }]) => `${name} ${printShape(shape)}`);
  const sentences = [
    ["Missing", missing],
    ["Too many", extra],
    ["Of another shape", reshaped],
  ] as const;
  return (
    sentences
      .filter(([, found]) => found.length > 0)
      .map(([what, [first, ...more]]) => `${what}: ${first}${andMore(more.length)}.`)
      .join(" ") || undefined
  );
}

function andMore(count: number): string {
  return count === 0 ? "" : ` and ${count} more`;
}
