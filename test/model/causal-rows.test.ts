import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { encodings } from "../../src/encodings/index.ts";
import type { EncodingContext, ParameterSpec } from "../../src/encodings/position-encoding.ts";
import { attendByRows, rowPlan } from "../../src/model/causal-rows.ts";
import type { RowPlan } from "../../src/model/causal-rows.ts";
import { distanceOf, scoreBias } from "../../src/model/score-bias.ts";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { sum } from "../../src/operators/reduction.ts";
import { softmaxMatmul } from "../../src/operators/softmax-matmul.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";

const length = 12;
const [batch, heads, headDim] = [2, 3, 4];
const shape = [batch, heads, length, headDim];

const plans: readonly RowPlan[] = [
  { kind: "unrolled", blocks: 2 },
  { kind: "unrolled", blocks: 3 },
  { kind: "mapped", blocks: 1 },
  { kind: "mapped", blocks: 4 },
];

/** Output and gradients of one causal attention with an encoding's bias. */
function attention(id: string, plan: RowPlan): { results: Tensor[]; given: Map<Tensor, Value> } {
  const definition = encodings.find((each) => each.id === id)!;
  const sizes = {
    model: heads * headDim,
    heads,
    headDim,
    layers: 1,
    vocab: 5,
    trainLength: length,
  };
  const encoding = definition.create({ ...sizes, causal: true });
  const [query, key, value] = ["query", "key", "value"].map((name) => input(name, shape));
  const positions = { tensor: input("positions", [length], "int32") };
  const learnt = encoding.bias ? encoding.parameters : [];
  const parameters = new Map(learnt.map(({ name, shape }) => [name, input(name, shape)]));
  const context: EncodingContext = {
    queries: positions,
    keys: positions,
    distance: distanceOf(positions.tensor, positions.tensor),
    causal: true,
    parameter: (name) => parameters.get(name)!,
    dropout: (x) => x,
  };
  const output = attendByRows(
    {
      query: query!,
      key: key!,
      value: value!,
      encoding,
      context,
      bias: scoreBias(encoding, context),
      weigh: (rows, keys, values, bias) =>
        softmaxMatmul(add(matmul(rows, keys, { transposeB: true, scale: 0.5 }), bias!), values)
          .output,
    },
    plan,
  );
  const cotangent = input("cotangent", shape);
  const wanted = [query!, key!, value!, ...parameters.values()];
  const draw = (name: string, size: readonly number[]): Value => ({
    shape: size,
    data: Float64Array.from(random(1, name).normalArray(size.reduce((a, b) => a * b, 1))),
  });
  const given = new Map<Tensor, Value>([
    ...(["query", "key", "value"] as const).map((name, at): [Tensor, Value] => [
      [query!, key!, value!][at]!,
      draw(name, shape),
    ]),
    [cotangent, draw("cotangent", shape)],
    [positions.tensor, { shape: [length], data: Float64Array.from({ length }, (_, at) => at) }],
    ...learnt.map((spec: ParameterSpec): [Tensor, Value] => [
      parameters.get(spec.name)!,
      draw(spec.name, spec.shape),
    ]),
  ]);
  return { results: [output, ...gradients(sum(multiply(output, cotangent)), wanted)], given };
}

describe.each(encodings.map(({ id }) => id))("%s", (id) => {
  test.each(plans)("$kind in $blocks blocks equals the whole, with gradients", (plan) => {
    const whole = attention(id, { kind: "whole", blocks: 1 });
    const cut = attention(id, plan);
    const expected = evaluate(whole.results, whole.given);
    evaluate(cut.results, cut.given).forEach((value, at) =>
      value.data.forEach((number, k) => expect(number).toBeCloseTo(expected[at]!.data[k]!, 12)),
    );
  });
});

test("the runtime agrees with the mapped form", async () => {
  const { results, given } = attention("t5", { kind: "mapped", blocks: 4 });
  const program = await compile({
    inputs: [...given.keys()],
    outputs: Object.fromEntries(results.map((tensor, at) => [`result ${at}`, tensor])),
  });
  const outputs = await program.run(
    Object.fromEntries(
      [...given].map(([tensor, { shape, data }]) => [
        tensor.node.attributes["name"] as string,
        { shape, data: tensor.dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data) },
      ]),
    ),
  );
  await program.dispose();
  evaluate(results, given).forEach(({ data }, at) =>
    data.forEach((number, k) => {
      const found = outputs[`result ${at}`]!.data[k]!;
      expect(Math.abs(found - number)).toBeLessThan(2e-5 * Math.max(1, Math.abs(number)));
    }),
  );
});

test("short, odd and symbolic lengths stay whole", () => {
  expect(rowPlan("sequence").kind).toBe("whole");
  expect(rowPlan(128).kind).toBe("whole");
  expect(rowPlan(257).kind).toBe("whole");
  expect(rowPlan(256)).toEqual({ kind: "unrolled", blocks: 2 });
  expect(rowPlan(4096)).toEqual({ kind: "mapped", blocks: 32 });
});
