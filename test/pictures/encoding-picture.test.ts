/**
 * Pictures come from an encoding's hooks, and say what was chosen for them.
 */
import { describe, expect, test } from "vitest";
import { scorePicture } from "../../src/comparison/score-picture.ts";
import { slopes } from "../../src/encodings/alibi.ts";
import { encodingById, encodings } from "../../src/encodings/index.ts";
import type {
  EncodingDefinition,
  ModelShape,
  PositionEncoding,
} from "../../src/encodings/position-encoding.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { unsqueeze } from "../../src/operators/movement.ts";
import { slice } from "../../src/operators/slicing.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { fill } from "../../src/operators/source.ts";
import { byDistance } from "../../src/pictures/by-distance.ts";
import { effectOnScores } from "../../src/pictures/effect-on-scores.ts";
import { encodingPicture } from "../../src/pictures/encoding-picture.ts";
import type { EncodingPicture } from "../../src/pictures/encoding-picture.ts";
import { initialValues } from "../../src/parameters/initialise.ts";

const size = 20;
const draw = (id: string): EncodingPicture => encodingPicture(encodingById(id), { size });

/** An encoding that is only what the test says. */
function made(make: (shape: ModelShape) => Partial<PositionEncoding>): EncodingDefinition {
  return {
    ...encodings[0]!,
    id: "made",
    create: (shape) => ({
      id: "made",
      parameters: [],
      cache: { keys: "either" },
      shiftInvariant: true,
      ...make(shape),
    }),
  };
}

test("a bias is drawn exactly, head by head, and nothing of the future", () => {
  const { parts, notes, heads } = draw("alibi");
  expect(notes).toEqual([]);
  expect(parts).toHaveLength(1);
  const [{ of, planes, layers }] = parts as [(typeof parts)[number]];
  expect([of, planes.length, layers]).toEqual(["scores", heads, [0, 1, 2, 3]]);
  slopes(heads).forEach((slope, head) => {
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        expect(planes[head]![i * size + j]).toBe(j > i ? NaN : i === j ? 0 : -slope * (i - j));
  });
});

test.each(["rope", "t5", "pope", "shaw", "fox"])(
  "%s with grouped queries has a plane for each head",
  (id) => {
    const planesWith = (keyValueHeads: number): readonly Float64Array[] => {
      const sizes = { vocab: 11, model: 32, heads: 4, keyValueHeads, headDim: 16, layers: 1 };
      const model = languageModel(transformerConfig(sizes), encodingById(id), 16);
      const values = new Map(
        model.parameters.specs.map((spec) => [
          model.parameters.get(spec.name),
          { shape: spec.shape, data: Float64Array.from(initialValues(spec, 3)) },
        ]),
      );
      return effectOnScores(model, values, { size: 6, draws: 2, seed: 1 })![0]!;
    };
    const [grouped, plain] = [planesWith(1), planesWith(4)];
    expect(grouped).toHaveLength(4);
    // Where content is random, heads of one group have one vector and not one each.
    if (["rope", "t5"].includes(id)) expect(grouped).toEqual(plain);
    else for (const plane of grouped) expect(plane.some((x) => Math.abs(x) > 0)).toBe(true);
  },
);

test("a rotation is the mean of its cosines, less 1", () => {
  const { parts, notes } = draw("rope");
  const width = 32; // of a head
  const curve = byDistance(parts[0]!.planes[0]!);
  for (const { distance, mean, low, high } of curve) {
    const cosines = Array.from({ length: width / 2 }, (_, m) =>
      Math.cos(distance * 10000 ** ((-2 * m) / width)),
    );
    const expected = cosines.reduce((a, b) => a + b, 0) / cosines.length - 1;
    expect(mean).toBeCloseTo(expected, 10);
    expect(high - low).toBeLessThan(1e-10);
  }
  expect(notes.join(" ")).toMatch(/vector of equal components; .* score with itself is 1/);
});

test("token vectors: how alike those of two positions are, 1 on average with themselves", () => {
  const { parts } = draw("sinusoidal");
  expect(parts.map(({ of, planes }) => [of, planes.length])).toEqual([["inputs", 1]]);
  const curve = byDistance(parts[0]!.planes[0]!);
  expect(curve[0]!.mean).toBeCloseTo(1, 12);
  expect(curve[1]!.mean).toBeLessThan(1);
  expect(draw("none").parts).toEqual([]);
});

test("an encoding that reads the tokens is given numbers, and that is said", () => {
  expect(draw("abacus").notes.join()).toContain('The tokens are "12+345=357, 2024');
  expect(draw("learned").notes.join()).not.toContain("The tokens are");
});

