import { describe, expect, test } from "vitest";
import type { Compared, Ranked } from "../../src/comparison/ranked.ts";
import type { Results } from "../../src/comparison/results.ts";
import { verdict, verdictText } from "../../src/report/verdict.ts";
import { fixture, seven } from "../comparison/fixture.ts";

/** A row whose simultaneous interval is `difference` ± `half`, likewise for growth. */
function row(
  encoding: string,
  length: number,
  value: number,
  { difference = 0, half = 0.01, growth = null as number | null } = {},
): Ranked {
  const around = (mean: number) => {
    const interval = { low: mean - half, high: mean + half };
    return { mean, interval, simultaneous: interval };
  };
  return {
    encoding,
    length,
    protocol: "windows",
    measure: "bitsPerByte",
    value,
    interval: { low: value - 0.05, high: value + 0.05 },
    standing: difference === 0 ? "best" : difference > half ? "behind" : "level",
    difference: around(difference),
    growth: growth === null ? null : around(growth),
    over: "paired windows of text",
  };
}

function results(encodings: string[], comparison: Compared[], seeds = [1]): Results {
  const whole = fixture({ characters: seven.slice(0, 1) });
  return {
    ...whole,
    configuration: { ...whole.configuration, encodings, seeds, testLengths: [128, 1024] },
    trials: [],
    comparison,
  };
}

const text = (...input: Parameters<typeof results>): string => verdictText(results(...input));

describe("verdict", () => {
  test("a clear winner", () => {
    const told = text(["a", "b"], [row("a", 128, 2.2), row("b", 128, 2.3, { difference: 0.1 })]);
    expect(told).toContain("At the train length, 128 tokens: a is best, 2.200 bits per byte.");
    expect(told).toContain("b (+0.100, from +0.090 to +0.110)");
  });

  test("a tie is not called a win", () => {
    const told = text(
      ["a", "b", "c"],
      [
        row("a", 128, 2.2),
        row("b", 128, 2.205, { difference: 0.005 }),
        row("c", 128, 2.4, { difference: 0.2 }),
      ],
    );
    expect(told).toContain(
      "a has the lowest loss, 2.200 bits per byte, but cannot be told apart from b",
    );
    expect(told).toContain("Behind by more than chance explains: c");
    expect(told).not.toContain("a is best");
  });

  test("everything tied", () => {
    const told = text(
      ["a", "b"],
      [row("a", 128, 2.2), row("b", 128, 2.205, { difference: 0.005 })],
    );
    expect(told).toContain("No encoding is shown to be worse than it.");
  });

  test("one encoding alone has no rival", () => {
    expect(text(["a"], [row("a", 128, 2.2)])).toContain("It has no rival here");
  });

  test("nothing could run", () => {
    const told = text(
      ["a", "b"],
      ["a", "b"].map((encoding) => ({
        encoding,
        length: 128,
        protocol: "windows" as const,
        failed: "no kernel on this device",
      })),
    );
    expect(told).toContain("No encoding could be evaluated");
    expect(told).toContain("a and b at 128 tokens: no kernel on this device");
    expect(told).not.toMatch(/best|lowest/);
  });

  test("an encoding that diverged is named with its seed", () => {
    const told = text(
      ["a", "b"],
      [
        row("a", 128, 2.2),
        {
          encoding: "b",
          length: 128,
          protocol: "windows",
          failed: "its loss was not finite with seed 3",
        },
      ],
    );
    expect(told).toContain("b at 128 tokens: its loss was not finite with seed 3");
    expect(told).not.toContain("NaN");
  });

  test("no interval, no claim", () => {
    const bare = (ranked: Ranked): Ranked => ({
      ...ranked,
      interval: null,
      difference: { ...ranked.difference, interval: null, simultaneous: null },
    });
    const told = text(
      ["a", "b"],
      [
        bare(row("a", 128, 2.2)),
        bare({ ...row("b", 128, 2.9, { difference: 0.7 }), standing: "level" }),
      ],
    );
    expect(told).toContain("nothing can be told apart");
  });

  test("beyond the train length: broken, worse, held and gained are told apart", () => {
    const encodings = ["broken", "worse", "held", "gained"];
    const growths = [1.5, 0.05, 0.004, -0.1];
    const lines = verdict(
      results(
        encodings,
        encodings.flatMap((encoding, i) => [
          row(encoding, 128, 2, { difference: i * 0.001 }),
          row(encoding, 1024, 2 + growths[i]!, {
            difference: growths[i]! + 0.1,
            growth: growths[i]!,
          }),
        ]),
      ),
    );
    const about = (heading: RegExp): string =>
      lines
        .filter((line) => heading.test(line.heading))
        .map((line) => line.text)
        .join();
    expect(about(/^Break/)).toContain(
      "broken (2.000 to 3.500 at 8×, change from +1.490 to +1.510)",
    );
    expect(about(/^Break/)).not.toContain("worse");
    expect(about(/^Get worse/)).toContain("worse (2.000 to 2.050");
    expect(about(/no certain change/)).toContain("held");
    expect(about(/^Gain/)).toContain("gained (2.000 to 1.900");
  });

  test("many encodings are named without their intervals", () => {
    const encodings = Array.from({ length: 12 }, (_, i) => `encoding-${i}`);
    const lines = verdict(
      results(
        encodings,
        encodings.flatMap((encoding, i) => [
          row(encoding, 128, 2.2 + i / 100, { difference: i === 1 ? 0.005 : i / 10 }),
          row(encoding, 1024, 4, { difference: i / 10, growth: 1.8 }),
        ]),
      ),
    );
    expect(lines[0]!.text).toContain("encoding-11 (from +0.200 to +1.100)");
    expect(lines.find(({ heading }) => heading.startsWith("Break"))!.text).toMatch(
      /^At 8× encoding-0/,
    );
    for (const line of lines) expect(line.text.length).toBeLessThan(450);
  });

  test("one seed limits the verdict to this initialisation, several do not", () => {
    const rows = [row("a", 128, 2.2), row("b", 128, 2.3, { difference: 0.1 })];
    expect(text(["a", "b"], rows)).toContain("seeds were not varied");
    expect(text(["a", "b"], rows, [1, 2])).not.toContain("seeds were not varied");
    expect(text(["a", "b"], rows, [1, 2])).toContain("2 seeds were trained");
  });

  test("sliding windows are mentioned with what they change", () => {
    expect(verdictText(fixture())).toMatch(
      /With sliding windows of that length: The (same|leaders)/,
    );
  });
});
