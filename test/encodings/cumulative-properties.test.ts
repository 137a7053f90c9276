/**
 * Properties of the encodings whose scores depend on all that lies between key and query, or on the
 * scores of all heads.
 */
import { describe, expect, test } from "vitest";
import { alibi, slopes } from "../../src/encodings/alibi.ts";
import { cope } from "../../src/encodings/cope.ts";
import type { OptionsOf } from "../../src/encodings/define-encoding.ts";
import { fox } from "../../src/encodings/fox.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { path } from "../../src/encodings/path.ts";
import type { ModelShape, PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { relProj } from "../../src/encodings/rel-proj.ts";
import { add } from "../../src/operators/arithmetic.ts";
import { constant } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { attendWith, contextOf, positionsOf } from "./context.ts";

const shape: ModelShape = {
  model: 4,
  heads: 1,
  headDim: 4,
  layers: 1,
  vocab: 11,
  trainLength: 16,
  causal: true,
};

/** What a run of one head, or of `heads`, is given; numbers are flat, zeros where absent. */
interface Given {
  readonly length: number;
  readonly query?: readonly number[];
  readonly key?: readonly number[];
  readonly x?: readonly number[];
  readonly parameters?: Readonly<Record<string, readonly number[]>>;
}

/** Scores by row and key, of the first head, in float64. */
function scoresOf(
  encoding: PositionEncoding,
  { length, query, key, x, parameters = {} }: Given,
  { heads, headDim, model }: ModelShape = shape,
): number[][] {
  const places = [...Array(length).keys()];
  const { context, parameters: tensors } = contextOf(encoding, positionsOf(places, "known"), {
    causal: true,
  });
  const vectors = (data: readonly number[] = Array<number>(heads * length * headDim).fill(0)) =>
    constant([1, heads, length, headDim], data);
  const { scores } = attendWith(encoding, context, {
    query: vectors(query),
    key: vectors(key),
    value: vectors(),
    x: constant([1, length, model], x ?? Array<number>(length * model).fill(0)),
  });
  const given = new Map(
    tensors.specs.map((spec) => {
      const size = spec.shape.reduce((a, b) => a * b, 1);
      const data = parameters[spec.name.replace("blocks.0.", "")] ?? Array<number>(size).fill(0);
      return [tensors.get(spec.name), valueOf(spec.shape, data)];
    }),
  );
  const [value] = evaluate([scores], given);
  return places.map((i) => places.map((j) => value!.data[i * length + j]!));
}

const sample = (name: string, count: number): number[] => [...random(7, name).normalArray(count)];
const causal = (length: number): [number, number][] =>
  [...Array(length).keys()].flatMap((i) =>
    Array.from({ length: i + 1 }, (_, j): [number, number] => [i, j]),
  );

describe("cope", () => {
  const length = 9;
  /** Queries whose product with row m of the table is m, so that the term shows the count. */
  const counting = (options: OptionsOf<typeof cope>, key?: readonly number[]): number[][] => {
    const positions = options.positions ?? 17;
    const query = Array.from({ length }, () => [1, 0, 0, 0]).flat();
    const table = Array.from({ length: positions }, (_, m) => [m, 0, 0, 0]).flat();
    return scoresOf(cope.create(shape, options), {
      length,
      query,
      ...(key && { key }),
      parameters: { "position.cope.table": table },
    });
  };

  test("trap 12: the count has both ends, and no gate of a later key", () => {
    // Every gate is σ(0) = ½: from key j to query i there are (i − j + 1) / 2.
    const scores = counting({ scale: "appendix" });
    for (const [i, j] of causal(length)) expect(scores[i]![j]).toBeCloseTo((i - j + 1) / 2, 12);
  });

  test("trap 12: the term is scaled in the official form alone", () => {
    const [official, appendix] = [counting({ scale: "official" }), counting({ scale: "appendix" })];
    for (const [i, j] of causal(length))
      expect(official[i]![j]).toBeCloseTo(appendix[i]![j]! * shape.headDim ** -0.5, 12);
    expect(counting({})).toEqual(official);
  });

  test("trap 12: counts end at the last row of a table of any size", () => {
    const rows = (trainLength: number): number =>
      cope.create({ ...shape, trainLength }).parameters[0]!.shape[0]!;
    expect([7, 63, 64, 512].map(rows)).toEqual([8, 64, 64, 64]);
    const scores = counting({ scale: "appendix", positions: 3 });
    for (const [i, j] of causal(length))
      expect(scores[i]![j]).toBeCloseTo(Math.min((i - j + 1) / 2, 2), 12);
  });

  test("an open gate counts a token, a closed one does not", () => {
    // Keys 2 and 5 open the gate of every query, the others close it: the score of q·k counts too.
    const key = Array.from({ length }, (_, j) => [[2, 5].includes(j) ? 200 : -200, 0, 0, 0]).flat();
    const scores = counting({ scale: "appendix" }, key);
    for (const [i, j] of causal(length)) {
      const count = [2, 5].filter((open) => j <= open && open <= i).length;
      expect(scores[i]![j]! - key[j * 4]! / 2).toBeCloseTo(count, 12);
    }
  });

  test("options and models that do not fit", () => {
    expect(() => cope.create({ ...shape, causal: false })).toThrow(/cope: .*needs a causal model/);
    expect(() => cope.create(shape, { positions: 1 })).toThrow(
      /positions must be a whole number from 2 to \d+, got 1. Leave it out for 64/,
    );
  });
});

describe("fox", () => {
  const logit = (f: number): number => Math.log(f / (1 - f));

  test("a key's weight is the product of the gates after it", () => {
    // Token t is the unit vector t, so its gate is what the weight says.
    const x = [0, 1, 2, 3].flatMap((t) => [0, 1, 2, 3].map((k) => +(k === t)));
    const scores = scoresOf(fox.create(shape), {
      length: 4,
      x,
      parameters: { "position.fox.gate.weight": [0.9, 0.5, 0.8, 0.7].map(logit) },
    });
    [0.28, 0.56, 0.7, 1].forEach((product, j) =>
      expect(Math.exp(scores[3]![j]!)).toBeCloseTo(product, 6),
    );
  });

  test("fixed gates are ALiBi where its slopes are theirs", () => {
    const heads = 8; // slopes 2^−1 … 2^−8: decay times 2 … 256
    const sizes = { ...shape, heads, model: 4 * heads };
    const fixed = fox.create(sizes, { gate: "fixed", decayTimes: [2, 256] });
    const [ours, theirs] = [fixed, alibi.create(sizes)].map((encoding) =>
      scoresOf(encoding, { length: 7 }, sizes),
    );
    expect(slopes(heads)[0]).toBe(0.5);
    for (const [i, j] of causal(7)) expect(ours![i]![j]).toBeCloseTo(theirs![i]![j]!, 12);
  });

  test("a first bias of 5 forgets nearly nothing", () => {
    const initial = fox.create(shape, { initialBias: 5 }).parameters[1]!.initial;
    expect(initial).toEqual({ kind: "values", values: [5] });
  });

  test("options and models that do not fit", () => {
    const make = (options: object) => () => fox.create(shape, options);
    expect(() => fox.create({ ...shape, causal: false })).toThrow(/fox: .*needs a causal model/);
    expect(make({ decayTimes: [2, 9] })).toThrow(
      /decayTimes has an effect only with gate "bias" or "fixed"/,
    );
    expect(make({ gate: "fixed" })).toThrow(/gate "fixed" needs decayTimes/);
    expect(make({ gate: "bias", decayTimes: [0, 9] })).toThrow(
      /a list of 2 numbers above 0, got \[0, 9\]/,
    );
  });
});

describe("path and fox", () => {
  test("trap 14: PaTH scales the gate with the scores, FoX does not", () => {
    const length = 7;
    const given = (id: string): Given => ({
      length,
      x: sample("x", length * 4),
      parameters: {
        [`position.${id}.gate.weight`]: sample("weight", 4),
        [`position.${id}.gate.bias`]: [0.5],
      },
    });
    const scaled = scoresOf(path.create(shape, { forgetGate: true, rank: 2 }), given("path"));
    const plain = scoresOf(fox.create(shape), given("fox"));
    for (const [i, j] of causal(length))
      expect(scaled[i]![j]).toBeCloseTo(plain[i]![j]! * shape.headDim ** -0.5, 12);
    expect(Math.abs(plain[6]![0]!)).toBeGreaterThan(0.5);
  });

  test("path: options and models that do not fit", () => {
    expect(() => path.create({ ...shape, causal: false })).toThrow(/path: .*needs a causal model/);
    expect(() => path.create(shape, { rank: 0 })).toThrow(/rank must be a whole number/);
  });
});

describe.each([
  { id: "dape", kernel: 1 },
  { id: "dape-v2", kernel: 3 },
])("$id", ({ id, kernel }) => {
  const definition = encodingById(id);
  const [heads, width, length] = [2, 3, 6];
  const sizes = { ...shape, heads, model: 8 };
  const encoding = definition.create(sizes, { width, base: "alibi" });
  const query = sample("q", heads * length * 4);
  const key = sample("k", heads * length * 4);
  const network = {
    [`position.${id}.hidden.weight`]: sample("hidden", kernel * 2 * heads * width),
    [`position.${id}.hidden.bias`]: sample("bias", width),
    [`position.${id}.output.weight`]: sample("output", kernel * width * heads),
  };

  test("a network that says nothing leaves scores and base", () => {
    const silent = scoresOf(encoding, { length, query, key }, sizes);
    const plain = scoresOf(alibi.create(sizes), { length, query, key }, sizes);
    for (const [i, j] of causal(length)) expect(silent[i]![j]).toBeCloseTo(plain[i]![j]!, 12);
    const adapted = scoresOf(encoding, { length, query, key, parameters: network }, sizes);
    expect(Math.abs(adapted[5]![0]! - plain[5]![0]!)).toBeGreaterThan(1e-2);
  });

  test("trap 6: a base without the part that is equal along a row is another base", () => {
    // As Bloom stores ALiBi: slope · key. A softmax alone would not see the difference.
    const column = constant([length, 1], [...Array(length).keys()]);
    const shifted: PositionEncoding = {
      ...encoding,
      bias: (context): Tensor => add(encoding.bias!(context), column),
    };
    const given = { length, query, key, parameters: network };
    const [ours, bloom] = [encoding, shifted].map((each) => scoresOf(each, given, sizes));
    const spread = causal(length).map(([i, j]) => bloom![i]![j]! - ours![i]![j]! - i);
    expect(Math.max(...spread.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test("options that do not fit", () => {
    const make = (options: object) => () => definition.create(sizes, options);
    expect(make({ base: "rope" })).toThrow(/base "rope" acts through rotate. Choose one that is a/);
    expect(make({ base: "none" })).toThrow(/base "none" has no bias/);
    expect(make({ width: 0 })).toThrow(/width must be a whole number from 1 to \d+, got 0/);
    expect(make({ base: "t5", baseOptions: { buckets: 1 } })).toThrow(
      /t5: buckets must be a whole number from 2/,
    );
    if (kernel > 1) {
      expect(make({ kernel: 4 })).toThrow(/kernel must be odd, got 4. Use 5/);
      expect(() => definition.create({ ...sizes, causal: false })).toThrow(/causal mask/);
    }
  });
});

test("rel-proj gives nothing to keys beyond its bank", () => {
  const length = 7;
  const scores = scoresOf(relProj.create(shape, { basis: 1, maxDistance: 3 }), {
    length,
    parameters: {
      "position.rel-proj.weights.bias": [2],
      "position.rel-proj.bank": [0.5, 0.7, 0.9],
    },
  });
  for (const [i, j] of causal(length))
    expect(scores[i]![j]).toBeCloseTo([1, 1.4, 1.8][i - j] ?? 0, 12);
  expect(() => relProj.create(shape, { maxDistance: 0 })).toThrow(/maxDistance must be a whole/);
});
