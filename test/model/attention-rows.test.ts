import { describe, expect, test } from "vitest";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { recompute } from "../../src/autodiff/recompute.ts";
import type { EncodingDefinition, Positions } from "../../src/encodings/position-encoding.ts";
import { none } from "../../src/encodings/none.ts";
import { t5 } from "../../src/encodings/t5.ts";
import { attendByRows } from "../../src/model/attention-map.ts";
import { rowPlan, wholePlan } from "../../src/model/attention-rows.ts";
import type { RowPlan } from "../../src/model/attention-rows.ts";
import type { WindowRule } from "../../src/model/masks.ts";
import { attentionOperands } from "../../src/model/operands.ts";
import { sharedBias } from "../../src/model/scores.ts";
import { multiply } from "../../src/operators/arithmetic.ts";
import { cast } from "../../src/operators/cast.ts";
import { reshape } from "../../src/operators/movement.ts";
import { input, inputName } from "../../src/operators/source.ts";
import { dropoutSites } from "../../src/random/dropout.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { contextOf } from "../encodings/context.ts";
import { instances } from "../encodings/instances.ts";
import type { Instance } from "../encodings/instances.ts";

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

/** What an attention is given beside queries, keys and values. */
interface Setting {
  readonly name: string;
  /** Whether the graph knows that no position is left out. */
  readonly consecutive?: boolean;
  /** Positions of each text of the batch, `[batch, length]`, padding before the text. */
  readonly byRow?: boolean;
  readonly keyValueHeads?: number;
  readonly padded?: boolean;
  readonly window?: WindowRule;
  readonly documents?: boolean;
  readonly scoreCap?: number;
  readonly dropout?: number;
}

const plain: readonly Setting[] = [
  { name: "positions in order", consecutive: true },
  { name: "positions of any order", consecutive: false },
];
const masked: readonly Setting[] = [
  {
    name: "padding, window, documents, cap, grouped queries",
    padded: true,
    window: { back: 5, sinks: 1 },
    documents: true,
    scoreCap: 4,
    keyValueHeads: 1,
    consecutive: true,
  },
  { name: "left padding and dropout", padded: true, byRow: true, dropout: 0.4 },
];
const pads = [0, 3];
const ordered = (of: (pad: number, at: number) => number): Float64Array =>
  Float64Array.from({ length: batch * length }, (_, k) =>
    of(pads[Math.floor(k / length)]!, k % length),
  );

interface Case {
  readonly results: readonly Tensor[];
  readonly given: ReadonlyMap<Tensor, Value>;
}

/** Output and gradients of one causal attention. */
function attention(
  definition: EncodingDefinition,
  options: object,
  plan: RowPlan,
  setting: Setting,
): Case {
  const { consecutive, byRow, keyValueHeads = heads, padded, window, scoreCap } = setting;
  const sizes = { model, heads, headDim, layers: 1, vocab: 5, trainLength: length, causal: true };
  const encoding = definition.create(sizes, options);
  const given = new Map<Tensor, Value>();
  const whole = (name: string, dtype: "int32" | "bool", of: Float64Array): Tensor => {
    const size = of.length === batch * length ? [batch, length] : of.length === 1 ? [] : [length];
    const tensor = input(name, size, dtype);
    given.set(tensor, { shape: size, data: of });
    return tensor;
  };
  const places = byRow
    ? ordered((pad, at) => Math.max(0, at - pad))
    : Float64Array.from({ length }, (_, at) => at);
  const positions: Positions = { tensor: whole("positions", "int32", places), consecutive };
  const bare = contextOf(encoding, positions, { causal: true, heads, model });
  const { parameters } = bare;
  const context = padded
    ? {
        ...bare.context,
        keyMask: whole(
          "keyMask",
          "bool",
          ordered((pad, at) => +(at >= pad)),
        ),
      }
    : bare.context;
  const ids =
    setting.documents &&
    whole(
      "documents",
      "int32",
      ordered((pad, at) => +(at > 6 + pad)),
    );
  const masks = { window, documents: ids ? { queries: ids, keys: ids } : undefined };
  const dropout = setting.dropout && {
    rate: setting.dropout,
    site: dropoutSites(whole("seed", "int32", Float64Array.of(7))).site!(),
  };
  const sharedShape = [batch, keyValueHeads, length, headDim];
  const query = input("query", shape);
  const [key, value] = [input("key", sharedShape), input("value", sharedShape)];
  const x = input("x", [batch, length, model]);
  const fresh = { query, key, tokenState: encoding.tokenState?.(x, context) ?? {} };
  const { operands } = attentionOperands({ encoding, context, fresh });
  const attended = attendByRows(
    {
      ...{ encoding, operands, value, context, parameters, masks, scoreCap },
      dropout: dropout || undefined,
      shared: sharedBias({ encoding, context, masks, scoreCap }),
    },
    plan,
  );
  // A query that is padding has position 0 as the text's first token has, so what it sees depends on the plan.
  const output = context.keyMask
    ? multiply(attended, reshape(cast(context.keyMask, "float32"), [batch, 1, length, 1]))
    : attended;
  const cotangent = input("cotangent", shape);
  const leaves = [query, key, value, x, ...parameters.tensors];
  for (const tensor of [...leaves, cotangent]) {
    const size = tensor.shape as readonly number[];
    const count = size.reduce((a, b) => a * b, 1);
    const data = Float64Array.from(random(1, inputName(tensor)!).normalArray(count));
    given.set(tensor, { shape: size, data });
  }
  // Most encodings leave some leaves alone: the layer's input, its projections.
  const found = vectorJacobian([output], [cotangent], leaves).filter((dx) => dx !== undefined);
  return { results: [output, ...recompute(found, [output])], given };
}

