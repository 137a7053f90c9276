import { describe, expect, test } from "vitest";
import { ropeFrequencies, yarnMagnitude } from "../../src/encodings/extension/rope-frequencies.ts";
import { readRopeParameters } from "../../src/encodings/extension/rope-parameters.ts";
import type { RopeConfig } from "../../src/encodings/extension/rope-config-keys.ts";
import type { RopeScaling } from "../../src/encodings/extension/rope-scaling.ts";
import { rope } from "../../src/encodings/rope.ts";
import type { OptionsOf } from "../../src/encodings/define-encoding.ts";
import type { PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenCase } from "../golden/golden.ts";
import { attention, option, sizesOf } from "./check.ts";
import { contextOf, knowledges } from "./context.ts";
import { rotaryCase } from "./rotary-case.ts";
import { known, query, shape, standing } from "./rotary-scores.ts";

type RopeOptions = OptionsOf<typeof rope>;

const cases = [...readGolden("rope-scaling").cases, ...readGolden("mrrope").cases];
const ofKind = (kind: string): GoldenCase[] =>
  cases.filter(({ options }) => options["kind"] === kind);
const named = (name: string): GoldenCase => cases.find((golden) => golden.name.startsWith(name))!;

/** The largest |actual / wanted − 1|: frequencies span decades. */
function relative(actual: readonly number[], wanted: readonly number[]): number {
  expect(actual.length).toBe(wanted.length);
  return Math.max(...actual.map((value, m) => Math.abs(value / wanted[m]! - 1)));
}

describe("frequencies", () => {
  test.each(ofKind("frequencies"))("$name", (golden) => {
    const { outputs, reference } = golden;
    const found = ropeFrequencies(
      option(golden, "rotated"),
      option(golden, "base"),
      option(golden, "scaling"),
      golden.options["current"] as number | undefined,
    );
    expect(relative(found.frequencies, outputs["frequencies"]!.data)).toBeLessThan(1e-13);
    expect(found.attentionFactor).toBeCloseTo(outputs["attentionFactor"]!.data[0]!, 14);
    if (reference)
      expect(relative(found.frequencies, reference.outputs["frequencies"]!.data)).toBeLessThan(
        1e-6,
      );
  });
});

describe("rope with scaling, attended", () => {
  const made = (golden: GoldenCase, changed: object = {}): PositionEncoding => {
    const given = (golden.options["encoding"] ?? golden.options) as RopeOptions;
    const { base, layout, rotated, scaling } = given;
    const options = { base, layout, rotated, scaling: { ...scaling, ...changed } };
    return rope.create(sizesOf(golden), options as RopeOptions);
  };
  test.each(ofKind("attention"))("$name", (golden) => {
    for (const knowledge of knowledges) {
      const mutate = (encoding: PositionEncoding): PositionEncoding => encoding;
      const answer = golden.options["encoding"] ? attention : rotaryCase;
      const found = answer(golden, made(golden), { knowledge, mutate });
      expect(Object.keys(found)).toContain("scores");
      for (const [name, difference] of Object.entries(found))
        expect(difference, `${name}, positions ${knowledge}`).toBeLessThan(1e-12);
    }
  });
  test("trap 7: the attention factor is in the golden scores, and another one shows", () => {
    const golden = named("yarn, 8 of 20 turn");
    const mutate = (encoding: PositionEncoding): PositionEncoding => encoding;
    const without = made(golden, { attentionFactor: 1 });
    expect(rotaryCase(golden, without, { knowledge: "known", mutate })["scores"]).toBeGreaterThan(
      0.01,
    );
  });
});

