/**
 * The encoder with a span head against Hugging Face's BertForQuestionAnswering (oracle/span_head.py).
 */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { learned } from "../../src/encodings/learned.ts";
import { encoderModelConfig } from "../../src/model/encoder-model.ts";
import type { EncoderModel } from "../../src/model/encoder-model.ts";
import { spanModel, spanScores } from "../../src/model/span-model.ts";
import { softmax } from "../../src/operators/softmax.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import { buildLoss } from "../../src/training/build-loss.ts";
import { spanObjective } from "../../src/training/span-objective.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenTensor } from "../golden/golden.ts";
import { expectEqual, tolerances, toValue } from "./compare-golden.ts";
import { positionsFrom } from "./small-model.ts";

interface Sizes {
  readonly vocab: number;
  readonly width: number;
  readonly heads: number;
  readonly hidden: number;
  readonly layers: number;
  readonly length: number;
  readonly normEpsilon: number;
}

const cases = readGolden("span-head").cases;
const batch = 3;

function modelOf({ length, width, ...sizes }: Sizes): EncoderModel {
  const bert = { form: "post", finalNorm: false, segments: 2, embeddingNorm: true } as const;
  return spanModel(encoderModelConfig({ ...sizes, model: width, ...bert }), learned, length);
}

describe("BertForQuestionAnswering", () => {
  test.each(cases)("$name", async ({ options, inputs, outputs, gradients: derived }) => {
    const sizes = options as unknown as Sizes;
    const { length } = sizes;
    const model = modelOf(sizes);
    const values = new Map<Tensor, Value>();
    const given = (name: string, dtype: Tensor["dtype"], stored = inputs[name]!): Tensor => {
      const tensor = input(name, stored.shape, dtype);
      values.set(tensor, toValue(stored));
      return tensor;
    };
    const texts = {
      tokens: given("tokens", "int32"),
      segments: given("segments", "int32"),
      keyMask: given("keyMask", "bool"),
    };
    const names = model.parameters.specs.map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(derived).toSorted());
    for (const name of names) values.set(model.parameters.get(name), toValue(inputs[name]!));

    const { start, end } = spanScores(model, { ...texts, positions: positionsFrom(0, length) });
    const places = { first: given("first", "int32"), last: given("last", "int32") };
    const answerable = given("answerable", "bool", everywhere(length));
    const positions = given("positions", "int32", {
      shape: [length],
      data: [...Array(length).keys()],
    });
    const objective = spanObjective(model, { batch, length });
    const scalars = { step: input("step", []), seed: input("seed", [], "int32") };
    const { loss } = buildLoss(objective, { ...texts, ...places, answerable, positions }, scalars);
    const found = gradients(loss, model.parameters.tensors);
    await expectEqual(
      [
        { name: "start", tensor: start, golden: outputs["start"]! },
        { name: "end", tensor: end, golden: outputs["end"]! },
        { name: "loss", tensor: loss, golden: outputs["loss"]! },
        ...names.map((name, at) => ({
          name: `gradient of ${name}`,
          tensor: found[at]!,
          golden: derived[name]!,
        })),
      ],
      values,
      { ...tolerances, run: 2e-5 },
    );
  });
});

describe("a span head", () => {
  const sizes = {
    vocab: 11,
    width: 12,
    heads: 3,
    hidden: 20,
    layers: 1,
    length: 7,
    normEpsilon: 1e-5,
  };
  const tokens = input("tokens", [batch, 7], "int32");
  const segments = input("segments", [batch, 7], "int32");
  const positions = positionsFrom(0, 7);

  test("gives no probability to a token that cannot be chosen, and its score counts nowhere", () => {
    const model = modelOf(sizes);
    const answerable = input("answerable", [batch, 7], "bool");
    const { start } = spanScores(model, { tokens, segments, positions, answerable });
    const allowed = [1, 0, 0, 1, 1, 1, 0];
    const values = new Map<Tensor, Value>([
      [
        tokens,
        valueOf(
          [batch, 7],
          Array.from({ length: 21 }, (_, at) => at % 11),
        ),
      ],
      [
        segments,
        valueOf(
          [batch, 7],
          Array.from({ length: 21 }, (_, at) => at % 2),
        ),
      ],
      [answerable, valueOf([batch, 7], [...allowed, ...allowed, ...allowed])],
      ...model.parameters.tensors.map((tensor, at): [Tensor, Value] => [tensor, drawn(tensor, at)]),
    ]);
    const [weights] = evaluate([softmax(start)], values);
    for (let row = 0; row < batch; row++) {
      const own = weights!.data.slice(7 * row, 7 * row + 7);
      expect([...own].map((weight) => (weight > 0 ? 1 : 0))).toEqual(allowed);
      expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    }
  });

  test("refuses masks and segments that do not fit, and misspelt names", () => {
    const model = modelOf(sizes);
    const narrow = input("answerable", [batch, 6], "bool");
    expect(() => spanScores(model, { tokens, segments, positions, answerable: narrow })).toThrow(
      "answerable must be bool [3, 7]",
    );
    expect(() => spanScores(model, { tokens, positions })).toThrow("the model has 2 segments");
    const plain = spanModel(
      encoderModelConfig({ vocab: 11, model: 12, heads: 3, layers: 1 }),
      learned,
      7,
    );
    expect(() => spanScores(plain, { tokens, segments, positions })).toThrow("the model has none");
    const misspelt = { tokens, segments, positions, keyMsak: narrow };
    expect(() => spanScores(model, misspelt)).toThrow("keyMask");
    expect(() =>
      encoderModelConfig({ vocab: 11, model: 12, heads: 3, layers: 1, segments: -1 }),
    ).toThrow("segments must be a whole number");
  });
});

function everywhere(length: number): GoldenTensor {
  return { shape: [batch, length], data: Array<number>(batch * length).fill(1) };
}

function drawn({ shape }: Tensor, seed: number): Value {
  const count = (shape as number[]).reduce((product, size) => product * size, 1);
  return valueOf(shape as number[], random(3, "span", seed).normalArray(count, 0.5));
}
