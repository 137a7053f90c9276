/**
 * The objective of pairs against PyTorch's Transformer and cross-entropy, and what padding and micro-batches must not change.
 */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { pairRows } from "../../src/data/pairs/pair-rows.ts";
import { none } from "../../src/encodings/none.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import type { EncoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import type { EncoderDecoder } from "../../src/model/encoder-decoder.ts";
import { input } from "../../src/operators/source.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { buildLoss } from "../../src/training/build-loss.ts";
import { prepared, stepInputs } from "../../src/training/objective.ts";
import { pairTraining } from "../../src/training/pair-batches.ts";
import { pairObjective } from "../../src/training/pair-objective.ts";
import { readGolden } from "../golden/golden.ts";
import { expectEqual, tolerances, toValue } from "../model/compare-golden.ts";

/** Positions 0, 1, 2, … */
function upTo({ shape }: Tensor): Value {
  const [length] = shape as [number];
  return { shape: [length], data: Float64Array.from({ length }, (_, at) => at) };
}

const valueOf = (rows?: {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}): Value | undefined => rows && { shape: rows.shape, data: Float64Array.from(rows.data) };

const scalars = { step: input("step", []), seed: input("seed", [], "int32") };

describe("torch.nn.Transformer with cross_entropy(label_smoothing, ignore_index)", () => {
  test.each(readGolden("pair-objective").cases)("$name", async (golden) => {
    const { width, labelSmoothing, ...settings } =
      golden.options as unknown as EncoderDecoderConfig & {
        readonly width: number;
        readonly labelSmoothing: number;
      };
    const config = encoderDecoderConfig({ ...settings, model: width, finalNorm: true });
    const plain = { definition: none };
    const lengths = { sourceLength: 7, targetLength: 5 };
    const model = encoderDecoder(config, { encoder: plain, decoder: plain, ...lengths });
    const objective = pairObjective(model, { batch: 3, ...lengths, labelSmoothing });
    const inputs = stepInputs(objective, 1);
    const values = new Map<Tensor, Value>();
    for (const [name, tensor] of Object.entries<Tensor>(inputs))
      values.set(tensor, golden.inputs[name] ? toValue(golden.inputs[name]) : upTo(tensor));
    const names = model.parameters.specs.map(({ name }) => name);
    for (const name of names) values.set(model.parameters.get(name), toValue(golden.inputs[name]!));
    const { loss } = buildLoss(objective, prepared(objective, inputs, 1), scalars);
    const found = gradients(loss, model.parameters.tensors);
    await expectEqual(
      [
        { name: "loss", tensor: loss, golden: golden.outputs["loss"]! },
        ...names.map((name, at) => ({
          name: `gradient of ${name}`,
          tensor: found[at]!,
          golden: golden.gradients[name]!,
        })),
      ],
      values,
      { ...tolerances, run: 2e-5 },
    );
  });
});

const end = 8;
const begin = 9;
const pairs = [
  { source: [1, 2, 3, end], target: [3, end] },
  { source: [4, end], target: [5, 6, 7, end] },
  { source: [2, 2, 5, 6, 1, end], target: [1, end] },
  { source: [7, 3, end], target: [4, 4, 4, 2, 1, end] },
].map(({ source, target }) => ({
  source: Int32Array.from(source),
  target: Int32Array.from(target),
}));

function modelWith(id: string, dropout = 0): EncoderDecoder {
  const sizes = { vocab: 10, model: 12, heads: 3, encoderLayers: 1, decoderLayers: 1, dropout };
  const encoding = { definition: encodingById(id) };
  return encoderDecoder(encoderDecoderConfig(sizes), {
    ...{ encoder: encoding, decoder: encoding },
    ...{ sourceLength: 6, targetLength: 6 },
  });
}

