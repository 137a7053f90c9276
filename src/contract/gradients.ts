/**
 * Gradients against finite differences, along random directions, in float64.
 *
 *     first order    ⟨∇loss, u⟩        by the rules and by differences of the loss
 *     second order   ⟨∇⟨∇loss, v⟩, u⟩   by the rules and by differences of ⟨∇loss, v⟩
 *
 * Where a piecewise function has a kink between the points of a difference, that one attempt is off; a
 * wrong rule is off in every attempt. So the best of a few counts, the last with a step so short that
 * thousands of kinks seldom have one in its way.
 *
 * @module
 */
import { gradients } from "../autodiff/gradients.ts";
import { ownedSpecs } from "../model/context.ts";
import { add, multiply } from "../operators/arithmetic.ts";
import { sum } from "../operators/reduction.ts";
import { constant } from "../operators/source.ts";
import { random } from "../random/random.ts";
import { evaluate } from "../tensor/evaluate.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";
import { above, below, holds } from "./check.ts";
import type { ContractCheck, Measure, Subject } from "./check.ts";
import { given, lossAndGradients, randomTokens } from "./small-model.ts";

const attempts = [
  { seed: 9, step: 1e-4 },
  { seed: 10, step: 1e-5 },
  { seed: 11, step: 1e-4 },
  { seed: 12, step: 1e-7 },
] as const;

/** First order: each learned tensor of the encoding, and all tensors of the model together. */
export const firstOrder: ContractCheck = {
  name: "gradient",
  asks: "gradients agree with finite differences",
  run(subject) {
    const { loss, groups, at, vanishes } = graphOf(subject, 2, 7);
    const measures = groups.flatMap(({ name, parameters }) => {
      const derived = gradients(loss, parameters);
      const { error, size } = compared(loss, derived, parameters, at, name);
      if (vanishes.has(name)) return [below(`size of the gradient of ${name}`, size, 1e-12)];
      return [
        above(`size of the gradient of ${name}`, size, 1e-6),
        below(`gradient of ${name}, relative error`, error, 1e-6),
      ];
    });
    const found = worstOf(measures);
    return {
      measures: found,
      faults: found.filter((measure) => !holds(measure)).map((measure) => causeOf(measure)),
    };
  },
};

/** Why a gradient is 0 or wrong, and what to do. */
function causeOf({ must, what }: Measure): string {
  return must === "above"
    ? `Nothing depends on it (${what}): a hook multiplies it by 0, rounds it (floor, comparisons), or adds it to all keys of ` +
        "a query alike, which the softmax does not see; declare rowConstant: true where that is meant."
    : "Some gradient rule differs from its operator's evaluate: look at operators made with defineOperator. Steps and kinks " +
        "(floor, clamp, comparisons) have no gradient that differences would find.";
}

/** Second order, for the encoding's tensors together and for all of the model. */
export const secondOrder: ContractCheck = {
  name: "second order",
  asks: "gradients of gradients agree with finite differences",
  run(subject) {
    const { loss, groups, at, own } = graphOf(subject, 1, 5);
    const all = groups.at(-1)!;
    const chosen = own.length > 0 ? [{ name: "its tensors", parameters: own }, all] : [all];
    const measures = chosen.map(({ name, parameters }) => {
      const slope = along(gradients(loss, parameters), directions(parameters, 5, name));
      const derived = gradients(slope, parameters);
      const { error } = compared(slope, derived, parameters, at, name);
      return below(`second order of ${name}, relative error`, error, 1e-6);
    });
    return {
      measures,
      faults: measures.every(holds)
        ? []
        : [
            "The first gradients are right, their own gradients are not: a gradient rule made with defineOperator must itself be " +
              "made of operators whose gradients are right.",
          ],
    };
  },
};

interface Graph {
  readonly loss: Tensor;
  readonly at: ReadonlyMap<Tensor, Value>;
  /** Each tensor of the encoding, then all of the model. */
  readonly groups: readonly { readonly name: string; readonly parameters: readonly Tensor[] }[];
  /** Names of tensors that the softmax does not see. */
  readonly vanishes: ReadonlySet<string>;
  /** The encoding's tensors. */
  readonly own: readonly Tensor[];
}

function graphOf({ model, values }: Subject, batch: number, length: number): Graph {
  const [tokens, targets] = [randomTokens(batch, length), randomTokens(batch, length, 3)];
  const { tokens: ids, loss } = lossAndGradients(model, tokens, targets);
  const specs = ownedSpecs(model.encoding.parameters, model.config.layers);
  const own = specs.map(({ name }) => ({ name, parameters: [model.parameters.get(name)] }));
  return {
    loss,
    at: given(model, values).set(ids, tokens),
    groups: [...own, { name: "the whole model", parameters: model.parameters.tensors }],
    vanishes: new Set(specs.filter(({ rowConstant }) => rowConstant).map(({ name }) => name)),
    own: own.flatMap(({ parameters }) => parameters),
  };
}

/** ⟨derived, direction⟩ against differences of `output` along it; relative to the size of `derived`. */
function compared(
  output: Tensor,
  derived: readonly Tensor[],
  parameters: readonly Tensor[],
  at: ReadonlyMap<Tensor, Value>,
  name: string,
): { readonly error: number; readonly size: number } {
  const values = evaluate(derived, at);
  const size = Math.sqrt(
    values.reduce((all, { data }) => all + data.reduce((sum, x) => sum + x * x, 0), 0),
  );
  let error = Infinity;
  for (const { seed, step: h } of attempts) {
    const direction = directions(parameters, seed, name);
    const shifted = (step: number): number => {
      const moved = new Map(at);
      parameters.forEach((parameter, k) => {
        const { shape, data } = at.get(parameter)!;
        moved.set(parameter, { shape, data: data.map((x, i) => x + step * direction[k]![i]!) });
      });
      return evaluate([output], moved)[0]!.data[0]!;
    };
    // Fourth order: the error of h⁴ stays below that of rounding.
    const numeric =
      (8 * (shifted(h) - shifted(-h)) - (shifted(2 * h) - shifted(-2 * h))) / (12 * h);
    const byRule = values.reduce(
      (all, { data }, k) => all + data.reduce((sum, x, i) => sum + x * direction[k]![i]!, 0),
      0,
    );
    const found = Math.abs(numeric - byRule) / size;
    if (Number.isNaN(found)) return { error: NaN, size };
    error = Math.min(error, found);
    if (error < 1e-6) break;
  }
  return { error, size };
}

function directions(parameters: readonly Tensor[], seed: number, name: string): Float32Array[] {
  return parameters.map(({ shape }, k) =>
    random(seed, name, k).normalArray(shape.reduce<number>((n, size) => n * (size as number), 1)),
  );
}

/** ⟨tensors, direction⟩ */
function along(tensors: readonly Tensor[], direction: readonly Float32Array[]): Tensor {
  return tensors
    .map((tensor, k) =>
      sum(multiply(tensor, constant(tensor.shape as readonly number[], direction[k]!))),
    )
    .reduce((a, b) => add(a, b));
}

/** Of many tensors, the smallest gradient and the largest error are enough to read. */
function worstOf(measures: readonly Measure[]): Measure[] {
  const worst = (must: Measure["must"]): Measure[] => {
    const [first, ...rest] = measures.filter((measure) => measure.must === must);
    const further = (a: number, b: number): boolean => (must === "below" ? b > a : b < a);
    return first === undefined
      ? []
      : [
          rest.reduce(
            (a, b) => (Number.isNaN(b.value) || further(a.value, b.value) ? b : a),
            first,
          ),
        ];
  };
  return [...worst("above"), ...worst("below")];
}
