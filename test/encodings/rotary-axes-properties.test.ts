import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { logN } from "../../src/encodings/log-n.ts";
import { axisOfPairs, mRope } from "../../src/encodings/m-rope.ts";
import { axialRope } from "../../src/encodings/axial-rope.ts";
import type { EncodingDefinition, Positions } from "../../src/encodings/position-encoding.ts";
import { queryTemperature } from "../../src/encodings/query-temperature.ts";
import { rope } from "../../src/encodings/rope.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { readGolden } from "../golden/golden.ts";
import { contextOf, positionsOf } from "./context.ts";
import { sampled, key, known, shape, standing } from "./rotary-scores.ts";

describe("positions on axes", () => {
  test("M-RoPE in text is RoPE, whatever the sections", () => {
    for (const [options, base] of [
      [{}, 1_000_000],
      [{ assignment: "interleaved" }, 500_000],
      [{ sections: [0, 1, 3], base: 500 }, 500],
    ] as const)
      expect(standing(mRope.create(shape, options))).toEqual(
        standing(rope.create(shape, { base })),
      );
  });
  test("M-RoPE's interleaved axes are those of Qwen3-VL", () => {
    const axes = axisOfPairs([24, 20, 20], "interleaved");
    expect(axes.slice(0, 8)).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    expect(axes.slice(58)).toEqual([1, 2, 0, 0, 0, 0]);
    expect(axes.filter((axis) => axis === 1).length).toBe(20);
  });
  test("M-RoPE refuses sections that do not fit", () => {
    expect(() => mRope.create(shape, { sections: [2, 2] })).toThrow(
      /a list of 3 whole numbers from 0 to 16777216/,
    );
    expect(() => mRope.create(shape, { sections: [2, 1, 2] })).toThrow(
      /must be 4 pairs together, got 2, 1, 2/,
    );
    expect(() => mRope.create(shape, { sections: [0, 2, 2], assignment: "interleaved" })).toThrow(
      /which gives 2, 1, 1/,
    );
  });
  test("an axial encoding sees rows and columns apart", () => {
    const encoding = axialRope.create(shape, { gridWidth: 3 });
    const of = (place: number): Float64Array => {
      const places = positionsOf([place], "known");
      const { context } = contextOf(encoding, places, { causal: true });
      const x = sampled("one", 1, 1, 1, 8);
      return evaluate([encoding.rotate!(x, places, "query", context)])[0]!.data;
    };
    // 4 is (1, 1), 5 is (1, 2), 7 is (2, 1): one half of the components is each axis'.
    expect(of(5).slice(0, 4)).toEqual(of(4).slice(0, 4));
    expect(of(7).slice(4)).toEqual(of(4).slice(4));
    expect(of(5).slice(4)).not.toEqual(of(4).slice(4));
    expect(of(7).slice(0, 4)).not.toEqual(of(4).slice(0, 4));
  });
  test("both refuse positions with other axes than theirs", () => {
    const places: Positions = { ...known(0, 8), axes: [known(0, 8).tensor] };
    for (const [definition, words] of [
      [mRope, /m-rope: positions have 3 axes.*got 1/],
      [axialRope, /axial-rope: positions have 1 axes, the encoding 2/],
    ] as [EncodingDefinition, RegExp][]) {
      const encoding = definition.create(shape);
      const { context } = contextOf(encoding, places, { causal: true });
      expect(() => encoding.rotate!(key, places, "key", context)).toThrow(words);
    }
  });
  test("an axial encoding refuses what its grid cannot have", () => {
    const make = (options: object) => () => axialRope.create(shape, options);
    expect(make({ rotated: 6 })).toThrow(
      /6 rotated components are no pairs for each of 2 axes.*Rotate 8/,
    );
    expect(make({ axes: 5 })).toThrow(/the rotated width must be even, from 2/);
    expect(make({ gridWidth: 0 })).toThrow(
      /gridWidth must be a whole number from 1 to 16777216, got 0/,
    );
    expect(make({ axes: 1 })).toThrow(/axes must be a whole number from 2 to 16777216, got 1/);
    expect(make({ frequencies: "pixel", gridWidth: 1 })).toThrow(/a grid of 2 or more positions/);
  });
});

describe("factors of queries", () => {
  test("leave keys alone, commute with RoPE, and are 1 up to the train length", () => {
    for (const [definition, text] of [
      [logN, "rope+log-n"],
      [queryTemperature, "query-temperature(length=8)+rope"],
    ] as [EncodingDefinition, string][]) {
      const { context } = contextOf(definition.create(shape), known(0, 8), { causal: true });
      expect(definition.create(shape).rotate!(key, known(0, 8), "key", context)).toBe(key);
      const [both, plain] = [encodingById(text).create(shape), rope.create(shape)];
      const [grown, wanted] = [standing(both), standing(plain)];
      grown.forEach((score, at) => {
        // Queries are at 4 … 8; the factor rises from position 7 on at the latest.
        const i = 4 + (Math.floor(at / 9) % 5);
        if (i < 6) expect(score).toBeCloseTo(wanted[at]!, 12);
        if (i === 8) expect(Math.abs(score)).toBeGreaterThan(1.02 * Math.abs(wanted[at]!));
      });
    }
  });
  test("trap 19: in Llama 4 an entry 1 of no_rope_layers has RoPE, an entry 0 the temperature", () => {
    const { cases } = readGolden("query-temperature");
    const by = cases.map(({ reference }) => reference?.by);
    const rotated = cases.find(({ options }) => "noRopeLayers" in options)!;
    expect(rotated.options["noRopeLayers"]).toBe(1);
    expect(rotated.reference!.by).toBe("transformers Llama4TextAttention, no_rope_layers 1");
    expect(by).toContain("transformers Llama4TextAttention, no_rope_layers 0");
    // Both cases have one input, and the library one answer to each.
    expect(rotated.outputs["output"]!.data).not.toEqual(cases[0]!.outputs["output"]!.data);
  });
});
