/**
 * Claims judged by intervals: shown, contradicted, open, not measured.
 */
import { describe, expect, test } from "vitest";
import { judge, reciprocalRanks, verdictOf } from "../../reproduce/claims.ts";
import type { Judged, Outcome, Records } from "../../reproduce/claims.ts";
import type { Claim, MeasureName, Place } from "../../reproduce/experiment.ts";
import { bitsOf, readBits } from "../../reproduce/record.ts";
import type { ExperimentRecord } from "../../reproduce/record.ts";
import { intervalOf } from "../../src/comparison/statistics/intervals.ts";
import { meanOfSeeds } from "../../src/measures/estimate.ts";
import { onTask, onText } from "./made-up.ts";

const records = (...all: ExperimentRecord[]): Records =>
  new Map(all.map((record) => [record.experiment, record]));
const order = (
  better: string,
  worse: string,
  at: readonly Place[],
  measure: MeasureName = "bits per byte",
): Claim => ({ kind: "order", better, worse, at, measure });
const at = (length: number, protocol?: string): Place => ({
  experiment: "e",
  length,
  ...(protocol ? { protocol } : {}),
});

describe("an order on text", () => {
  const text = records(
    onText("e", {
      alibi: { "64": [2.7, 2.71, 2.72], "256": [2.7, 2.72, 2.71] },
      rope: { "64": [2.69, 2.73, 2.7], "256": [3.3, 3.31, 3.29], "256 sliding": [2.6, 2.6, 2.6] },
      learned: { "64": [2.8, 2.8, 2.81], "256": "its table has 64 rows" },
    }),
  );
  const one = (claim: Claim): Judged => judge([claim], text)[0]!;

  test("is shown where every loss is lower by more than chance explains", () => {
    const { outcome, mean, interval } = one(order("alibi", "rope", [at(256)]));
    expect(outcome).toBe("shown");
    expect(mean).toBeCloseTo(0.59, 10);
    const expected = intervalOf(meanOfSeeds([0.6, 0.59, 0.58]))!;
    expect(interval!.low).toBeCloseTo(expected.low, 10);
    expect(interval!.high).toBeCloseTo(expected.high, 10);
  });

  test("is contradicted where it is the other way, and open where the interval holds zero", () => {
    expect(one(order("rope", "alibi", [at(256)])).outcome).toBe("contradicted");
    expect(one(order("rope", "alibi", [at(64)])).outcome).toBe("open");
  });

  test("is not measured, with the reason, where an encoding has no number or is absent", () => {
    expect(one(order("alibi", "learned", [at(256)]))).toMatchObject({
      outcome: "not measured",
      reason: "learned at length 256: its table has 64 rows",
    });
    expect(one(order("alibi", "cope", [at(256)])).reason).toBe("cope was not trained in e");
    expect(one(order("alibi", "rope", [at(512)])).reason).toBe("e has no length 512");
    const elsewhere = { experiment: "f", length: 64 };
    expect(one(order("alibi", "rope", [elsewhere])).reason).toBe("the experiment f was not run");
    expect(one(order("alibi", "rope", [at(256, "sliding")])).reason).toBe("e has no length 256");
  });

  test("of several places is judged by their mean, seed by seed", () => {
    const { mean } = one(order("alibi", "rope", [at(64), at(256)]));
    expect(mean).toBeCloseTo((0.59 - 0.01 / 3) / 2, 10);
  });

  test("of several experiments has a pair for each seed of each", () => {
    const more = records(
      onText("e", { a: { "64": [2, 2.1, 2.2] }, b: { "64": [2.1, 2.2, 2.4] } }),
      onText("f", { a: { "64": [2.5, 2.5, 2.5] }, b: { "64": [2.6, 2.65, 2.6] } }),
    );
    const places = [at(64), { experiment: "f", length: 64 }];
    const [judged] = judge([order("a", "b", places)], more);
    const expected = meanOfSeeds([0.1, 0.1, 0.2, 0.1, 0.15, 0.1]);
    expect(judged!.mean).toBeCloseTo(expected.mean, 10);
    expect(judged!.interval!.low).toBeCloseTo(intervalOf(expected)!.low, 10);
    expect(judged!.outcome).toBe("shown");
    // Three seeds of the first alone would not decide.
    expect(judge([order("a", "b", [at(64)])], more)[0]!.outcome).toBe("open");
  });

  test("several claims are judged together: their intervals are wider", () => {
    const claim = order("alibi", "rope", [at(256)]);
    const [alone] = judge([claim], text);
    const [, , third] = judge([claim, claim, claim], text);
    expect(third!.interval!.low).toBeLessThan(alone!.interval!.low);
  });
});

