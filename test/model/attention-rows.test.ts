import { describe, expect, test } from "vitest";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { recompute } from "../../src/autodiff/recompute.ts";
import type { EncodingDefinition, Positions } from "../../src/encodings/position-encoding.ts";
import { t5 } from "../../src/encodings/t5.ts";
import { attendByRows } from "../../src/model/attention-map.ts";
import { rowPlan } from "../../src/model/attention-rows.ts";
import type { RowPlan } from "../../src/model/attention-rows.ts";
import { attentionOperands } from "../../src/model/operands.ts";
import { sharedBias } from "../../src/model/scores.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { contextOf } from "../encodings/context.ts";
import { instances } from "../encodings/instances.ts";

const length = 12;
const [batch, heads, headDim] = [2, 3, 8];
const model = heads * headDim;
const shape = [batch, heads, length, headDim];

const plans: readonly RowPlan[] = [
  { kind: "unrolled", blocks: 2 },
  { kind: "unrolled", blocks: 3, recomputeWeights: true },
  { kind: "mapped", blocks: 1 },
  { kind: "mapped", blocks: 4 },
];

interface Case {
  readonly results: readonly Tensor[];
  readonly given: ReadonlyMap<Tensor, Value>;
}

/** Output and gradients of one causal attention; positions are told or not. */
function attention(
  definition: EncodingDefinition,
  options: object,
  plan: RowPlan,
  consecutive = true,
): Case {
  const sizes = { model, heads, headDim, layers: 1, vocab: 5, trainLength: length, causal: true };
  const encoding = definition.create(sizes, options);
  const positions: Positions = { tensor: input("positions", [length], "int32"), consecutive };
  const { context, parameters } = contextOf(encoding, positions, { causal: true, heads, model });
  const [query, key, value] = ["query", "key", "value"].map((name) => input(name, shape));
  const x = input("x", [batch, length, model]);
  const fresh = { query: query!, key: key!, tokenState: encoding.tokenState?.(x, context) ?? {} };
  const { operands } = attentionOperands({ encoding, context, fresh });
  const output = attendByRows(
    {
      encoding,
      operands,
      value: value!,
      context,
      shared: sharedBias({ encoding, context }),
      parameters,
    },
    plan,
  );
  const cotangent = input("cotangent", shape);
  const leaves = [query!, key!, value!, x, ...parameters.tensors];
  const draw = (tensor: Tensor): Value => {
    const size = tensor.shape as readonly number[];
    const name = tensor.node.attributes["name"] as string;
    const count = size.reduce((a, b) => a * b, 1);
    return { shape: size, data: Float64Array.from(random(1, name).normalArray(count)) };
  };
  const given = new Map<Tensor, Value>([
    ...[...leaves, cotangent].map((tensor): [Tensor, Value] => [tensor, draw(tensor)]),
    [positions.tensor, { shape: [length], data: Float64Array.from({ length }, (_, at) => at) }],
  ]);
  // Most encodings leave some leaves alone: the layer's input, its projections.
  const found = vectorJacobian([output], [cotangent], leaves).filter((dx) => dx !== undefined);
  return { results: [output, ...recompute(found, [output])], given };
}

describe.each(instances)("$name", ({ definition, options }) => {
  const sizes = { model, heads, headDim, layers: 1, vocab: 5, trainLength: length, causal: true };
  const whole = attention(definition, options, { kind: "whole", blocks: 1 });
  const expected = evaluate(whole.results, whole.given);
  const rowwise = definition.create(sizes, options).rowwise !== false;

  test.skipIf(!rowwise).each(plans)("$kind in $blocks blocks equals the whole", (plan) => {
    for (const consecutive of [true, false]) {
      const cut = attention(definition, options, plan, consecutive);
      evaluate(cut.results, cut.given).forEach((value, at) =>
        value.data.forEach((number, k) => expect(number).toBeCloseTo(expected[at]!.data[k]!, 11)),
      );
    }
  });
});

test("the runtime agrees with the mapped form", async () => {
  const { results, given } = attention(t5, {}, { kind: "mapped", blocks: 4 });
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
  expect(rowPlan(256)).toEqual({ kind: "unrolled", blocks: 2, recomputeWeights: false });
  expect(rowPlan(512)).toEqual({ kind: "unrolled", blocks: 2, recomputeWeights: true });
  expect(rowPlan(4096)).toEqual({ kind: "mapped", blocks: 32 });
});
