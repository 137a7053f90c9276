import { describe, expect, test } from "vitest";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { rope } from "../../src/encodings/rope.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { range } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Value } from "../../src/tensor/tensor.ts";
import { compileDecoder } from "../model/decoder.ts";
import {
  given,
  hostTensor,
  logitsOf,
  lossAndGradients,
  positionsFrom,
  randomTokens,
  randomValues,
  relativeDifference,
  smallModel,
} from "../model/small-model.ts";
import { instances } from "./instances.ts";

const batch = 2;
const length = 7;
const tokens = randomTokens(batch, length);
const targets = randomTokens(batch, length, 3);

/** Logits `[batch, length, vocab]` of the first positions of each row. */
function firstPositions(logits: Float64Array, count: number, rowLength: number): number[] {
  const classes = logits.length / (batch * rowLength);
  return Array.from({ length: batch }, (_, row) => [
    ...logits.subarray(row * rowLength * classes, (row * rowLength + count) * classes),
  ]).flat();
}

function cut({ shape, data }: Value, size: number): Value {
  const [rows, width] = shape as [number, number];
  const kept = Array.from({ length: rows }, (_, row) => [
    ...data.subarray(row * width, row * width + size),
  ]);
  return { shape: [rows, size], data: Float64Array.from(kept.flat()) };
}