describe("an order on a task", () => {
  test("more is better", () => {
    const task = records(
      onTask("e", { none: { "40": [0.8, 0.82, 0.81] }, rope: { "40": [0.1, 0.12, 0.09] } }),
    );
    const outcomes = (["exact match", "accuracy by token"] as const).map(
      (measure) => judge([order("none", "rope", [at(40)], measure)], task)[0]!.outcome,
    );
    expect(outcomes).toEqual(["shown", "shown"]);
  });

  test("seeds that agree exactly do not make an interval of width zero", () => {
    const task = records(
      onTask("e", { none: { "40": [0.01, 0.01, 0.01] }, rope: { "40": [0, 0, 0] } }),
    );
    for (const measure of ["exact match", "accuracy by token"] as const) {
      const [judged] = judge([order("none", "rope", [at(40)], measure)], task);
      expect(judged!.outcome).toBe("open");
      expect(judged!.interval!.high - judged!.interval!.low).toBeGreaterThan(0.02);
    }
  });
});

describe("holding", () => {
  const text = records(
    onText("e", {
      flat: { "64": [2.7, 2.71, 2.69], "256": [2.69, 2.7, 2.68] },
      rising: { "64": [2.7, 2.71, 2.69], "256": [2.73, 2.741, 2.719] },
    }),
  );
  const holds = (encoding: string, within: number): Outcome =>
    judge(
      [{ kind: "holds", encoding, from: at(64), to: at(256), measure: "bits per byte", within }],
      text,
    )[0]!.outcome;

  test("is shown where the loss does not grow, or not beyond the allowance", () => {
    expect(holds("flat", 0)).toBe("shown");
    expect(holds("rising", 0)).toBe("contradicted");
    expect(holds("rising", 0.02)).toBe("shown");
  });

  test("of exact match is about points lost", () => {
    const task = records(
      onTask("e", { a: { "20": [0.99, 0.99, 0.98], "40": [0.97, 0.98, 0.97] } }, 2000),
    );
    const claim = (within: number): Claim => ({
      kind: "holds",
      encoding: "a",
      ...{ from: at(20), to: at(40), measure: "exact match", within },
    });
    expect(judge([claim(0.1)], task)[0]!.outcome).toBe("shown");
    expect(judge([claim(0)], task)[0]!.outcome).not.toBe("shown");
  });
});

describe("reciprocal ranks", () => {
  const among = ["a", "b", "c"];
  const task = records(
    onTask("e", {
      a: { "40": [0.9, 0.5, 0], "30": [0.9, 0.9, 0.9] },
      b: { "40": [0.5, 0.5, 0], "30": [0.5, 0.5, 0.5] },
      c: { "40": [0.1, 0.7, 0], "30": [0.1, 0.1, 0.1] },
    }),
  );

  test("ties share the mean of their ranks", () => {
    const ranks = reciprocalRanks(task, among, at(40), "exact match");
    expect(ranks.get("a")).toEqual([1, 1 / 2.5, 1 / 2]);
    expect(ranks.get("b")).toEqual([1 / 2, 1 / 2.5, 1 / 2]);
    expect(ranks.get("c")).toEqual([1 / 3, 1, 1 / 2]);
  });

  test("a claim is about their difference, averaged over places", () => {
    const claim: Claim = {
      kind: "rank",
      ...{ better: "a", worse: "b", among, at: [at(40), at(30)], measure: "exact match" },
    };
    const { mean, outcome } = judge([claim], task)[0]!;
    expect(mean).toBeCloseTo((0.5 + 0.5 + (0 + 0.5) + (0 + 0.5)) / 6, 10);
    expect(outcome).toBe("open"); // ½, ¼ and ¼ vary too much for three seeds
    // All seeds agree here, which must not leave an interval of width zero.
    const [sure] = judge([{ ...claim, worse: "c", at: [at(30), at(30), at(30)] }], task);
    expect(sure!.outcome).toBe("shown");
    expect(sure!.interval!.high - sure!.interval!.low).toBeGreaterThan(0.1);
  });
});

describe("the verdict of a row", () => {
  const judged = (...outcomes: Outcome[]): Judged[] =>
    outcomes.map((outcome) => ({ claim: order("a", "b", []), outcome }));

  test.each<[Outcome[], string]>([
    [["shown", "shown"], "reproduced"],
    [["shown", "open"], "reproduced in part"],
    [["shown", "not measured"], "reproduced in part"],
    [["open", "open"], "not decided"],
    [["open", "not measured"], "not decided"],
    [["shown", "contradicted"], "not reproduced"],
    [["not measured", "not measured"], "not run"],
    [[], "not run"],
  ])("%j is %s", (outcomes, verdict) => {
    expect(verdictOf(judged(...outcomes))).toBe(verdict);
  });
});

test("answers survive being written as digits", () => {
  for (const bits of [[1, 0, 1, 1, 0], [], [1], [0, 0, 0, 0, 1, 1, 1, 1, 0]])
    expect(readBits(bitsOf(bits), bits.length)).toEqual(bits);
  expect(bitsOf([1, 0, 1, 1, 0])).toBe("b0");
});
