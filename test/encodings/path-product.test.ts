/**
 * Products of reflections: joined from pieces and as one piece against one reflection after the other,
 * and both in float32.
 */
import { describe, expect, test } from "vitest";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { joinedScores, pieceOf } from "../../src/encodings/parts/path-product.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Dimension } from "../../src/tensor/dimension.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";

const width = 5;

/** A text's vectors, each a row of `width` numbers; w has norm 1. */
interface Text {
  readonly query: number[][];
  readonly key: number[][];
  readonly direction: number[][];
  readonly strength: number[][];
}

/** `n` tokens of `kinds` different ones, with β below `strongest`. */
function textOf(n: number, { kinds = n, strongest = 2 } = {}): Text {
  const sample = (name: string): number[][] => {
    const data = random(5, name).normalArray(kinds * width);
    return Array.from({ length: n }, (_, t) => [
      ...data.subarray((t % kinds) * width, ((t % kinds) + 1) * width),
    ]);
  };
  const betas = random(5, "β").uniformArray(n, 0, strongest);
  return {
    query: sample("query"),
    key: sample("key"),
    direction: sample("w").map((w) => w.map((x) => x / Math.hypot(...w))),
    strength: [...betas].map((beta) => [beta]),
  };
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, x, k) => total + x * b[k]!, 0);

/** H_t x */
function reflected(x: number[], { direction, strength }: Text, t: number): number[] {
  const along = strength[t]![0]! * dot(x, direction[t]!);
  return x.map((value, k) => value - along * direction[t]![k]!);
}

/** Scores of all pairs, 0 in the future, and the keys at the end: one reflection after the other. */
function oneByOne(text: Text): { scores: number[][]; keys: number[][] } {
  const n = text.key.length;
  const keys: number[][] = [];
  const scores = Array.from({ length: n }, (_, i) => {
    keys.forEach((key, j) => (keys[j] = reflected(key, text, i)));
    keys.push(text.key[i]!);
    return Array.from({ length: n }, (_, j) => (j <= i ? dot(text.query[i]!, keys[j]!) : 0));
  });
  return { scores, keys };
}

const valueOf = (rows: readonly (readonly number[])[]): Value => ({
  shape: [1, rows.length, rows[0]!.length],
  data: Float64Array.from(rows.flat()),
});

const names = ["query", "key", "direction", "strength", "past", "seen"] as const;
type Leaves = Readonly<Record<(typeof names)[number], Tensor>>;

/** Inputs for `fresh` tokens that are the last of `all`. */
function leavesOf(fresh: Dimension, all: Dimension): Leaves {
  return {
    query: input("query", [1, fresh, width]),
    key: input("key", [1, all, width]),
    direction: input("direction", [1, fresh, width]),
    strength: input("strength", [1, fresh, 1]),
    past: input("past", [1, fresh, all]),
    seen: input("seen", [1, fresh, fresh]),
  };
}

/** Values for the leaves: the last `fresh` tokens of a text, and the keys as a cache holds them. */
function valuesOf(text: Text, fresh: number, keys: number[][]): Record<keyof Leaves, Value> {
  const [all, first] = [keys.length, keys.length - fresh];
  const last = (rows: number[][]): Value => valueOf(rows.slice(first, all));
  const pattern = (columns: number, one: (i: number, j: number) => boolean): Value =>
    valueOf(
      Array.from({ length: fresh }, (_, i) =>
        Array.from({ length: columns }, (_, j) => +one(i, j)),
      ),
    );
  return {
    query: last(text.query),
    key: valueOf(keys),
    direction: last(text.direction),
    strength: last(text.strength),
    past: pattern(all, (i, j) => j < i + first),
    seen: pattern(fresh, (i, j) => j <= i),
  };
}

function asOnePiece(leaves: Leaves): { scores: Tensor; key: Tensor } {
  const { query, key, direction, strength, past, seen } = leaves;
  return pieceOf(query, key, { direction, strength }, past, seen);
}

function joined({ query, key, direction, strength }: Leaves): Tensor {
  return joinedScores(query, key, { direction, strength });
}

function given(leaves: Leaves, values: Record<keyof Leaves, Value>): Map<Tensor, Value> {
  return new Map(names.map((name) => [leaves[name], values[name]]));
}

/** The largest difference of past entries, relative to the largest entry. */
function difference(actual: ArrayLike<number>, expected: readonly (readonly number[])[]): number {
  const flat = expected.flat();
  const scale = Math.max(...flat.map(Math.abs));
  const first = expected[0]!.length - expected.length;
  return flat.reduce((most, value, at) => {
    const [i, j] = [Math.floor(at / expected[0]!.length), at % expected[0]!.length];
    const error = j <= i + first ? Math.abs(actual[at]! - value) / scale : 0;
    return Number.isNaN(error) || error > most ? error : most;
  }, 0);
}

