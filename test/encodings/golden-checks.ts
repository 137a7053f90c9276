/**
 * How each encoding answers its golden file: one check a file, in float64 by `evaluate`.
 *
 * A check returns the largest difference of every output and gradient it compared. `mutate` puts a
 * fault into the encoding first; then a check must see it.
 *
 * @module
 */
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { alibi, slopes } from "../../src/encodings/alibi.ts";
import { anglesOf, geometricFrequencies } from "../../src/encodings/angles.ts";
import { distanceRow } from "../../src/encodings/distance-row.ts";
import { learned } from "../../src/encodings/learned.ts";
import { none } from "../../src/encodings/none.ts";
import type { ModelShape, PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { rope } from "../../src/encodings/rope.ts";
import { sinusoidal } from "../../src/encodings/sinusoidal.ts";
import { bucketRule, t5 } from "../../src/encodings/t5.ts";
import { gather, oneHot } from "../../src/operators/indexing.ts";
import { constant, input } from "../../src/operators/source.ts";
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
  readonly mutate: (encoding: PositionEncoding) => PositionEncoding;
}

type Check = (golden: GoldenCase, options: CheckOptions) => Differences;

const sizes: ModelShape = {
  model: 48,
  heads: 12,
  headDim: 4,
  layers: 2,
  vocab: 17,
  trainLength: 16,
  causal: true,
};

/** The option of that name, as the type the golden file gives it. */
function option<Type>({ name, options }: GoldenCase, key: string): Type {
  if (!(key in options)) throw new Error(`golden case "${name}" has no option "${key}".`);
  return options[key] as Type;
}

/** An input of the graph for every float tensor of the case that is named. */
function leavesOf(inputs: GoldenTensors, names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, input(name, inputs[name]!.shape)]));
}