describe.each(instances)("$name", ({ definition, options }) => {
  const { id } = definition;
  const model = smallModel(definition, options);
  const values = randomValues(model);
  const { encoding } = model;

  test("declares what it is", () => {
    const composed = definition.family === "combined";
    if (!composed) expect(definition.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(encoding.id).toBe(id);
    expect(definition.summary).toMatch(/^[A-Z].*\.$/);
    expect(definition.formula.length).toBeGreaterThan(10);
    expect(definition.paper.title.length).toBeGreaterThan(10);
    if (definition.paper.url !== undefined) expect(definition.paper.url).toMatch(/^https:\/\//);
    for (const { name } of encoding.parameters)
      expect(name).toMatch(
        composed ? /^position\.[a-z0-9-]+\./ : new RegExp(`^position\\.${id}\\.`),
      );
    if (encoding.limit) expect(encoding.limit.reason.length).toBeGreaterThan(10);
  });

  test("emits ONNX that equals evaluate(): logits, loss and every gradient", async () => {
    const { tokens: ids, logits, loss, derived } = lossAndGradients(model, tokens, targets);
    const expected = evaluate([logits, loss, ...derived], given(model, values).set(ids, tokens));
    const names = ["logits", "loss", ...model.parameters.specs.map(({ name }) => `d ${name}`)];
    const outputs = Object.fromEntries([logits, loss, ...derived].map((x, at) => [names[at]!, x]));
    const program = await compile(
      { inputs: [ids, ...model.parameters.tensors], outputs },
      { threads: 1 },
    );
    const found = await program.run({
      tokens: hostTensor(tokens, "int32"),
      ...Object.fromEntries([...values].map(([name, v]) => [name, hostTensor(v, "float32")])),
    });
    await program.dispose();
    // The largest gradient tells what an error means for the step; a key's bias has gradient 0, and
    // only rounding is left of it.
    const scale = Math.max(...expected.slice(2).map(({ data }) => Math.max(...data.map(Math.abs))));
    names.forEach((name, at) => {
      const own = Math.max(...expected[at]!.data.map(Math.abs));
      const negligible = own < 1e-9 * scale;
      const difference = relativeDifference(found[name]!.data, expected[at]!.data);
      if (negligible)
        expect(Math.max(...found[name]!.data.map(Math.abs)), name).toBeLessThan(1e-6 * scale);
      else expect(difference, name).toBeLessThan(2e-5);
    });
  });

  test("shifting all positions keeps the logits exactly if it says so", () => {
    const shift = 1000;
    const long = smallModel(definition, options, { trainLength: shift + length });
    const drawn = randomValues(long);
    const at = (start: number, known: boolean): Float64Array =>
      logitsOf(long, drawn, tokens, positionsFrom(start, length, known));
    const here = at(0, true);
    expect(relativeDifference(at(0, false), here)).toBeLessThan(1e-9);
    for (const known of [true, false]) {
      const moved = relativeDifference(at(shift, known), here);
      if (long.encoding.shiftInvariant) expect(moved).toBeLessThan(1e-9);
      else expect(moved).toBeGreaterThan(1e-3);
    }
  });

  test("sees no future token, and a cacheable one no future position", () => {
    const before = logitsOf(model, values, tokens, positionsFrom(0, length));
    const last = tokens.data.map((id, k) => (k % length === length - 1 ? (id + 1) % 11 : id));
    const changed = logitsOf(model, values, { ...tokens, data: last }, positionsFrom(0, length));
    const past = firstPositions(before, length - 1, length);
    expect(firstPositions(changed, length - 1, length)).toEqual(past);
    expect(relativeDifference(changed, before)).toBeGreaterThan(1e-3);

    const shorter = cut(tokens, length - 1);
    const alone = logitsOf(model, values, shorter, positionsFrom(0, length - 1));
    const difference = relativeDifference(alone, past);
    if (encoding.cache.keys === "recompute") expect(difference).toBeGreaterThan(1e-3);
    else expect(difference).toBeLessThan(1e-12);
  });

  test("runs at 4 times its train length, or says why not", () => {
    const long = 4 * length;
    const run = (): Float64Array =>
      logitsOf(model, values, randomTokens(1, long), positionsFrom(0, long));
    if (encoding.limit === undefined) expect(run().every(Number.isFinite)).toBe(true);
    else {
      expect(encoding.limit.length).toBeLessThan(long);
      expect(run).toThrow(RangeError);
      expect(run).toThrow(encoding.limit.reason);
    }
  });

  test("its parameters' gradients agree with finite differences", () => {
    const { tokens: ids, loss, derived } = lossAndGradients(model, tokens, targets);
    const inputs = given(model, values).set(ids, tokens);
    const lossAt = (name: string, moved: Value): number =>
      evaluate([loss], new Map(inputs).set(model.parameters.get(name), moved))[0]!.data[0]!;
    for (const { name } of model.parameters.specs) {
      if (!/(^|\.)position\./.test(name)) continue;
      const { shape, data } = values.get(name)!;
      const position = model.parameters.specs.findIndex((spec) => spec.name === name);
      const [gradient] = evaluate([derived[position]!], inputs);
      const direction = Float64Array.from(random(9, name).normalArray(data.length));
      const h = 1e-4;
      const along = (step: number): number =>
        lossAt(name, { shape, data: data.map((x, k) => x + step * direction[k]!) });
      // Fourth order: the error of h⁴ stays below that of rounding.
      const numeric = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
      const byRule = gradient!.data.reduce((total, g, k) => total + g * direction[k]!, 0);
      const size = Math.sqrt(gradient!.data.reduce((total, g) => total + g * g, 0));
      expect(size, name).toBeGreaterThan(1e-6);
      expect(Math.abs(numeric - byRule) / size, name).toBeLessThan(1e-6);
    }
  });

  test.skipIf(encoding.cache.keys === "recompute")(
    "decoding step by step equals one forward pass, at any length",
    async () => {
      const longest = encoding.limit?.length ?? 40;
      const ids = randomTokens(batch, longest, 5);
      const expected = logitsOf(model, values, ids, positionsFrom(0, longest));
      const decoder = await compileDecoder(model, values);
      for (const pieces of [[longest], Array<number>(longest).fill(1), [3, 1, longest - 5, 1]])
        expect(
          relativeDifference(await decoder.decode(ids, pieces), expected),
          `pieces of ${pieces.join(", ")}`,
        ).toBeLessThan(1e-5);
      await decoder.dispose();
    },
  );
});

test("a rotation that guesses positions from its buffer is caught by decoding", async () => {
  // Alone, a fresh key stands at position 0 of its buffer: the fault that cached decoding is known for.
  const guessing: EncodingDefinition = {
    ...rope,
    create(shape) {
      const encoding = rope.create(shape);
      return {
        ...encoding,
        rotate: (x, _, role, context) =>
          encoding.rotate!(x, { tensor: range(x.shape[2]!) }, role, context),
      };
    },
  };
  const model = smallModel(guessing);
  const values = randomValues(model);
  const expected = logitsOf(model, values, tokens, positionsFrom(0, length));
  const decoder = await compileDecoder(model, values);
  const whole = await decoder.decode(tokens, [length]);
  const stepwise = await decoder.decode(tokens, Array<number>(length).fill(1));
  await decoder.dispose();
  expect(relativeDifference(whole, expected)).toBeLessThan(1e-5);
  expect(relativeDifference(stepwise, expected)).toBeGreaterThan(1e-2);
});

describe("sizes that do not fit", () => {
  const shape = { model: 24, heads: 3, layers: 1, vocab: 11, hidden: 32 };
  const find = (id: string) => instances.find(({ definition }) => definition.id === id)!.definition;

  test("rope: an odd headDim", () => {
    expect(() => smallModel(find("rope"), {}, { ...shape, model: 21 })).toThrow(
      /rope: the rotated width must be even.*got 7.*Choose an even headDim/,
    );
  });
  test("sinusoidal: an odd width", () => {
    expect(() => smallModel(find("sinusoidal"), {}, { ...shape, model: 21 })).toThrow(
      /sinusoidal: .*even model width.*got 21/,
    );
    expect(() => smallModel(find("sinusoidal"), { layout: "t2t" }, { model: 2, heads: 1 })).toThrow(
      /4 or more/,
    );
  });
  test("distance-row: more columns than the model has", () => {
    expect(() => smallModel(find("distance-row"), { width: 24 }, shape)).toThrow(
      /distance-row: it appends 24 columns, but the model is 24 wide/,
    );
  });
  test("distance-row: a tied head", () => {
    for (const tokenInput of ["embedding", "one-hot"])
      expect(() =>
        smallModel(find("distance-row"), { tokenInput }, { ...shape, tiedHead: true }),
      ).toThrow(/cannot serve as the head. Set tiedHead to false/);
  });
  test("distance-row: options that contradict each other", () => {
    const make = (options: object) => () => smallModel(find("distance-row"), options);
    expect(make({ mode: "normalise", causal: true })).toThrow(/has no causal rows/);
    expect(make({ mode: "bucket", validity: true })).toThrow(
      /validity columns belong to mode "pad"/,
    );
    expect(make({ mode: "fixed-anchors", anchors: [] })).toThrow(/anchors must be whole numbers/);
    expect(make({ width: -1 })).toThrow(/width must be a whole number/);
    expect(make({ layer: "relu", hidden: 0 })).toThrow(/hidden must be a whole number/);
  });
  test("tables of no length", () => {
    for (const id of ["learned", "distance-row", "sinusoidal"])
      expect(() => smallModel(find(id), { maxLength: -3 })).toThrow(
        /maxLength must be a whole number of 1 or more, got -3/,
      );
  });
  test("t5: too few buckets, too short a distance", () => {
    expect(() => smallModel(find("t5"), { buckets: 1 })).toThrow(
      /buckets must be 2 or more, got 1/,
    );
    expect(() => smallModel(find("t5"), { maxDistance: 16 })).toThrow(/whole number above 16/);
  });
  test("learned: a position beyond the table, or before it", () => {
    const { config } = smallModel(find("learned"));
    const model = languageModel(config, find("learned"), 7);
    const at = (start: number) => () =>
      logitsOf(model, randomValues(model), randomTokens(1, 3), positionsFrom(start, 3));
    expect(at(4)).not.toThrow();
    expect(at(5)).toThrow(/learned: position 7 is beyond its 7: .*Raise maxLength/);
    expect(at(-1)).toThrow(/position -1 is negative/);
  });
});