describe("yarn", () => {
  const of = (rotated: number, length: number, more: object = {}): readonly number[] =>
    ropeFrequencies(rotated, 10000, { type: "yarn", factor: 4, length, ...more }).frequencies;

  test("trap 7: the ramp is linear in the pair, between whole pairs, unlike the paper's", () => {
    // Pairs 0 to 3 of 8: shares 1, 2/3, 1/3, 0 of ω = 1, .316, .1, .0316 stay.
    const omega = [1, 0.1 ** 0.5, 0.1, 0.1 ** 1.5];
    const code = omega.map((w, m) => w * (1 - m / 3) + ((w / 4) * m) / 3);
    expect(relative(of(16, 64).slice(0, 4), code)).toBeLessThan(1e-13);
    const paper = of(16, 64, { ramp: "turns" }).slice(0, 4);
    paper.forEach((w, m) => expect(w).toBeCloseTo([0.47224, 0.09605, 0.025045, 0.0079057][m]!, 5));
    expect(relative(of(16, 64, { truncate: false }), of(16, 64))).toBeGreaterThan(0.01);
  });
  test("trap 7: in a short text the lower end is the clamp, not 32 turns", () => {
    // No pair turns 32 times in 128, nor 320 times: the ramp does not move.
    expect(of(32, 128)).toEqual(of(32, 128, { fast: 320 }));
    expect(of(32, 128)).not.toEqual(of(32, 128, { fast: 2 }));
    expect(() => of(32, 2)).toThrow(/no pair turns 1 times in a length of 2, so none is slow/);
  });
  test("trap 7: the upper end may be twice the pairs there are", () => {
    // D(slow) = 20 is limited to 15, of 8 pairs: the slowest still keeps 8 / 15 of itself.
    const slowest = of(16, 64, { slow: 1e-9 }).at(-1)!;
    const kept = 1 - 7 / 15;
    expect(slowest / 1e-4 ** (7 / 8)).toBeCloseTo(kept + (1 - kept) / 4, 12);
  });
  test("trap 7: the factor is squared in scores, and the part that does not turn has none", () => {
    const at = (attentionFactor: number, rotated: number): Float64Array => {
      const scaling = { type: "yarn", factor: 4, length: 64, attentionFactor } as const;
      return standing(rope.create(shape, { rotated, scaling }));
    };
    const [whole, plain] = [at(1.5, 8), at(1, 8)];
    whole.forEach((score, k) => expect(score).toBeCloseTo(2.25 * plain[k]!, 12));
    const { context } = contextOf(rope.create(shape), known(4, 8), { causal: true });
    const scaling = { type: "yarn", factor: 4, length: 64, attentionFactor: 1.5 } as const;
    const partial = rope.create(shape, { rotated: 2, scaling });
    const [x, y] = evaluate([query, partial.rotate!(query, known(4, 8), "query", context)]);
    for (let k = 0; k < x!.data.length; k += 8) {
      expect(y!.data.slice(k + 2, k + 8)).toEqual(x!.data.slice(k + 2, k + 8));
      const [before, after] = [x!, y!].map(({ data }) => Math.hypot(data[k]!, data[k + 1]!));
      expect(after! / before!).toBeCloseTo(1.5, 12);
    }
  });
  test("trap 7: equal mscales cancel, and DeepSeek's score scale has their square instead", () => {
    const by = (more: object): number =>
      ropeFrequencies(16, 10000, { type: "yarn", factor: 40, length: 64, ...more }).attentionFactor;
    expect(by({ mscale: 0.7, mscaleAllDim: 0.7 })).toBe(1);
    expect(by({})).toBeCloseTo(0.1 * Math.log(40) + 1, 14);
    // As much as one mscale alone leaves in a score: m² of √(m²).
    expect(yarnMagnitude(40) ** 2).toBeCloseTo(by({}) ** 2, 14);
    expect(() => by({ mscale: 1 })).toThrow(/mscale and mscaleAllDim are one setting.*give both/);
    expect(() => by({ mscale: 1, mscaleAllDim: 1, attentionFactor: 1 })).toThrow(/give it or them/);
  });
});