describe.each([33, 64, 95, 100, 160, 225])("%i tokens", (n) => {
  const text = textOf(n);
  const leaves = leavesOf(n, n);
  const values = given(leaves, valuesOf(text, n, text.key));

  test("joined from pieces, scores are those of one reflection after the other", () => {
    const [scores] = evaluate([joined(leaves)], values);
    expect(scores!.shape).toEqual([1, n, n]);
    expect(difference(scores!.data, oneByOne(text).scores)).toBeLessThan(1e-12);
  });

  test("gradients of the pieces and of the whole are equal", () => {
    const cotangent = input("cotangent", [1, n, n]);
    const sampled = random(6, "dy").normalArray(n * n);
    const past = sampled.map((x, at) => (at % n <= Math.floor(at / n) ? x : 0));
    const all = new Map(values).set(cotangent, {
      shape: [1, n, n],
      data: Float64Array.from(past),
    });
    const wanted = [leaves.query, leaves.key, leaves.direction, leaves.strength];
    const [parts, whole] = [joined(leaves), asOnePiece(leaves).scores].map((scores) =>
      evaluate(vectorJacobian([scores], [cotangent], wanted) as Tensor[], all),
    );
    parts!.forEach(({ data }, at) => {
      const scale = Math.max(...whole![at]!.data.map(Math.abs));
      data.forEach((x, k) =>
        expect(Math.abs(x - whole![at]!.data[k]!) / scale).toBeLessThan(1e-12),
      );
    });
  });
});

test("trap 14: new tokens turn the keys of a cache, in pieces of any size", () => {
  const text = textOf(40);
  const { scores, keys } = oneByOne(text);
  for (const pieces of [[40], Array<number>(40).fill(1), [3, 1, 30, 6]]) {
    let cached: number[][] = [];
    for (const fresh of pieces) {
      const first = cached.length;
      const all = [...cached, ...text.key.slice(first, first + fresh)];
      const leaves = leavesOf(fresh, all.length);
      const piece = asOnePiece(leaves);
      const [found, kept] = evaluate(
        [piece.scores, piece.key],
        given(leaves, valuesOf(text, fresh, all)),
      );
      const rows = scores.slice(first, first + fresh).map((row) => row.slice(0, all.length));
      expect(difference(found!.data, rows)).toBeLessThan(1e-12);
      cached = all.map((_, j) => [...kept!.data.subarray(j * width, (j + 1) * width)]);
    }
    cached.forEach((key, j) => key.forEach((x, k) => expect(x).toBeCloseTo(keys[j]![k]!, 12)));
  }
  // The newest token alone: k ← k − β (k·w) w.
  const before = oneByOne({ ...text, key: text.key.slice(0, 39) }).keys;
  expect(keys[0]).toEqual(reflected(before[0]!, text, 39));
  expect(Math.abs(keys[0]![0]! - text.key[0]![0]!)).toBeGreaterThan(1e-2);
});

test("reflections by 2 keep the length of every key", () => {
  const text = { ...textOf(50), strength: Array.from({ length: 50 }, () => [2]) };
  const leaves = leavesOf(50, 50);
  const [keys] = evaluate([asOnePiece(leaves).key], given(leaves, valuesOf(text, 50, text.key)));
  text.key.forEach((key, j) => {
    const turned = keys!.data.subarray(j * width, (j + 1) * width);
    expect(Math.hypot(...turned)).toBeCloseTo(Math.hypot(...key), 10);
  });
});

describe.each([
  { name: "all tokens different", options: {} },
  // As runs of spaces are: powers of the triangle pass 1e30, the scores do not.
  { name: "three tokens, β near 2", options: { kinds: 3, strongest: 1.99 } },
])("float32, $name", ({ options }) => {
  const n = 300;
  const text = textOf(n, options);
  const { scores, keys } = oneByOne(text);
  const values = valuesOf(text, n, text.key);

  const runtime = async (
    leaves: Leaves,
    outputs: Record<string, Tensor>,
  ): Promise<Record<string, ArrayLike<number>>> => {
    const used = names.filter((name) => name in leaves);
    const program = await compile({ inputs: used.map((name) => leaves[name]), outputs });
    const found = await program.run(
      Object.fromEntries(
        used.map((name) => {
          const { shape, data } = values[name];
          return [name, { shape, data: Float32Array.from(data) }];
        }),
      ),
    );
    await program.dispose();
    return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data]));
  };

  test("sizes known at build time: pieces", async () => {
    const leaves = leavesOf(n, n);
    const found = await runtime(leaves, { scores: joined(leaves) });
    expect(difference(found["scores"]!, scores)).toBeLessThan(1.5e-6);
  });

  test("sizes known only at run time: one piece", async () => {
    const leaves = leavesOf("fresh", "fresh");
    const piece = asOnePiece(leaves);
    const found = await runtime(leaves, { scores: piece.scores, kept: piece.key });
    expect(difference(found["scores"]!, scores)).toBeLessThan(5e-6);
    const scale = Math.max(...keys.flat().map(Math.abs));
    keys
      .flat()
      .forEach((x, at) => expect(Math.abs(found["kept"]![at]! - x) / scale).toBeLessThan(5e-6));
  });
});
