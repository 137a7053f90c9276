import { describe, expect, test } from "vitest";
import { alibi, slopes } from "../../src/encodings/alibi.ts";
import type { ModelShape } from "../../src/encodings/position-encoding.ts";
import { bucketRule, t5 } from "../../src/encodings/t5.ts";
import { tupe } from "../../src/encodings/tupe.ts";
import { windowTable } from "../../src/encodings/window-table.ts";
import { random } from "../../src/random/random.ts";
import { between, made, matrices, shape } from "./bias-matrices.ts";

describe("ALiBi's variants", () => {
  const at = (options: object, heads = 12): number[][][] =>
    matrices(alibi.create({ ...shape, heads }, options), between(0, 6), between(0, 6));

  test("trap 6: Falcon's slopes are divided by √headDim, and nothing else differs", () => {
    const [paper, falcon] = [at({}), at({ preScaled: true })];
    paper.forEach((rows, h) =>
      rows.forEach((row, i) =>
        row.forEach((value, j) => expect(falcon[h]![i]![j]! * 8 ** 0.5).toBeCloseTo(value, 12)),
      ),
    );
  });

  test("trap 6: Bloom's +slope · j differs by a constant of the row, for keys of the past", () => {
    at({}).forEach((rows, h) =>
      rows.forEach((row, i) => {
        const bloom = row.map((_, j) => slopes(12)[h]! * j);
        const constants = row.slice(0, i + 1).map((value, j) => bloom[j]! - value);
        for (const constant of constants) expect(constant).toBeCloseTo(constants[0]!, 12);
        // Beyond the query the two are no longer the same: the bias of the paper falls again.
        if (i < 6) expect(bloom[i + 1]! - row[i + 1]!).toBeGreaterThan(constants[0]! + 1e-3);
      }),
    );
  });

  test("trap 1: an offset brings keys before the query nearer, not those after it", () => {
    const rows = at({ sides: "offset" })[0]!;
    expect(rows[3]![2]!).toBeCloseTo(-0.5 * slopes(12)[0]!, 12);
    expect(rows[3]![4]!).toBeCloseTo(-slopes(12)[0]!, 12);
    expect(Math.abs(rows[3]![3]!)).toBe(0);
  });

  test("one-sided heads see one side and themselves, with the slopes of half as many heads", () => {
    const rows = at({ sides: "one-sided" });
    for (const h of between(0, 5)) {
      expect(rows[h]![3]![1]!).toBeCloseTo(-2 * slopes(6)[h]!, 12);
      expect(rows[h]![3]![4]!).toBeLessThan(-1e29);
      expect(rows[h + 6]![3]![5]!).toBeCloseTo(-2 * slopes(6)[h]!, 12);
      expect(rows[h + 6]![3]![2]!).toBeLessThan(-1e29);
      expect(Math.abs(rows[h]![3]![3]! + rows[h + 6]![3]![3]!)).toBe(0);
    }
  });

  test("learned slopes start at the fixed ones", () => {
    const encoding = alibi.create(shape, { learned: true, biasedHeads: 2, biasMax: 4 });
    const [spec] = encoding.parameters;
    const values = spec!.initial.kind === "values" ? spec!.initial.values : [];
    const [learned, fixed] = [
      matrices(encoding, [5], between(0, 9), { [spec!.name]: values }),
      matrices(alibi.create(shape, { biasedHeads: 2, biasMax: 4 }), [5], between(0, 9)),
    ];
    learned.forEach((rows, h) =>
      rows[0]!.forEach((value, j) => expect(value).toBeCloseTo(fixed[h]![0]![j]!, 12)),
    );
    expect(learned[2]![0]!.every((value) => Math.abs(value) === 0)).toBe(true);
  });

  test("impossible options are refused", () => {
    const make =
      (options: object, changed: Partial<ModelShape> = {}) =>
      () =>
        alibi.create({ ...shape, heads: 4, ...changed }, options);
    expect(make({ biasedHeads: 5 })).toThrow(/from 1 to the model's 4 heads, got 5/);
    expect(make({ biasMax: 0 })).toThrow(/biasMax must be a number above 0, got 0/);
    expect(make({ sides: "one-sided" }, { causal: true })).toThrow(/a causal model has none/);
    expect(make({ sides: "separate" })).toThrow(/Set learned to true/);
    expect(make({ sides: "one-sided" }, { heads: 3 })).toThrow(/even number of heads.*got 3/);
  });
});

describe("T5", () => {
  test("trap 5: T5's own form has no 1/√headDim; a scaled score comes with a bias times √headDim", () => {
    const table = { "position.t5.table": random(2, "t5").normalArray(96) };
    const [scaled, plain] = [{ form: "scaled" } as const, {}].map((options) => {
      const encoding = t5.create(shape, options);
      const [value] = matrices(encoding, [9], between(0, 20), {
        "position.t5.table": [...table["position.t5.table"]],
      });
      return { scale: encoding.scoreScale!, bias: value![0]! };
    });
    expect(scaled!.scale).toBeCloseTo(8 ** -0.5, 12);
    expect(plain!.scale).toBe(1);
    plain!.bias.forEach((value, j) => expect(scaled!.bias[j]!).toBeCloseTo(value * 8 ** 0.5, 12));
  });

  test("trap 5: the difference of two logarithms would put 64 and 128 into other buckets", () => {
    const difference = (n: number, most: number): number =>
      16 + Math.trunc(((Math.log(n) - Math.log(16)) / (Math.log(most) - Math.log(16))) * 16);
    for (const [n, most] of [
      [64, 256],
      [128, 1024],
    ] as const) {
      const own = bucketRule(true, 32, most)(n);
      const quotient = 16 + Math.trunc((Math.log(n / 16) / Math.log(most / 16)) * 16);
      expect(own).toBe(quotient);
      expect(difference(n, most)).not.toBe(own);
    }
  });
});

describe("TUPE", () => {
  const encoding = tupe.create({ ...shape, model: 24 }, { untieFirst: true, relative: true });

  test("trap 17: row 0 overwrites column 0, and neither depends on the other position", () => {
    for (const rows of matrices(encoding, between(0, 6), between(0, 6))) {
      const [fromFirst, toFirst] = [rows[0]![1]!, rows[1]![0]!];
      expect(Math.abs(fromFirst - toFirst)).toBeGreaterThan(1e-3);
      for (const value of rows[0]!) expect(value).toBe(fromFirst);
      for (const row of rows.slice(1)) expect(row[0]).toBe(toFirst);
    }
  });

  test("trap 17: T5's buckets of an encoder never reach the one that CLS takes", () => {
    for (const buckets of [8, 32]) {
      const met = new Set(between(-300, 300).map(bucketRule(false, buckets, 128)));
      expect(met.has(buckets / 2)).toBe(false);
      expect(met.size).toBe(buckets - 1);
    }
  });

  test("its content scores are scaled by 1/√(2 headDim)", () => {
    expect(encoding.scoreScale).toBeCloseTo(1 / 4, 12);
  });
});

describe("window tables", () => {
  test("a table that holds its own row numbers shows the row of each difference", () => {
    const encoding = windowTable.create({ ...shape, heads: 1 }, { length: 5 });
    const rows = matrices(encoding, between(0, 4), between(0, 4), {
      "position.window-table.table": between(0, 8),
    })[0]!;
    rows.forEach((row, i) => row.forEach((value, j) => expect(value).toBe(i - j + 4)));
  });

  test("cells of a grid share a number when rows and columns differ alike", () => {
    const encoding = windowTable.create({ ...shape, heads: 1 }, { length: 12, gridWidth: 4 });
    const [rows] = matrices(encoding, between(0, 11), between(0, 11));
    expect(rows![5]![0]).toBe(rows![10]![5]); // one row and one column
    expect(rows![5]![1]).not.toBe(rows![5]![0]);
    // 3 and 4 are neighbours in the text, but not in the grid.
    expect(rows![4]![3]).not.toBe(rows![5]![4]);
  });

  test("a text beyond the table is an error", () => {
    const encoding = windowTable.create(shape, { length: 5 });
    expect(() => made(encoding, between(3, 8), between(3, 8))).toThrow(
      /a text of 6 positions is longer than its 5: its table reaches over 5.*Raise length/,
    );
    expect(() => made(encoding, between(3, 7), between(3, 7))).not.toThrow();
    const grid = windowTable.create(shape, { length: 5, gridWidth: 2 });
    expect(() => made(grid, [5], [0])).toThrow(/position 5 is beyond its 5/);
  });
});
