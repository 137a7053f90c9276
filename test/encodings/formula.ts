/**
 * Golden cases in TypeScript: an encoding's own formula, written out in plain float64 loops.
 *
 * A file `test/encodings/golden/<id>.ts` exports what `formulaGolden` returns:
 *
 *     export const golden = formulaGolden("learned-slope", {
 *       parameters: { slope: "position.learned-slope.slope" },
 *       score: ({ dot, scale, distance, head }, { slope }) => scale * dot - slope![head]! * Math.abs(distance),
 *       cases: [{ name: "3 heads, length 7", heads: 3, headDim: 4, length: 7 }],
 *     });
 *
 * Outputs are compared as those of other golden files. Gradients are central differences of the formula, of fourth
 * order, and are compared at the tolerance that a case states.
 *
 * @module
 */
import { random } from "../../src/random/random.ts";
import type { GoldenCase, GoldenFile, GoldenTensor } from "../golden/golden.ts";

/** Numbers of each learned tensor, flat and row-major, by the names of `parameters`. */
export type Learned = Readonly<Record<string, Float64Array>>;

/** One pair of a query and a key. */
export interface Pair {
  readonly head: number;
  /** Positions; keys are 0, 1, 2, …, and queries are the last of them. */
  readonly i: number;
  readonly j: number;
  /** `i − j` */
  readonly distance: number;
  /** `[headDim]` each. */
  readonly query: Float64Array;
  readonly key: Float64Array;
  /** Their product, without a scale. */
  readonly dot: number;
  /** `headDim^−½` */
  readonly scale: number;
  readonly heads: number;
  /** What `create` is given. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Sizes and options of a case. */
export interface FormulaCase {
  readonly name: string;
  readonly heads: number;
  readonly headDim: number;
  /** Keys. */
  readonly length: number;
  /** Default: as many as keys. */
  readonly queries?: number;
  /** Default true. */
  readonly causal?: boolean;
  /** Options of the encoding. Default: none. */
  readonly encoding?: Readonly<Record<string, unknown>>;
  /** Shapes of the learned tensors, by the names of `parameters`. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Of the gradients. Default 1e-9; larger where the formula has a kink near the numbers of the case. */
  readonly tolerance?: number;
}

/** An encoding's formula. */
export interface Formula {
  /** Full names of its learned tensors, by short names. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The score of a pair before the mask. */
  score(pair: Pair, learned: Learned): number;
  readonly cases: readonly FormulaCase[];
  /** Options without which the tests' small model cannot have it. */
  readonly needed?: object;
  /** Sets of options for the contract. Default: those of the cases. */
  readonly variants?: readonly object[];
}

/** A golden source in TypeScript. */
export interface FormulaGolden extends GoldenFile {
  readonly needed?: object;
  readonly variants?: readonly object[];
}

/** The cases of a formula, with inputs from the random stream of the encoding and the case. */
export function formulaGolden(id: string, formula: Formula): FormulaGolden {
  const { needed, variants } = formula;
  return {
    source: { repository: "none", file: `test/encodings/golden/${id}.ts`, versions: {} },
    cases: formula.cases.map((each) => answered(id, formula, each)),
    ...(needed && { needed }),
    ...(variants && { variants }),
  };
}

type Inputs = Record<string, { readonly shape: readonly number[]; readonly data: Float64Array }>;

function answered(id: string, formula: Formula, each: FormulaCase): GoldenCase {
  const { name, heads, headDim, length, queries = length, causal = true } = each;
  const { encoding = {}, shapes = {}, tolerance = 1e-9 } = each;
  const sizes: Record<string, readonly number[]> = {
    query: [1, heads, queries, headDim],
    key: [1, heads, length, headDim],
    value: [1, heads, length, headDim],
    cotangent: [1, heads, queries, headDim],
    ...shapes,
  };
  const inputs: Inputs = Object.fromEntries(
    Object.entries(sizes).map(([tensor, shape]) => {
      const count = shape.reduce((a, b) => a * b, 1);
      const sampled = random(1, id, name, tensor).normalArray(count);
      return [tensor, { shape, data: Float64Array.from(sampled) }];
    }),
  );
  const run = (): Attended => attend(formula, each, inputs);
  const { scores, output } = run();
  const loss = (): number => {
    const { data } = inputs["cotangent"]!;
    return run().output.reduce((sum, value, at) => sum + value * data[at]!, 0);
  };
  const leaves = Object.keys(inputs).filter((tensor) => tensor !== "cotangent");
  return {
    name,
    options: { causal, encoding, parameters: formula.parameters ?? {} },
    inputs: Object.fromEntries(Object.entries(inputs).map(([at, input]) => [at, stored(input)])),
    outputs: {
      scores: stored({ shape: [1, heads, queries, length], data: scores }),
      output: stored({ shape: sizes["cotangent"]!, data: output }),
    },
    gradients: Object.fromEntries(
      leaves.map((tensor) => [tensor, differences(inputs[tensor]!, loss)]),
    ),
    tolerance,
  };
}

interface Attended {
  readonly scores: Float64Array;
  readonly output: Float64Array;
}

/** Scores with the mask where a key is in the future, their softmax, and its product with the values. */
function attend(formula: Formula, each: FormulaCase, inputs: Inputs): Attended {
  const { heads, headDim, length, queries = length, causal = true, encoding = {} } = each;
  const [query, key, value] = ["query", "key", "value"].map((name) => inputs[name]!.data);
  const learned = Object.fromEntries(
    Object.keys(formula.parameters ?? {}).map((name) => [name, inputs[name]!.data]),
  );
  const row = (data: Float64Array, head: number, at: number, rows: number): Float64Array =>
    data.subarray((head * rows + at) * headDim, (head * rows + at + 1) * headDim);
  const scores = new Float64Array(heads * queries * length);
  const output = new Float64Array(heads * queries * headDim);
  for (let head = 0; head < heads; head++)
    for (let at = 0; at < queries; at++) {
      const i = length - queries + at;
      const q = row(query!, head, at, queries);
      const first = (head * queries + at) * length;
      for (let j = 0; j < length; j++) {
        const k = row(key!, head, j, length);
        const dot = q.reduce((sum, x, c) => sum + x * k[c]!, 0);
        const pair = { head, i, j, distance: i - j, query: q, key: k, dot, heads };
        const scale = headDim ** -0.5;
        const score = formula.score({ ...pair, scale, options: encoding }, learned);
        scores[first + j] = score + (causal && j > i ? -1e30 * (j - i) : 0); // the model's mask
      }
      const own = scores.subarray(first, first + length);
      const most = own.reduce((a, b) => Math.max(a, b));
      const weights = own.map((score) => Math.exp(score - most));
      const total = weights.reduce((a, b) => a + b);
      for (let j = 0; j < length; j++)
        for (let c = 0; c < headDim; c++)
          output[(head * queries + at) * headDim + c]! +=
            (weights[j]! / total) * value![(head * length + j) * headDim + c]!;
    }
  return { scores, output };
}

/** `(8 (f(x + h) − f(x − h)) − (f(x + 2h) − f(x − 2h))) / 12h` for every number of an input. */
function differences(input: Inputs[string], loss: () => number): GoldenTensor {
  const step = 1e-3;
  const { data, shape } = input;
  const found = Array.from(data, (value, at) => {
    const moved = (by: number): number => {
      data[at] = value + by;
      const result = loss();
      data[at] = value;
      return result;
    };
    const near = moved(step) - moved(-step);
    const far = moved(2 * step) - moved(-2 * step);
    return (8 * near - far) / (12 * step);
  });
  return { shape, data: found };
}

function stored({ shape, data }: Inputs[string]): GoldenTensor {
  return { shape, data: Array.from(data) };
}
