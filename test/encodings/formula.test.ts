/**
 * A golden source in TypeScript, on the example's encoding: right answers pass, and a fault in the encoding or in the
 * formula shows.
 */
import { describe, expect, test } from "vitest";
import { encoding } from "../../examples/my-encoding.ts";
import type { PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { multiply } from "../../src/operators/arithmetic.ts";
import { largest } from "./check.ts";
import type { Differences } from "./check.ts";
import { knowledges } from "./context.ts";
import type { Knowledge } from "./context.ts";
import { formulaGolden } from "./formula.ts";
import type { Formula } from "./formula.ts";
import { answerOf } from "./generic-check.ts";

const formula: Formula = {
  parameters: { slope: "position.learned-slope.slope" },
  score: ({ dot, scale, distance, head }, { slope }) =>
    scale * dot - slope![head]! * Math.abs(distance),
  cases: [
    { name: "3 heads, length 7", heads: 3, headDim: 4, length: 7, shapes: { slope: [3, 1, 1] } },
    {
      ...{ name: "2 queries of 9 keys, both ways", heads: 1, headDim: 6, length: 9, queries: 2 },
      ...{ causal: false, shapes: { slope: [1, 1, 1] } },
    },
  ],
};
const { cases } = formulaGolden("learned-slope", formula);
const check = answerOf(encoding);
const asItIs = (made: PositionEncoding): PositionEncoding => made;

/** The largest difference of the outputs, and of the gradients. */
function parts(differences: Differences): { outputs: number; gradients: number } {
  const all = Object.entries(differences);
  const of = (gradients: boolean): number =>
    largest(Object.fromEntries(all.filter(([name]) => name.startsWith("gradient") === gradients)));
  return { outputs: of(false), gradients: of(true) };
}

describe.each(cases)("$name", (golden) => {
  const differences = (mutate = asItIs, knowledge: Knowledge = "known"): Differences =>
    check(golden, { knowledge, mutate });

  test.each(knowledges)("agrees with the encoding, positions %s", (knowledge) => {
    const { outputs, gradients } = parts(differences(asItIs, knowledge));
    expect(outputs).toBeLessThan(1e-12);
    expect(gradients).toBeLessThan(golden.tolerance!);
  });

  test("every input has a gradient", () => {
    expect(Object.keys(golden.gradients)).toEqual(["query", "key", "value", "slope"]);
  });

  test("a bias of another size shows in outputs and gradients", () => {
    const wrong = differences((made) => ({
      ...made,
      bias: (context) => multiply(made.bias!(context), 1.001),
    }));
    expect(parts(wrong).outputs).toBeGreaterThan(1e-4);
    expect(parts(wrong).gradients).toBeGreaterThan(1e-5);
  });

  test("a fault in the formula shows", () => {
    const wrong = formulaGolden("learned-slope", {
      ...formula,
      score: (pair, learned) => formula.score(pair, learned) + 1e-6 * pair.j,
    }).cases.find(({ name }) => name === golden.name)!;
    expect(parts(check(wrong, { knowledge: "known", mutate: asItIs })).outputs).toBeGreaterThan(
      1e-7,
    );
  });
});