/** Fails where a plan gives other numbers than the whole. */
function expectWhole(
  { definition, options }: Instance,
  plan: RowPlan,
  setting: Setting,
  expected: readonly Value[],
): void {
  const cut = attention(definition, options, plan, setting);
  const found = evaluate(cut.results, cut.given);
  expect(found.length).toBe(expected.length);
  found.forEach(({ data }, at) => {
    const wanted = expected[at]!.data;
    expect(data.length).toBe(wanted.length);
    const largest = data.reduce((most, x, k) => Math.max(most, Math.abs(x - wanted[k]!)), 0);
    expect(largest, `${plan.kind}, result ${at}`).toBeLessThan(5e-12);
  });
}

describe.each(instances)("$name", (instance) => {
  const { definition, options } = instance;
  const sizes = { model, heads, headDim, layers: 1, vocab: 5, trainLength: length, causal: true };
  const rowwise = definition.create(sizes, options).rowwise !== false;
  const wholeOf = (setting: Setting): Value[] => {
    const { results, given } = attention(definition, options, wholePlan, setting);
    return evaluate(results, given);
  };

  test.skipIf(!rowwise)("blocks of rows equal the whole", () => {
    const expected = wholeOf(plain[0]!);
    for (const plan of plans)
      for (const setting of plain) expectWhole(instance, plan, setting, expected);
  });

  test.skipIf(!rowwise).each(masked)("blocks of rows equal the whole with $name", (setting) => {
    const expected = wholeOf(setting);
    for (const plan of [plans[1]!, plans[3]!]) expectWhole(instance, plan, setting, expected);
  });
});

/** Dropped weights are exactly 0, so a mask of one's own would show in whole numbers. */
test("all plans drop the same weights, and another seed others", () => {
  const setting = { name: "dropout", dropout: 0.5 };
  const outputOf = (plan: RowPlan, seed: number): Float64Array => {
    const { results, given } = attention(none, {}, plan, setting);
    const at = new Map(given);
    for (const tensor of given.keys())
      if (inputName(tensor) === "seed") at.set(tensor, { shape: [], data: Float64Array.of(seed) });
    return evaluate([results[0]!], at)[0]!.data;
  };
  const whole = outputOf(wholePlan, 3);
  for (const plan of plans)
    outputOf(plan, 3).forEach((value, k) => expect(value).toBeCloseTo(whole[k]!, 12));
  const other = outputOf(wholePlan, 4);
  expect(other.filter((value, k) => Math.abs(value - whole[k]!) > 1e-3).length).toBeGreaterThan(
    other.length / 2,
  );
});

test.each([...plain.slice(0, 1), ...masked])(
  "the runtime agrees with the mapped form: $name",
  async (setting) => {
    const { results, given } = attention(t5, {}, { kind: "mapped", blocks: 4 }, setting);
    const program = await compile({
      inputs: [...given.keys()],
      outputs: Object.fromEntries(results.map((tensor, at) => [`result ${at}`, tensor])),
    });
    const arrays = { int32: Int32Array, float32: Float32Array, bool: Uint8Array };
    const outputs = await program.run(
      Object.fromEntries(
        [...given].map(([tensor, { shape, data }]) => [
          inputName(tensor)!,
          { shape, data: arrays[tensor.dtype].from(data) },
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
  },
);

test("short, odd and symbolic lengths stay whole", () => {
  expect(rowPlan("sequence").kind).toBe("whole");
  expect(rowPlan(128).kind).toBe("whole");
  expect(rowPlan(257).kind).toBe("whole");
  expect(rowPlan(256)).toEqual({ kind: "unrolled", blocks: 2, recomputeWeights: false });
  expect(rowPlan(512)).toEqual({ kind: "unrolled", blocks: 2, recomputeWeights: true });
  expect(rowPlan(4096)).toEqual({ kind: "mapped", blocks: 32 });
});
