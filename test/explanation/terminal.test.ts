/**
 * Text for a terminal: columns, heat maps and curves, with colours and without.
 */
import { describe, expect, test } from "vitest";
import { hanging, lengthOf, tableLines, wrapped } from "../../src/explanation/columns.ts";
import { ticks } from "../../src/explanation/curve-chart.ts";
import type { Curve } from "../../src/explanation/curves.ts";
import { curvesOf, isSpread } from "../../src/explanation/curves.ts";
import { curveLines } from "../../src/explanation/terminal-curves.ts";
import { heatMapLines } from "../../src/explanation/terminal-heat-map.ts";

/** value(i, j) for j ≤ i. */
function plane(size: number, value: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return j > i ? NaN : value(i, j);
  });
}

const distance = (i: number, j: number): number => i - j;
const escapes = /\x1b\[[\d;]*m/g;

describe("a heat map", () => {
  test("without colours: two characters a key, blank where a key is not seen", () => {
    expect(heatMapLines(plane(4, distance), 80, 1)).toEqual([
      "  ··",
      "  ==··",
      "  ##==··",
      "  @@##==··",
      "  0 ·:-=+*#%@ 3",
    ]);
  });

  test("shows the first positions that fit, and says so", () => {
    const lines = heatMapLines(plane(40, distance), 30, 1);
    expect(lines).toHaveLength(14 + 2);
    expect(Math.max(...lines.map(lengthOf))).toBe(30);
    expect(lines.at(-1)).toBe("  the first 14 of 40 positions");
  });

  test.each([
    [24, /\x1b\[0;38;2;\d+;\d+;\d+m/],
    [8, /\x1b\[0;38;5;\d+m/],
  ])(
    "with %d bits of colour: two queries a character, and every line ends plain",
    (depth, code) => {
      const lines = heatMapLines(plane(5, distance), 80, depth);
      expect(lines.map((line) => line.replace(escapes, "").trimEnd()).slice(0, 3)).toEqual([
        "  ▀▄",
        "  ▀▀▀▄",
        "  ▀▀▀▀▀",
      ]);
      expect(lines[0]).toMatch(code);
      for (const line of lines.slice(0, -1)) expect(line).toMatch(/\x1b\[0m\s*$/);
    },
  );

  test("of one number says it", () => {
    expect(
      heatMapLines(
        plane(3, () => 0.5),
        80,
        24,
      ),
    ).toEqual(["  0.5 everywhere"]);
    expect(
      heatMapLines(
        plane(3, () => NaN),
        80,
        1,
      ),
    ).toEqual(["  no finite number"]);
  });
});

describe("curves", () => {
  const part = (values: readonly ((i: number, j: number) => number)[]): readonly Curve[] =>
    curvesOf({
      of: "scores",
      caption: "",
      layers: [],
      planes: values.map((value) => plane(12, value)),
    });

  test("of equal heads are one, and named", () => {
    const curves = part([distance, () => 1, distance]);
    expect(curves.map(({ name, heads }) => [name, heads])).toEqual([
      ["heads 0 and 2", [0, 2]],
      ["head 1", [1]],
    ]);
    expect(part([distance, distance])[0]!.name).toBe("all heads");
    expect(isSpread(curves)).toBe(false);
    expect(isSpread(part([(i) => i]))).toBe(true);
  });

  test("have a sign each, high at the top", () => {
    const lines = curveLines(part([distance, (i, j) => 11 - (i - j)]), 80);
    expect(lines[0]).toMatch(/^ {3}11 │1 {10}0$/);
    expect(lines[11]).toMatch(/^ {4}0 │0 {10}1$/);
    expect(lines.at(-1)).toBe("  0 head 0   1 head 1   * several");
    expect(curveLines(part([() => 2]), 80)).toEqual(["  2 at every distance"]);
  });

  test("have a colour each where there are colours", () => {
    const curves = part([distance, (i, j) => 11 - (i - j)]);
    const [first] = curveLines(curves, 80, 8);
    expect(first).toMatch(/\x1b\[31m1\x1b\[0m {10}\x1b\[34m0\x1b\[0m$/);
    const plain = curveLines(curves, 80, 8).map((line) => line.replace(escapes, ""));
    expect(plain).toEqual(curveLines(curves, 80));
  });

  test("fit the width", () => {
    for (const width of [20, 40, 80])
      expect(Math.max(...curveLines(part([distance]), width).map(lengthOf))).toBeLessThanOrEqual(
        width,
      );
  });
});

test("ticks are round numbers inside the range", () => {
  expect(ticks(0, 47, 6)).toEqual([0, 10, 20, 30, 40]);
  expect(ticks(-0.63, 0, 5)).toEqual([-0.6, -0.4, -0.2, 0]);
  expect(ticks(17.08, 17.19, 5)).toEqual([17.1, 17.15]);
});

test("words are wrapped at spaces, and tables keep their columns", () => {
  expect(wrapped("a bb ccc dddd", 6)).toEqual(["a bb", "ccc", "dddd"]);
  expect(wrapped("𝔽𝔽𝔽 𝔽", 5)).toEqual(["𝔽𝔽𝔽 𝔽"]);
  expect(hanging("x: ", "one two three", 10)).toEqual(["x: one two", "   three"]);
  expect(
    tableLines(
      [{ head: "name" }, { head: "words", width: 7 }, { head: "n", align: "right" }],
      [["a", "three small words", "10"]],
    ),
  ).toEqual([
    "name  words   n",
    "───────────────",
    "a     three  10",
    "      small",
    "      words",
  ]);
});
