/**
 * Gradients against finite differences.
 *
 * For each input, ⟨w, J t⟩ by central differences in float64 is compared with ⟨Jᵀ w, t⟩ by the gradient rules,
 * for a random w over the outputs and a random t over that input. It is repeated three times, because a single
 * draw could miss a fault by chance. Differences at h, h/2 and h/4 are extrapolated (Richardson), which leaves
 * an error of order h⁶.
 *
 * @module
 */
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { input } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { generator } from "./case.ts";

/** A computation with named inputs and their values. */
export interface Computation {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly values: Readonly<Record<string, Value>>;
  /** Float outputs only. */
  readonly outputs: readonly Tensor[];
}

/** A computation of the gradients of another; its inputs are those of the other and w. */
export interface Differentiated extends Computation {
  /** Names of the float32 inputs, in the order of `gradients`. */
  readonly names: readonly string[];
  /** w, one for each output of the first computation. */
  readonly weights: readonly Tensor[];
  /** Undefined where no output depends on the input. */
  readonly gradients: readonly (Tensor | undefined)[];
}

const step = 2 ** -7;
const draws = 3;

function random(shape: readonly number[], seed: number): Value {
  const next = generator(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  // Exact in float32, and at least 0.5 in magnitude, so that each element contributes.
  return {
    shape,
    data: Float64Array.from({ length: count }, () => {
      const drawn = next() - 0.5;
      return Math.fround(drawn + Math.sign(drawn) * 0.5);
    }),
  };
}

/** Jᵀ w for each float32 input, with w as further inputs, whose names begin with `label`. */
export function differentiate(
  { inputs, values, outputs }: Computation,
  label = "",
): Differentiated {
  // Differentiating twice adds a second w, so the name includes the number of inputs.
  const lead = `${label}w${Object.keys(inputs).length}`;
  const weights = outputs.map(({ shape }, at) => input(`${lead}.${at}`, shape));
  const names = Object.keys(inputs).filter((name) => inputs[name]!.dtype === "float32");
  const gradients = vectorJacobian(
    outputs,
    weights,
    names.map((name) => inputs[name]!),
  );
  const added = weights.map((w, at) => ({
    name: `${lead}.${at}`,
    w,
    value: random(w.shape as number[], 71 + at),
  }));
  return {
    inputs: { ...inputs, ...Object.fromEntries(added.map(({ name, w }) => [name, w])) },
    values: { ...values, ...Object.fromEntries(added.map(({ name, value }) => [name, value])) },
    outputs: gradients.filter((gradient) => gradient !== undefined),
    names,
    weights,
    gradients,
  };
}

/** The error of the gradient of each input, relative to the norms of w and J t. */
export function gradientErrors(computation: Computation): Record<string, number> {
  const { inputs, values, outputs } = computation;
  const { gradients, names, ...backward } = differentiate(computation);
  const errors: Record<string, number> = {};
  for (let draw = 0; draw < draws; draw++) {
    const ws = outputs.map(({ shape }, at) => random(shape as number[], 100 * draw + at));
    const given = new Map(Object.entries(inputs).map(([name, x]) => [x, values[name]!]));
    backward.weights.forEach((w, at) => given.set(w, ws[at]!));
    const byRule = evaluate(backward.outputs, given);

    names.forEach((name, position) => {
      const x = values[name]!;
      const t = random(x.shape, 100 * draw + 50 + position);
      const jt = directional(outputs, given, inputs[name]!, t);
      const numeric = jt.reduce((total, each, at) => total + dot(each, ws[at]!.data), 0);
      const found = gradients[position];
      const rule =
        found === undefined ? 0 : dot(byRule[backward.outputs.indexOf(found)]!.data, t.data);
      const scale = Math.sqrt(
        ws.reduce((total, { data }) => total + dot(data, data), 0) *
          jt.reduce((total, each) => total + dot(each, each), 0),
      );
      const error = Math.abs(rule - numeric) / Math.max(scale, 1e-6);
      errors[name] = Math.max(errors[name] ?? 0, error);
    });
  }
  return errors;
}

/** J t: the derivative of the outputs with respect to `x` in the direction `t`. */
function directional(
  outputs: readonly Tensor[],
  given: ReadonlyMap<Tensor, Value>,
  x: Tensor,
  t: Value,
): Float64Array[] {
  const origin = given.get(x)!;
  const moved = (h: number): Value[] => {
    const data = origin.data.map((value, k) => value + h * t.data[k]!);
    return evaluate(outputs, new Map(given).set(x, { shape: origin.shape, data }));
  };
  const difference = (h: number): Float64Array[] => {
    const [after, before] = [moved(h), moved(-h)];
    return after.map(({ data }, at) =>
      data.map((value, k) => (value - before[at]!.data[k]!) / (2 * h)),
    );
  };
  const [whole, half, quarter] = [difference(step), difference(step / 2), difference(step / 4)];
  return whole.map((first, at) =>
    first.map((value, k) => {
      const once = (4 * half[at]![k]! - value) / 3;
      const twice = (4 * quarter[at]![k]! - half[at]![k]!) / 3;
      return (16 * twice - once) / 15;
    }),
  );
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((total, value, k) => total + value * b[k]!, 0);
}
