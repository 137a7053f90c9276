/**
 * The parts of a golden check: leaves from the file, outputs and gradients compared in float64.
 *
 * @module
 */
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import type { ModelShape, PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { input } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { goldenDifference } from "../golden/golden.ts";
import type { GoldenCase, GoldenTensor, GoldenTensors } from "../golden/golden.ts";
import { attendWith, contextOf, positionsOf, stored } from "./context.ts";
import type { Knowledge } from "./context.ts";

/** Differences by the name of the output or gradient. */
export type Differences = Readonly<Record<string, number>>;

/** How a check is run. */
export interface CheckOptions {
  readonly knowledge: Knowledge;
  /** Puts a fault into the encoding, which the check must then see. */
  readonly mutate: (encoding: PositionEncoding) => PositionEncoding;
}

/** Answers one case of a golden file: the largest difference of every output and gradient compared. */
export type Check = (golden: GoldenCase, options: CheckOptions) => Differences;

/** What `test/encodings/checks/<id>.ts` exports. */
export interface CheckModule {
  readonly check: Check;
  /** Option sets that change what is computed; each gets the whole contract suite. */
  readonly variants?: readonly object[];
  /** Options without which it cannot be made in the tests' model; every variant has them too. */
  readonly needed?: object;
}

export const sizes: ModelShape = {
  model: 48,
  heads: 12,
  headDim: 4,
  layers: 2,
  vocab: 17,
  trainLength: 16,
  causal: true,
};

/** The option of that name, as the type the golden file gives it. */
export function option<Type>({ name, options }: GoldenCase, key: string): Type {
  if (!(key in options)) throw new Error(`golden case "${name}" has no option "${key}".`);
  return options[key] as Type;
}

/** The options of the case but these, which are none of the encoding. */
export function optionsBut({ options }: GoldenCase, ...names: readonly string[]): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

/** An input of the graph for every float tensor of the case that is named. */
export function leavesOf(inputs: GoldenTensors, names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, input(name, inputs[name]!.shape)]));
}

/** The model's sizes as the case's queries have them. */
export function sizesOf(golden: GoldenCase): ModelShape {
  const [, heads, , headDim] = golden.inputs["query"]!.shape as [number, number, number, number];
  return { ...sizes, heads, headDim, model: heads * headDim, causal: option(golden, "causal") };
}

/** Compares outputs and the gradients of `Σ output · cotangent` with the case. */
export function compare(
  golden: GoldenCase,
  leaves: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, { tensor: Tensor; cotangent?: string }>>,
  more: Readonly<Record<string, Tensor>> = {},
): Differences {
  const { inputs, gradients } = golden;
  const names = Object.keys(gradients);
  const differentiated = Object.values(outputs).flatMap(({ tensor, cotangent }) =>
    cotangent === undefined ? [] : [{ tensor, cotangent }],
  );
  // Cotangents are inputs, not constants: a constant would be rounded to float32.
  const cotangents = leavesOf(
    inputs,
    differentiated.map(({ cotangent }) => cotangent),
  );
  const found = vectorJacobian(
    differentiated.map(({ tensor }) => tensor),
    Object.values(cotangents),
    names.map((name) => {
      const tensor = leaves[name] ?? more[name];
      if (tensor === undefined) throw new Error(`golden: gradient of "${name}", which is no leaf.`);
      return tensor;
    }),
  );
  const given = new Map(
    Object.entries({ ...leaves, ...cotangents }).map(([name, tensor]) => [
      tensor,
      stored(inputs[name]!),
    ]),
  );
  const wanted: [string, Tensor, GoldenTensor][] = [
    ...Object.entries(outputs).map(([name, { tensor }]): [string, Tensor, GoldenTensor] => [
      name,
      tensor,
      golden.outputs[name]!,
    ]),
    ...names.map((name, at): [string, Tensor, GoldenTensor] => [
      `gradient of ${name}`,
      found[at]!,
      gradients[name]!,
    ]),
  ];
  const values = evaluate(
    wanted.map(([, tensor]) => tensor),
    given,
  );
  return Object.fromEntries(
    wanted.map(([name, , tensor], at) => [name, goldenDifference(values[at]!.data, tensor)]),
  );
}

/**
 * A case with `query`, `key`, `value` (and `x`, the layer's input at all keys, if the file has it),
 * whose output is `output` with `cotangent`. Keys have positions 0, 1, 2, …, queries the last of them.
 * `renamed` maps an input of the file to the parameter it is: a name of the encoding's, or
 * `attention.query.weight` and its like.
 */
export function attention(
  golden: GoldenCase,
  encoding: PositionEncoding,
  { knowledge }: CheckOptions,
  renamed: Readonly<Record<string, string>> = {},
): Differences {
  const { inputs } = golden;
  const [, heads, rows, headDim] = inputs["query"]!.shape as [number, number, number, number];
  const columns = inputs["key"]!.shape[2]!;
  const places = [...Array(columns).keys()];
  const { context, parameters } = contextOf(
    encoding,
    positionsOf(places.slice(columns - rows), knowledge),
    {
      causal: option(golden, "causal"),
      keys: positionsOf(places, knowledge),
      heads,
      model: heads * headDim,
    },
  );
  const hasInput = inputs["x"] !== undefined;
  const given = leavesOf(inputs, ["query", "key", "value", ...(hasInput ? ["x"] : [])]);
  const leaves: Record<string, Tensor> = { ...given };
  for (const [name, parameter] of Object.entries(renamed))
    leaves[name] = parameters.find(`blocks.0.${parameter}`) ?? parameters.get(parameter);
  const { output, scores } = attendWith(encoding, context, {
    query: given["query"]!,
    key: given["key"]!,
    value: given["value"]!,
    ...(hasInput && { x: given["x"]! }),
  });
  return compare(golden, leaves, {
    output: { tensor: output, cotangent: "cotangent" },
    // Masked scores: a golden file keeps −1e30, or leaves the scores out.
    ...(golden.outputs["scores"] && { scores: { tensor: scores } }),
  });
}

/** NaN counts as the largest. */
export function largest(differences: Differences): number {
  return Object.values(differences).reduce((a, b) => (Number.isNaN(b) || b > a ? b : a), 0);
}
