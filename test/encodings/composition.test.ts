import { describe, expect, test } from "vitest";
import { alibi } from "../../src/encodings/alibi.ts";
import { splitEncodings } from "../../src/encodings/compose/split-encodings.ts";
import { encodingById } from "../../src/encodings/index.ts";
import type { PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { rope } from "../../src/encodings/rope.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import {
  logitsOf,
  positionsFrom,
  randomTokens,
  randomValues,
  smallModel,
} from "../model/small-model.ts";
import { sizes } from "./check.ts";
import { attendWith, contextOf, positionsOf } from "./context.ts";

const { heads, headDim } = sizes;
const length = 9;
const places = Array.from({ length }, (_, k) => k);
const made = (text: string): PositionEncoding => encodingById(text).create(sizes);

/** The scores of one layer, causal, of random queries and keys. */
function scores(encoding: PositionEncoding): Float64Array {
  const { context, parameters } = contextOf(encoding, positionsOf(places, "known"), {
    causal: true,
  });
  const shape = [1, heads, length, headDim];
  const given = new Map<Tensor, Value>();
  const leaf = (name: string): Tensor => {
    const tensor = input(name, shape);
    const data = Float64Array.from(random(1, name).normalArray(heads * length * headDim));
    given.set(tensor, { shape, data });
    return tensor;
  };
  for (const spec of parameters.specs)
    given.set(parameters.get(spec.name), {
      shape: spec.shape,
      data: Float64Array.from(initialValues(spec, 1)),
    });
  const leaves = { query: leaf("query"), key: leaf("key"), value: leaf("value") };
  return evaluate([attendWith(encoding, context, leaves).scores], given)[0]!.data;
}

const perHead = (data: Float64Array, head: number): Float64Array =>
  data.subarray(head * length * length, (head + 1) * length * length);

test("the whole is read as it is written, and named in its shortest form", () => {
  for (const [text, id] of [
    [" rope + alibi ", "rope+alibi"],
    ["rope( base = 500 , layout=interleaved)", "rope(base=500,layout=interleaved)"],
    ["layers(3*rope, none)", "layers(rope,rope,rope,none)"],
    ["heads(alibi,none)+rope", "heads(alibi,none)+rope"],
    [
      "distance-row(mode=fixed-anchors,anchors=[0,3,11])",
      "distance-row(mode=fixed-anchors,anchors=[0,3,11])",
    ],
    [
      "rope(scaling={type = ntk-aware, factor=4},layout=half)",
      "rope(layout=half,scaling={type=ntk-aware,factor=4})",
    ],
  ] as const) {
    expect(encodingById(text).id).toBe(id);
    expect(encodingById(id).id).toBe(id);
  }
  expect(splitEncodings("rope(scaling={type=yarn,factor=4}),layers(rope,none), alibi")).toEqual([
    "rope(scaling={type=yarn,factor=4})",
    "layers(rope,none)",
    "alibi",
  ]);
});

test("rope+alibi has the sum of what each does to the scores", () => {
  const none = scores(made("none"));
  const [turned, biased, both] = ["rope", "alibi", "rope+alibi"].map((id) => scores(made(id)));
  both!.forEach((score, at) => {
    const expected = turned![at]! + biased![at]! - none[at]!;
    if (Math.abs(score) < 1e20) expect(score).toBeCloseTo(expected, 12);
  });
});

test("heads(alibi,none,rope): each group of heads is as if it were alone, with its own slopes", () => {
  const whole = scores(made("heads(alibi,none,rope)"));
  const group = heads / 3;
  const [none, turned] = ["none", "rope"].map((id) => scores(made(id)));
  const slopes = alibi.create({ ...sizes, heads: group });
  const { context } = contextOf(slopes, positionsOf(places, "known"), { causal: true });
  const [bias] = evaluate([slopes.bias!(context)]);
  for (let head = 0; head < heads; head++) {
    const expected = perHead(head < 2 * group ? none! : turned!, head);
    perHead(whole, head).forEach((score, at) => {
      if (Math.abs(score) > 1e20) return;
      const added = head < group ? bias!.data[head * length * length + at]! : 0;
      expect(score).toBeCloseTo(expected[at]! + added, 12);
    });
  }
});

test("layers(rope,none): the second layer does not know its positions", () => {
  const tokens = randomTokens(1, length);
  const run = (id: string): Float64Array => {
    const model = smallModel(encodingById(id));
    return logitsOf(model, randomValues(model), tokens, positionsFrom(0, length));
  };
  expect(run("layers(rope,rope)")).toEqual(run("rope"));
  expect(run("layers(none,none)")).toEqual(run("none"));
  const [mixed, other] = [run("layers(rope,none)"), run("layers(none,rope)")];
  for (const same of [run("rope"), run("none"), other]) expect(mixed).not.toEqual(same);
});