/** Compares outputs and the gradients of `Σ output · cotangent` with the case. */
function compare(
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
    names.map((name) => leaves[name] ?? more[name]!),
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

function attention(
  golden: GoldenCase,
  encoding: PositionEncoding,
  { knowledge }: CheckOptions,
  renamed: Readonly<Record<string, string>> = {},
): Differences {
  const { inputs } = golden;
  const [, heads, length] = inputs["query"]!.shape as [number, number, number];
  const { context, parameters } = contextOf(
    encoding,
    positionsOf([...Array(length).keys()], knowledge),
    option(golden, "causal"),
  );
  const leaves: Record<string, Tensor> = leavesOf(inputs, ["query", "key", "value"]);
  for (const [name, parameter] of Object.entries(renamed)) leaves[name] = parameters.get(parameter);
  const output = attendWith(encoding, context, leaves["query"]!, leaves["key"]!, leaves["value"]!);
  if (encoding.parameters.length > 0 && encoding.parameters[0]!.shape.at(-1) !== heads)
    throw new Error("golden: the table does not fit the heads.");
  return compare(golden, leaves, { output: { tensor: output, cotangent: "cotangent" } });
}

function sizesOf(golden: GoldenCase): ModelShape {
  const [, heads, , headDim] = golden.inputs["query"]!.shape as [number, number, number, number];
  return { ...sizes, heads, headDim, model: heads * headDim, causal: option(golden, "causal") };
}

const checks: Readonly<Record<string, Check>> = {
  none: (golden, options) =>
    attention(golden, options.mutate(none.create(sizesOf(golden))), options),

  alibi(golden, options) {
    const { outputs } = golden;
    if (outputs["slopes"]) {
      const ours = slopes(option<number>(golden, "heads"));
      return { slopes: goldenDifference(ours, outputs["slopes"]) };
    }
    if (!outputs["bias"])
      return attention(golden, options.mutate(alibi.create(sizesOf(golden))), options);
    const heads = option<number>(golden, "heads");
    const encoding = options.mutate(alibi.create({ ...sizes, heads }));
    const known = [...Array(option<number>(golden, "length")).keys()];
    const { context } = contextOf(encoding, positionsOf(known, options.knowledge), false);
    return compare(golden, {}, { bias: { tensor: encoding.bias!(context) } });
  },

  t5(golden, options) {
    const shared = {
      buckets: option<number>(golden, "buckets"),
      maxDistance: option<number>(golden, "maxDistance"),
    };
    const causal = option<boolean>(golden, "causal");
    if (golden.outputs["bucket"]) {
      const rule = bucketRule(causal, shared.buckets, shared.maxDistance);
      const ours = golden.inputs["distance"]!.data.map(rule);
      return { bucket: goldenDifference(ours, golden.outputs["bucket"]) };
    }
    const scoreScale = option<number>(golden, "scoreScale");
    const make = (biasMultiplier: number): PositionEncoding =>
      options.mutate(t5.create(sizesOf(golden), { ...shared, scoreScale, biasMultiplier }));
    const encoding = make(option(golden, "biasMultiplier"));
    const result = attention(golden, encoding, options, { table: "position.t5.table" });
    // The file holds the bias before its multiplier.
    const plain = make(1);
    const positions = positionsOf(
      [...Array(golden.outputs["bias"]!.shape[1]).keys()],
      options.knowledge,
    );
    const { context, parameters } = contextOf(plain, positions, causal);
    const bias = plain.bias!(context);
    const table = new Map([[parameters.get("position.t5.table"), stored(golden.inputs["table"]!)]]);
    const [value] = evaluate([bias], table);
    return { ...result, bias: goldenDifference(value!.data, golden.outputs["bias"]!) };
  },

  rope(golden, options) {
    const { inputs } = golden;
    const [, heads, , headDim] = inputs["query"]!.shape as [number, number, number, number];
    const rotated = option<number>(golden, "rotatedDim");
    const base = option<number>(golden, "base");
    const layout = option<"half" | "interleaved">(golden, "layout");
    const encoding = options.mutate(
      rope.create({ ...sizes, heads, headDim }, { rotated, base, layout }),
    );
    const positions = positionsOf(inputs["positions"]!.data, options.knowledge);
    const { context } = contextOf(encoding, positions, true);
    const leaves = leavesOf(inputs, ["query", "key"]);
    const turned = (name: string): Tensor => encoding.rotate!(leaves[name]!, positions, context);
    const angles = anglesOf(positions, geometricFrequencies(rotated, base));
    return compare(golden, leaves, {
      cos: { tensor: angles.cosine },
      sin: { tensor: angles.sine },
      query: { tensor: turned("query"), cotangent: "query.cotangent" },
      key: { tensor: turned("key"), cotangent: "key.cotangent" },
    });
  },

  sinusoidal(golden, options) {
    const { inputs, outputs } = golden;
    const width = option<number>(golden, "width");
    const encoding = options.mutate(
      sinusoidal.create(
        { ...sizes, model: width },
        {
          layout: option(golden, "layout"),
          base: option(golden, "base"),
          embedScale: "embedScale" in golden.options ? "root-model" : "none",
        },
      ),
    );
    const { shape, data } = inputs["positions"]!;
    const { context } = contextOf(encoding, positionsOf(data, options.knowledge, shape), true);
    if (inputs["embeddings"]) {
      const leaves = leavesOf(inputs, ["embeddings"]);
      const output = encoding.embed!(leaves["embeddings"]!, context);
      return compare(golden, leaves, { output: { tensor: output, cotangent: "cotangent" } });
    }
    const zeros = constant([1, 1, width], new Float64Array(width));
    const [value] = evaluate([encoding.embed!(zeros, context)]);
    // Rows of padding are zeros in M2M100; here padding is the mask's affair.
    const padded = inputs["isPadding"]?.data;
    const ours = value!.data.map((x, at) => (padded?.[Math.floor(at / width)] ? 0 : x));
    return { output: goldenDifference(ours, outputs["output"]!) };
  },

  learned(golden, options) {
    const { inputs } = golden;
    const [maxLength, model] = inputs["table"]!.shape as [number, number];
    const encoding = options.mutate(learned.create({ ...sizes, model }, { maxLength }));
    const { shape, data } = inputs["positions"]!;
    const positions = positionsOf(data, options.knowledge, shape);
    const { context, parameters } = contextOf(encoding, positions, true);
    const leaves: Record<string, Tensor> = {
      ...leavesOf(inputs, ["embeddings"]),
      table: parameters.get("position.learned.table"),
    };
    const output = encoding.embed!(leaves["embeddings"]!, context);
    return compare(golden, leaves, { output: { tensor: output, cotangent: "cotangent" } });
  },

  "distance-row"(golden, options) {
    const { inputs, options: given } = golden;
    const { content, rank, vocab, ...rest } = given as Record<string, unknown> & {
      content: "embedding" | "one-hot";
      rank: number;
      vocab: number;
    };
    const oneHotTokens = content === "one-hot";
    const model = rank + (oneHotTokens ? vocab : inputs["tokens.weight"]!.shape[1]!);
    const hidden = inputs["hidden.bias"]?.shape[0];
    const encoding = options.mutate(
      distanceRow.create(
        { ...sizes, model, vocab, trainLength: 11 },
        { ...rest, width: rank, tokenInput: content, ...(hidden ? { hidden } : {}) },
      ),
    );
    const positions = positionsOf(inputs["positions"]!.data, options.knowledge);
    const { context, parameters } = contextOf(encoding, positions, true);
    const tokens = constant(inputs["tokens"]!.shape, inputs["tokens"]!.data, "int32");
    const leaves: Record<string, Tensor> = oneHotTokens ? {} : leavesOf(inputs, ["tokens.weight"]);
    for (const { name } of encoding.parameters)
      leaves[name.slice("position.distance-row.".length)] = parameters.get(name);
    const embeddings = oneHotTokens
      ? oneHot(tokens, vocab)
      : gather(leaves["tokens.weight"]!, tokens);
    const output = encoding.embed!(embeddings, context);
    // The file ends at the concatenation: a projection by the identity leaves it as it is.
    const identity = Array.from({ length: model * model }, (_, k) => +(k % (model + 1) === 0));
    const full: GoldenCase = oneHotTokens
      ? { ...golden, inputs: { ...inputs, project: { shape: [model, model], data: identity } } }
      : golden;
    return compare(
      full,
      leaves,
      { output: { tensor: output, cotangent: "cotangent" } },
      { embeddings },
    );
  },
};

/** The differences of one case of an encoding's file. */
export function checkGolden(id: string, golden: GoldenCase, options: CheckOptions): Differences {
  const check = checks[id];
  if (check === undefined)
    throw new Error(
      `encoding "${id}" has no golden check. Add one to test/encodings/golden-checks.ts.`,
    );
  return check(golden, options);
}

/** NaN counts as the largest. */
export function largest(differences: Differences): number {
  return Object.values(differences).reduce((a, b) => (Number.isNaN(b) || b > a ? b : a), 0);
}