describe("content", () => {
  // Adds q·(2, 2, …): of random queries the mean is near 0, of one draw it is not.
  const linear = made(() => ({
    contentBias: ({ rawQuery }, scores) =>
      add(multiply(scores, 0), matmul(rawQuery, fill([1, 1, 32, 1], 2))),
  }));

  test("is one random vector a draw and head, the same each time, and averaged", () => {
    const once = encodingPicture(linear, { size, draws: 1 });
    expect(encodingPicture(linear, { size, draws: 1 })).toEqual(once);
    expect(encodingPicture(linear, { size, draws: 1, seed: 2 })).not.toEqual(once);
    const effect = ({ parts }: EncodingPicture): number => parts[0]!.planes[0]![0]!;
    const sizes = (draws: number): number =>
      [1, 2, 3, 4, 5, 6].reduce(
        (sum, seed) => sum + effect(encodingPicture(linear, { size: 2, draws, seed })) ** 2,
        0,
      );
    expect(sizes(64)).toBeLessThan(sizes(1) / 8);
    expect(once.notes.join()).toMatch(/same random vector, .* the mean over 1 draws \(seed 1\)/);
  });

  test("starts from a score of 1 with itself, of which only the change is drawn", () => {
    const twice = made(() => ({ product: (attended) => multiply(own(attended), 3) }));
    const own = ({ query, key, scale }: Parameters<NonNullable<PositionEncoding["product"]>>[0]) =>
      matmul(query, key, { transposeB: true, scale });
    for (const plane of encodingPicture(twice, { size: 3 }).parts[0]!.planes)
      expect(
        [...plane].filter((value) => !Number.isNaN(value)).every((v) => Math.abs(v - 2) < 1e-6),
      ).toBe(true);
  });

  test("inputs of the layer are random where the encoding keeps a memory", () => {
    const gate = made(() => ({
      tokenState: (x) => ({ gate: unsqueeze(slice(x, -1, 0, 1), 1) }),
      contentBias: (_, scores) => scores,
      cache: { keys: "either", tokenState: [{ name: "gate", heads: 1, width: 1 }] },
    }));
    expect(encodingPicture(gate, { size: 3 }).notes.join()).toContain("layer inputs are random");
  });
});

test("tensors that start at zero are drawn with small numbers, by name", () => {
  const bias = made(({ heads }) => ({
    parameters: [{ name: "position.made.a", shape: [heads, 1, 1], initial: { kind: "zeros" } }],
    bias: (context) => multiply(context.distance, context.parameter("position.made.a")),
  }));
  const { parts, notes } = encodingPicture(bias, { size: 5 });
  expect(notes).toEqual(["position.made.a starts at zero and is drawn from N(0, 0.1²) here."]);
  for (const plane of parts[0]!.planes) {
    const far = Math.abs(plane[4 * 5]!) / 4;
    expect(far).toBeGreaterThan(1e-4);
    expect(far).toBeLessThan(0.5);
  }
});

test("layers that differ are drawn apart, those that do not together", () => {
  const { parts } = encodingPicture(encodingById("layers(3*rope,alibi)"), { size });
  expect(parts.map(({ layers }) => layers)).toEqual([[0, 1, 2], [3]]);
  // Each layer's own tensors start alike in the picture.
  const own = made(({ heads }) => ({
    parameters: [
      {
        name: "position.made.a",
        shape: [heads, 1, 1],
        initial: { kind: "normal", deviation: 1 },
        owner: "layer",
      },
    ],
    layerBias: (context) => multiply(context.distance, context.parameter("position.made.a")),
  }));
  expect(encodingPicture(own, { size: 4 }).parts.map(({ layers }) => layers)).toEqual([
    [0, 1, 2, 3],
  ]);
});

test("drawn positions are averaged, and those of all layers are the same", () => {
  const spread = made(() => ({
    sampling: {
      per: "layer",
      positions: (length, random) => Array.from({ length }, (_, k) => 2 * k + random.integer(2)),
    },
    bias: ({ distance }) => distance,
  }));
  const { parts, notes } = encodingPicture(spread, { size: 6, draws: 32 });
  expect(notes).toEqual(["Positions are drawn: the mean over 32 draws (seed 1)."]);
  expect(parts).toHaveLength(1);
  expect(parts[0]!.planes[0]![5 * 6]).toBeCloseTo(10, 0);
});

test("an encoding that waits for longer texts than training is drawn beyond its train length", () => {
  const { notes, parts } = draw("log-n");
  expect(notes[0]).toMatch(/trained at length 5/);
  expect(Math.max(...[...parts[0]!.planes[0]!].filter(Number.isFinite))).toBeGreaterThan(0.1);
});

test.each(encodings)("$id has a picture without a number that is none", (definition) => {
  const { parts } = encodingPicture(definition, { size: 9, draws: 2 });
  for (const { planes } of parts)
    for (const plane of planes)
      plane.forEach((value, at) => {
        expect(Number.isFinite(value), `${at}`).toBe(at % 9 <= Math.floor(at / 9));
      });
  expect(parts.length > 0 || definition.id === "none").toBe(true);
});

test("a trained model's picture is the mean over heads and layers of its own values", () => {
  const config = transformerConfig({ vocab: 16, model: 32, heads: 4, layers: 2 });
  const model = languageModel(config, encodingById("t5"), 16);
  const values = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 1) },
    ]),
  );
  const before = scorePicture({ model, weights: values }, { size: 8, seed: 1 });
  const table = values.get("position.t5.table")!;
  values.set("position.t5.table", { ...table, data: table.data.map((value) => 2 * value) });
  const after = scorePicture({ model, weights: values }, { size: 8, seed: 1 });
  expect(before.caption).toBe("added to the scores, mean over heads and layers");
  before.values.forEach((value, at) => {
    expect(Number.isNaN(value)).toBe(at % 8 > Math.floor(at / 8));
    if (!Number.isNaN(value)) expect(after.values[at]).toBeCloseTo(2 * value, 12);
  });
});
