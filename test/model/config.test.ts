import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { TransformerEncoder } from "../../src/model/encoder.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { smallModel } from "./small-model.ts";

const sizes = { vocab: 11, model: 24, heads: 3, layers: 2 };

describe("settings that cannot be", () => {
  test.each([
    [{ heads: 5 }, /width 24 does not divide into 5 heads.*such as 25/],
    [{ model: -24 }, /model must be a whole number of 1 or more, got -24/],
    [{ heads: 0 }, /heads must be a whole number of 1 or more, got 0/],
    [{ layers: 1.5 }, /layers must be a whole number of 1 or more, got 1.5/],
    [{ hidden: -1 }, /hidden must be a whole number of 1 or more, got -1/],
    [{ vocab: 0 }, /vocab must be a whole number of 1 or more, got 0/],
    [{ dropout: 1 }, /dropout must be from 0 to below 1, got 1/],
    [{ dropout: Number.NaN }, /dropout must be from 0 to below 1, got NaN/],
    [{ headDim: 0 }, /headDim must be a whole number of 1 or more, got 0/],
    [{ headDim: Number.NaN }, /headDim must be a whole number of 1 or more, got NaN/],
    [{ keyValueHeads: 0 }, /keyValueHeads must be a whole number of 1 or more, got 0/],
    [{ keyValueHeads: 2 }, /keyValueHeads 2 does not divide 3 heads.*Choose one of 1, 3/],
    [{ keyValueHeads: 6 }, /keyValueHeads 6 does not divide 3 heads/],
    [{ form: "sandwich" }, /form "sandwich" is unknown.*pre, post, double, parallel/],
    [{ norm: "batch" }, /norm "batch" is unknown. Choose one of layer, rms/],
    [{ activation: "mish" }, /activation "mish" is unknown.*gelu, gelu-tanh/],
    [{ normEpsilon: 0 }, /normEpsilon must be above 0, got 0/],
    [{ normEpsilon: Number.NaN }, /normEpsilon must be above 0, got NaN/],
    [{ scoreCap: 0 }, /scoreCap must be a finite number above 0, got 0/],
    [{ scoreCap: Number.NaN }, /scoreCap must be a finite number above 0, got NaN/],
    [{ logitCap: -1 }, /logitCap must be a finite number above 0, got -1/],
    [{ scoreScale: Infinity }, /scoreScale must be a finite number above 0, got Infinity/],
    [{ window: 3 }, /a window must be \{ back, sinks\? \}, got 3/],
    [{ window: { back: -1 } }, /a window's back must be a whole number of 0 or more, got -1/],
    [{ window: { back: 1, sinks: 0.5 } }, /a window's sinks must be a whole number.*got 0.5/],
    [{ window: [] }, /window is an empty pattern/],
  ])("%o", (wrong, message) => {
    const build = (): unknown => transformerConfig({ ...sizes, ...(wrong as object) });
    expect(build).toThrow(RangeError);
    expect(build).toThrow(message);
  });

  test("an encoder's", () => {
    expect(() => new TransformerEncoder(24, 5, 2)).toThrow(/does not divide into 5 heads/);
    expect(() => new TransformerEncoder(24, 3, 2, 40, -0.1)).toThrow(/dropout must be from 0/);
  });
});

test("heads need not divide the width where headDim is set", () => {
  const config = transformerConfig({ ...sizes, heads: 5, headDim: 6 });
  expect([config.headDim, config.keyValueHeads]).toEqual([6, 5]);
  expect(transformerConfig(sizes)).toMatchObject({ headDim: 8, keyValueHeads: 3 });
});

describe("settings that an encoding excludes", () => {
  test("a window over sampled positions", () => {
    expect(() => smallModel(encodingById("randomized"), {}, { window: { back: 2 } })).toThrow(
      /^randomized: it samples positions, and a window counts positions/,
    );
  });
  test("two scales of scores", () => {
    expect(() => smallModel(encodingById("deberta"), {}, { scoreScale: 0.3 })).toThrow(
      /^deberta: it sets the scale of scores.*the model's scoreScale is 0.3. Leave scoreScale out/,
    );
  });
});

test("hidden is four times the width unless said otherwise", () => {
  expect(transformerConfig(sizes).hidden).toBe(96);
  expect(transformerConfig({ ...sizes, hidden: 50 }).hidden).toBe(50);
});

test("an appended encoding narrows the token table, a one-hot one replaces it", () => {
  const shapes = (options: object): Record<string, readonly number[]> => {
    const { parameters } = smallModel(encodingById("distance-row"), { width: 5, ...options });
    return Object.fromEntries(parameters.specs.map(({ name, shape }) => [name, shape]));
  };
  expect(shapes({})["tokens.weight"]).toEqual([11, 19]);
  expect(shapes({ tokenInput: "one-hot" })["tokens.weight"]).toBeUndefined();
  expect(shapes({ tokenInput: "one-hot" })["position.distance-row.project"]).toEqual([16, 24]);
});

describe("parameters", () => {
  const spec = { name: "a.weight", shape: [2, 3], initial: { kind: "zeros" } } as const;
  test("count their numbers and refuse a name twice", () => {
    expect(new Parameters([spec, { ...spec, name: "b" }]).count).toBe(12);
    expect(() => new Parameters([spec, spec])).toThrow(/"a.weight" is declared twice/);
  });
  test("name what there is when asked for what there is not", () => {
    expect(() => new Parameters([spec]).get("b")).toThrow(
      /"b" is not declared; there are a.weight/,
    );
    expect(new Parameters([spec]).find("b")).toBeUndefined();
  });
});