describe("mrrope", () => {
  const of = (type: "mrrope-uni" | "mrrope-pro", more: object = {}): readonly number[] =>
    ropeFrequencies(16, 10000, { type, factor: 4, length: 64, ...more }).frequencies;
  const plain = ropeFrequencies(16, 10000, { type: "linear", factor: 1 }).frequencies;

  test("fast pairs stay, slow ones are ω / s, and pro slows those between less than uni", () => {
    // Pair 0 turns 32 times at most, pair 3 once: powers 0, 1/3, 2/3, 1 and 0, 1/6, 1/2, 1.
    const shares = (type: "mrrope-uni" | "mrrope-pro"): readonly number[] =>
      of(type).map((w, m) => -Math.log(w / plain[m]!) / Math.log(4));
    const [uni, pro] = [shares("mrrope-uni"), shares("mrrope-pro")];
    [0, 1 / 3, 2 / 3, 1, 1].forEach((power, m) => expect(uni[m]).toBeCloseTo(power, 12));
    [0, 1 / 6, 1 / 2, 1, 1].forEach((power, m) => expect(pro[m]).toBeCloseTo(power, 12));
  });
  test("settings without a ramp are refused", () => {
    expect(() => of("mrrope-pro", { fast: 1 })).toThrow(/fast must be above slow, got 1 and 1/);
    expect(() => of("mrrope-uni", { length: 2, slow: 20 })).toThrow(
      /no pair turns 20 times .* lower slow/,
    );
    expect(() => of("mrrope-pro", { length: 6 })).toThrow(
      /pair 0 turns both 32 and 1 times in a length of 6, so no pair is between; raise fast/,
    );
  });
});

describe("rules that follow the text's length", () => {
  /** The base of the frequencies of two pairs or more. */
  const baseOf = (scaling: RopeScaling, current?: number): number => {
    const { frequencies } = ropeFrequencies(32, 10000, scaling, current);
    return frequencies[1]! ** -16;
  };
  test("trap 8: dynamic-ntk with factor s is not ntk-aware(s); with factor 1 in s · L it is", () => {
    const dynamic = { type: "dynamic-ntk", length: 64 } as const;
    expect(baseOf({ ...dynamic, factor: 2 }, 128)).toBeCloseTo(32279.7, 1);
    expect(baseOf({ type: "ntk-aware", factor: 2 })).toBeCloseTo(20945.9, 1);
    for (const s of [1, 2, 5]) {
      const fixed = ropeFrequencies(32, 10000, { type: "ntk-aware", factor: s }).frequencies;
      const moving = ropeFrequencies(32, 10000, dynamic, s * 64).frequencies;
      expect(relative(moving, fixed)).toBeLessThan(1e-14);
    }
    expect(baseOf({ ...dynamic, factor: 4 }, 20)).toBeCloseTo(10000, 6);
  });
  test("trap 8: keys of a shorter text do not fit, so rope takes one length for all", () => {
    const turned = (current: number): Float64Array =>
      standing(rope.create(shape, { scaling: { type: "dynamic-ntk", current } }));
    expect(turned(7)).toEqual(standing(rope.create(shape)));
    expect(turned(8)).not.toEqual(turned(7));
    expect(() => rope.create(shape, { scaling: { type: "dynamic-ntk" } } as object)).toThrow(
      /"dynamic-ntk" needs current, .*keys cached in a text of another length would not fit/,
    );
  });
  test("trap 9: longrope changes frequencies at L + 1, so keys of before do not fit", () => {
    const scaling = {
      type: "longrope",
      short: [1, 1, 1, 1],
      long: [1, 2, 4, 8],
      factor: 4,
    } as const;
    const key = (current: number): Float64Array => {
      const encoding = rope.create(shape, { scaling: { ...scaling, current } });
      const { context } = contextOf(encoding, known(4, 8), { causal: true });
      return evaluate([encoding.rotate!(query, known(4, 8), "key", context)])[0]!.data;
    };
    expect(key(7)).toEqual(key(1));
    expect(key(8)).not.toEqual(key(7));
    expect(key(8)).toEqual(key(800));
    expect(() => rope.create(shape, { scaling } as object)).toThrow(
      /"longrope" needs current, .*would not fit/,
    );
  });
});