/** The loss of pairs in rows of these lengths, in float64, and its gradients. */
function lossOf(
  model: EncoderDecoder,
  chosen: readonly number[],
  { source, target, batch, microBatches = 1, shift = 0 }: Record<string, number> & object,
): Float64Array {
  const size = { batch: batch!, sourceLength: source!, targetLength: target! };
  const objective = pairObjective(model, { ...size, labelSmoothing: 0.1 });
  const inputs = stepInputs(objective, 1);
  const values = new Map<Tensor, Value>();
  for (const spec of model.parameters.specs) {
    const data = Float64Array.from(
      initialValues(spec, 1),
      (value, at) =>
        // Weights of 0.02 would hide what attention reads; all move along one direction.
        value * 10 + shift * Math.sin(at),
    );
    values.set(model.parameters.get(spec.name), { shape: spec.shape, data });
  }
  const step = { batch: batch!, lengths: { source: source!, target: target! }, pairs: chosen };
  const rows: Readonly<Record<string, { shape: readonly number[]; data: ArrayLike<number> }>> = {
    ...pairRows(pairs, step, begin, microBatches),
  };
  for (const [name, tensor] of Object.entries<Tensor>(inputs))
    values.set(tensor, valueOf(rows[name]) ?? upTo(tensor));
  const { loss } = buildLoss(objective, prepared(objective, inputs, 1), scalars);
  const found = gradients(loss, model.parameters.tensors);
  const [value, ...slopes] = evaluate([loss, ...found], values);
  const along = slopes.reduce(
    (sum, { data }) => sum + data.reduce((part, slope, at) => part + slope * Math.sin(at), 0),
    0,
  );
  return Float64Array.of(value!.data[0]!, along);
}

test.each(["none", "rope", "t5", "sinusoidal"])(
  "%s: padding of rows and whole rows of padding change no loss and no gradient",
  (id) => {
    const model = modelWith(id);
    const least = lossOf(model, [0, 1, 2, 3], { batch: 4, source: 6, target: 6 });
    const more = lossOf(model, [0, 1, 2, 3], { batch: 6, source: 9, target: 7 });
    expect(more[0]).toBeCloseTo(least[0]!, 12);
    expect(more[1]).toBeCloseTo(least[1]!, 10);
    const fewer = lossOf(model, [0, 1, 2], { batch: 4, source: 6, target: 6 });
    expect(Math.abs(fewer[0]! - least[0]!)).toBeGreaterThan(1e-3);
  },
);

test("the gradient is the slope of the loss, by central differences in float64", () => {
  const model = modelWith("rope");
  const size = { batch: 4, source: 6, target: 6 };
  const slopeOver = (width: number): number => {
    const [above, below] = [width, -width].map((shift) =>
      lossOf(model, [0, 1, 2, 3], { ...size, shift }),
    );
    return (above![0]! - below![0]!) / (2 * width);
  };
  // Richardson's extrapolation: the error of a central difference grows with the square of the width.
  const slope = (4 * slopeOver(5e-6) - slopeOver(1e-5)) / 3;
  const [, along] = lossOf(model, [0, 1, 2, 3], size);
  expect(Math.abs(slope - along!)).toBeLessThan(1e-8 * Math.max(1, Math.abs(along!)));
  expect(Math.abs(along!)).toBeGreaterThan(0.01);
});

test("the mean is over the target tokens of all micro-batches", () => {
  const objective = pairObjective(modelWith("none"), {
    batch: 2,
    sourceLength: 6,
    targetLength: 6,
  });
  const inputs = stepInputs(objective, 2);
  const rows = pairRows(
    pairs,
    { batch: 2, lengths: { source: 6, target: 6 }, pairs: [0, 1, 2, 3] },
    begin,
    2,
  );
  const { weights } = prepared(objective, inputs, 2);
  const value = { shape: rows.weights.shape, data: Float64Array.from(rows.weights.data) };
  const [shares] = evaluate([weights!], new Map([[inputs["weights"]!, value]]));
  // 2 + 4 and 2 + 6 tokens; the trainer halves the sum of the two losses.
  expect(shares!.data[0]).toBeCloseTo(2 / 14, 12);
  expect(shares!.data.reduce((sum, share) => sum + share, 0)).toBeCloseTo(2, 12);
});

test("ids outside the vocabulary, and sides without tokens, are refused before a step", () => {
  const model = modelWith("none");
  const wrong = [{ source: Int32Array.of(1, 10), target: Int32Array.of(end) }];
  expect(() => pairTraining(model, wrong, { batch: 2, begin })).toThrow(
    /token 1 of the source of pair 0/,
  );
  const empty = [{ source: new Int32Array(), target: Int32Array.of(end) }];
  expect(() => pairTraining(model, empty, { batch: 2, begin })).toThrow(/pair 0 has no tokens/);
  expect(() => pairTraining(model, [], { batch: 2, begin })).toThrow(/there are no pairs/);
});