test("tensors of two kinds of one encoding are two, of equal ones one, and only in their layers", () => {
  const names = (id: string): string[] =>
    smallModel(encodingById(id), {}, { layers: 3 })
      .parameters.specs.map(({ name }) => name)
      .filter((name) => name.includes("position."));
  expect(names("layers(t5,none)")).toEqual(["position.t5.table"]);
  expect(names("layers(t5(buckets=8),t5)")).toEqual(["position.t5.table", "position.t5-2.table"]);
});

describe("pairs that cannot be", () => {
  test.each([
    ["rope+rope(base=500)", /both rotate queries and keys by position.*layers\(…\), heads\(…\)/],
    ["alibi+alibi", /names one encoding twice/],
    ["path+fox", /both take the place of query · key/],
    ["rope+path", /path rewrites cached keys, and rope would rotate them.*layers\(…\), heads\(…\)/],
    ["rope+t5(scoreScale=1)+t5(scoreScale=2)", /scale scores differently \(1, 2\)/],
    ["layers(sinusoidal,none)", /sinusoidal acts on the whole sequence.*sinusoidal\+layers/],
    ["heads(learned,none)", /learned acts on more than heads.*learned\+heads/],
    ["heads(alibi,none,rope,t5,none)", /12 heads do not part into 5/],
    ["rope(bas=500)", /it has no option "bas"/],
  ])("%s", (text, reason) => {
    expect(() => made(text)).toThrow(RangeError);
    expect(() => made(text)).toThrow(reason);
  });

  test.each([
    ["rope+", /expected the id of an encoding or a file at character 6/],
    ["rope(base=500", /expected "\)" at character 14/],
    ["layers()", /expected the id of an encoding/],
    [
      "layers(1000*layers(1000*layers(100*none)))",
      /at most 10000 encodings in all, and these counts make 100000; lower them/,
    ],
    [`heads(1000*layers(11*none))`, /at most 10000 encodings in all, and these counts make 11000/],
    ["layers(0*rope)", /a count from 1 to 1000/],
    ["rope)alibi", /expected "\+" or the end, got "\)alibi"/],
    ["ropee+alibi", /"ropee" is unknown. Did you mean "rope"/],
  ])("%s cannot be read", (text, reason) => {
    expect(() => encodingById(text)).toThrow(reason);
  });
});

test("every encoding takes a score scale, with or without an option of that name", () => {
  for (const id of ["none", "sinusoidal", "learned", "rope", "alibi", "t5", "kerple-log", "shaw"])
    expect(made(`${id}(scoreScale=1)`).scoreScale, id).toBe(1);
  expect(made("rope(rotated=2,scoreScale=0.5)").scoreScale).toBe(0.5);
  expect(made("rope(rotated=2)").scoreScale).toBeUndefined();
  for (const wrong of ["0", "-1", "big"])
    expect(() => made(`none(scoreScale=${wrong})`)).toThrow("scoreScale must be a number above 0");
});

test("options that were written are those of create", () => {
  const { context } = contextOf(made("rope(base=500)"), positionsOf(places, "known"), {
    causal: true,
  });
  const x = input("x", [1, 1, length, headDim]);
  const data = Float64Array.from(random(3).normalArray(length * headDim));
  const turned = (encoding: PositionEncoding): Float64Array =>
    evaluate(
      [encoding.rotate!(x, context.queries, "query", context)],
      new Map([[x, { shape: [1, 1, length, headDim], data }]]),
    )[0]!.data;
  expect(turned(made("rope(base=500)"))).toEqual(turned(rope.create(sizes, { base: 500 })));
  expect(turned(made("rope(base=500)"))).not.toEqual(turned(made("rope")));
  const scaling = { type: "yarn", factor: 4, truncate: false } as const;
  const written = made("rope(scaling={type=yarn,factor=4,truncate=false})");
  expect(turned(written)).toEqual(turned(rope.create(sizes, { scaling })));
});

test.each(["layers(", "heads(", "rope(scaling=["])(
  "%s, 10,000 deep, is refused in few words",
  (open) => {
    const text = open + (open.endsWith("[") ? "[" : open).repeat(10_000);
    expect(() => encodingById(text)).toThrow(
      /^.{0,250}expected at most 64 brackets within one another.{0,200}$/,
    );
  },
);