describe("configurations", () => {
  const configOf = (golden: GoldenCase): RopeConfig => option(golden, "config");
  test.each(ofKind("config"))("trap 23: $name", (golden) => {
    const current = option<number>(golden, "current");
    const types = option<string[]>(golden, "layerTypes");
    for (const type of types.length > 0 ? types : [undefined]) {
      const { base, rotated, scaling } = readRopeParameters(configOf(golden), type);
      const plain = scaling ?? ({ type: "linear", factor: 1 } as const);
      const moving = ["dynamic-ntk", "longrope"].includes(plain.type);
      const found = ropeFrequencies(rotated, base, plain, moving ? current : undefined);
      const wanted = (name: string): readonly number[] =>
        golden.outputs[`${type ?? "all"}.${name}`]!.data;
      expect(relative(found.frequencies, wanted("frequencies"))).toBeLessThan(1e-6);
      expect(found.attentionFactor).toBeCloseTo(wanted("attentionFactor")[0]!, 12);
    }
  });
  test("trap 23: layer types have a base of their own, and truncate is the one outside", () => {
    const config = configOf(named("5: truncate of a layer type"));
    expect(readRopeParameters(config, "sliding_attention")).toEqual({ base: 1e4, rotated: 16 });
    const full = readRopeParameters(config, "full_attention");
    expect(full).toMatchObject({ base: 1e6, scaling: { type: "yarn", truncate: true } });
    expect(() => readRopeParameters(config)).toThrow(
      /settings of their own for full_attention, sliding_attention, got layer type "undefined"/,
    );
  });
  test("names a rule that rope does not have", () => {
    const config = { ...configOf(named("4: no scaling")), rope_scaling: { type: "proportional" } };
    expect(() => readRopeParameters(config)).toThrow(/"proportional" is no rule of rope.*p-rope/);
  });
});

test("settings that cannot be are refused", () => {
  const refused = (scaling: object, message: RegExp): void =>
    expect(() => rope.create(shape, { scaling } as RopeOptions)).toThrow(message);
  refused(
    { type: "yarm", factor: 2 },
    /"yarm" is unknown. Did you mean "yarn"\? Known: linear, .*, llama3\./,
  );
  refused(
    { type: "linear", factor: 0.5 },
    /scaling\.factor must be a number of 1 or more, got 0\.5/,
  );
  refused(
    { type: "linear", factor: 2, current: 9 },
    /"linear" has no option "current"\. Its only option is factor/,
  );
  refused({ type: "linear", factor: 2, slow: 1 }, /"linear" has no option "slow"\./);
  refused({ type: "yarn", factor: 2, fast: 0.5 }, /fast must not be below slow, got 0.5 and 1/);
  refused({ type: "yarn", factor: 2, fast: 1, ramp: "turns" }, /fast must be above slow/);
  refused(
    { type: "yarn", factor: 2, length: 1.5 },
    /scaling\.length must be a whole number from 2 to 16777216, got 1\.5/,
  );
  refused(
    { type: "yarn", factor: 2, attentionFactor: 0 },
    /attentionFactor must be a number above 0/,
  );
  refused({ type: "llama3", factor: 2, low: 4 }, /high must be above low/);
  refused({ type: "dynamic-linear", current: 0 }, /current must be a whole number/);
  const long = { type: "longrope", short: [1, 1, 1], long: [1, 1, 1, 1], factor: 2, current: 8 };
  refused(long, /short and long need 4 numbers above 0, one a pair/);
  refused({ ...long, short: long.long, factor: undefined }, /give factor, .* or attentionFactor/);
});
