/**
 * Members of definitions and encodings that are misspelt, missing or of another type are refused where they are made.
 */
import { describe, expect, test } from "vitest";
import { EncodingError } from "../../src/encodings/check-encoding.ts";
import { defineEncoding } from "../../src/encodings/define-encoding.ts";
import type {
  EncodingDefinition,
  PositionEncoding,
} from "../../src/encodings/position-encoding.ts";
import { TransformerEncoder } from "../../src/model/encoder.ts";
import { smallModel } from "../model/small-model.ts";

const encoding = {
  id: "mine",
  parameters: [],
  cache: { keys: "either" },
  shiftInvariant: true,
} as const satisfies PositionEncoding;

const definition = {
  id: "mine",
  family: "bias",
  summary: "An encoding of a test.",
  formula: "score[i,j] = a formula",
  paper: { title: "No paper: a test" },
  create: (): PositionEncoding => encoding,
} as const satisfies EncodingDefinition;

/** A plain definition whose encoding has other members. */
const making = (changed: object): EncodingDefinition => ({
  ...definition,
  create: () => ({ ...encoding, ...changed }),
});

describe("an encoding", () => {
  const hook = (): void => undefined;
  test.each<[object, string]>([
    [{ layerbias: hook }, 'has an unknown member "layerbias" (did you mean "layerBias"?)'],
    [{ zzzzzzzzzz: hook }, 'has an unknown member "zzzzzzzzzz" (known: id, at,'],
    [{ bias: 3 }, "has bias 3, which must be a function"],
    [{ bias: {} }, "has bias {}, which must be a function"],
    [{ cache: { keys: "rotatd" } }, 'has cache.keys "rotatd", which must be "raw", "rotated",'],
    [{ cache: { keys: "raw", key: 3 } }, 'has an unknown member "cache.key"'],
    [{ cache: { keys: "raw", keyWidth: 0 } }, "has cache.keyWidth 0, which must be a whole number"],
    [{ cache: { keys: "raw", tokens: 1 } }, "has cache.tokens 1, which must be true or false"],
    [{ cache: { keys: "raw", tokenState: [{ name: "a" }] } }, "has cache.tokenState"],
    [{ cache: undefined }, 'has no cache (such as { keys: "either" })'],
    [{ parameters: undefined }, "has no parameters (a list, empty where nothing is learned)"],
    [{ parameters: [{ name: "a" }] }, "has a parameter that is not { name, shape, initial }"],
    [{ shiftInvariant: "yes" }, 'has shiftInvariant "yes", which must be true or false'],
    [{ shiftInvariant: undefined }, "has no shiftInvariant (true or false)"],
    [{ rowwise: 0 }, "has rowwise 0, which must be true or false"],
    [{ limit: 7 }, "has limit 7, which must be { length, reason }"],
    [{ limit: { length: 7 } }, "has no limit.reason (text)"],
    [{ limit: { length: 7.5, reason: "a" } }, "has limit.length 7.5, which must be a whole number"],
    [{ rotation: "position" }, 'has rotation "position", which must be "positions" or "factor"'],
    [{ scoreScale: 0 }, "has scoreScale 0, which must be a number above 0"],
    [{ extraWidth: -1 }, "has extraWidth -1, which must be a whole number of 1 or more"],
    [{ tokenInput: "onehot" }, 'has tokenInput "onehot", which must be "embedding" or "one-hot"'],
    [{ sampling: { per: "row" } }, 'has sampling.per "row", which must be "model" or "layer"'],
    [{ id: "other" }, 'has the id "other", not "mine"'],
  ])("with %o", (changed, words) => {
    const make = (): unknown => smallModel(making(changed));
    expect(make).toThrow(EncodingError);
    expect(make).toThrow(`mine: what create returns ${words}`);
    expect(() => defineEncoding(making(changed)).create(shape)).toThrow(words);
  });

  test("that is no object", () => {
    const wrong = (made: unknown): EncodingDefinition => ({
      ...definition,
      create: () => made as PositionEncoding,
    });
    expect(() => smallModel(wrong(undefined))).toThrow(
      "returns is undefined and must be an object",
    );
    expect(() => smallModel(wrong([]))).toThrow("returns is a list and must be an object");
  });

  test("every fault is named, in an encoder too", () => {
    const wrong = making({ layerbias: hook, rowwise: 0 });
    expect(() => smallModel(wrong)).toThrow(/"layerbias" .* and has rowwise 0/);
    expect(() => new TransformerEncoder(24, 3, 2, 32, 0, { encoding: wrong })).toThrow(/layerbias/);
  });

  test("of a layer, when the layer is made", () => {
    const made = defineEncoding(making({ at: () => ({ ...encoding, biass: hook }) })).create(shape);
    expect(() => made.at!(1)).toThrow('mine: what at(1) returns has an unknown member "biass"');
  });

  test("that is right is given back as it is", () => {
    expect(defineEncoding(definition).create(shape)).toEqual(encoding);
  });
});

describe("a definition", () => {
  test.each<[object, string]>([
    [{ formul: "x" }, 'has an unknown member "formul" (did you mean "formula"?)'],
    [{ summary: undefined }, "has no summary (a sentence)"],
    [{ family: "biased" }, 'has family "biased", which must be "none", "input"'],
    [{ paper: "a paper" }, 'has paper "a paper", which must be { title: … }'],
    [
      { options: { base: 3 } },
      'has options {"base":3}, which must be an object of options, each made by option(…)',
    ],
    [{ create: 3 }, "has create 3, which must be a function"],
  ])("with %o", (changed, words) => {
    const wrong = { ...definition, ...changed } as unknown as EncodingDefinition;
    expect(() => smallModel(wrong)).toThrow(`mine: its definition ${words}`);
  });
});

const shape = {
  ...{ model: 24, heads: 3, headDim: 8, layers: 2, vocab: 11, trainLength: 7, causal: true },
};
