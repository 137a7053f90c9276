import { describe, expect, test } from "vitest";
import type { Compared, Ranked } from "../../src/comparison/ranked.ts";
import type { Results } from "../../src/comparison/results.ts";
import { renderReport } from "../../src/report/node-report.ts";
import { verdict, verdictText } from "../../src/report/verdict.ts";
import { isRanked } from "../../src/comparison/ranked.ts";
import { fixture, seven } from "../comparison/fixture.ts";
import { taskFixture } from "../comparison/task-fixture.ts";

/** A row whose simultaneous interval is `difference` ± `half`, likewise for growth. */
function row(
  encoding: string,
  length: number,
  value: number,
  { difference = 0, half = 0.01, growth = null as number | null, seeds = 1 } = {},
): Ranked {
  const around = (mean: number) => {
    const interval = { low: mean - half, high: mean + half };
    const worseSeeds = mean > 0 ? seeds : 0;
    return { mean, interval, simultaneous: interval, trained: interval, worseSeeds };
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
    expect(told).toContain(
      "At the train length, 128 tokens: a has the lowest loss, 2.200 bits per byte. " +
        "Behind by more than chance explains: b (+0.100, from +0.090 to +0.110).",
    );
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
      "a has the lowest loss, 2.200 bits per byte. Behind by more than chance explains: " +
        "c (+0.200, from +0.190 to +0.210). Not decided: b (+0.005, from −0.005 to +0.015).",
    );
  });

  test("everything tied", () => {
    const told = text(
      ["a", "b"],
      [row("a", 128, 2.2), row("b", 128, 2.205, { difference: 0.005 })],
    );
    expect(told).toContain("Not decided: b (");
    expect(told).not.toContain("Behind");
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
    expect(told).toContain("One sample each leaves no interval: nothing is decided.");
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
    expect(about(/^No certain change/)).toContain("held");
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
    expect(lines[1]!.text).toContain("encoding-11 (from +0.200 to +1.100)");
    expect(lines.find(({ heading }) => heading.startsWith("Break"))!.text).toMatch(
      /^At 8× encoding-0/,
    );
    for (const line of lines) expect(line.text.length).toBeLessThan(520);
  });

  const rows = (seeds: number): Ranked[] => [
    row("a", 128, 2.2),
    row("b", 128, 2.3, { difference: 0.1, seeds }),
  ];

  test("one seed is the first thing that is said, several are counted", () => {
    const [first] = verdict(results(["a", "b"], rows(1)));
    expect(first!.heading).toBe("One seed");
    expect(first!.text).toContain("other seeds may still order the encodings otherwise");
    expect(first!.text).toContain("0.5 % of the loss");
    const told = text(["a", "b"], rows(3), [1, 2, 3]);
    expect(told).not.toContain("One seed");
    expect(told).toContain("b (+0.100, from +0.090 to +0.110, worse in 3 of 3 seeds)");
    expect(told).toContain("3 seeds were trained");
  });

  test("with one seed a level encoding whose trained model is worse is named", () => {
    const level = row("b", 128, 2.205, { difference: 0.005 });
    const trained = { low: 0.001, high: 0.009 };
    const told = text(
      ["a", "b"],
      [row("a", 128, 2.2), { ...level, difference: { ...level.difference, trained } }],
    );
    expect(told).toContain(
      "Of these the trained model of b is worse by more than the choice of text explains; " +
        "other seeds may order them otherwise.",
    );
    const rows = [
      row("a", 128, 2.2, { seeds: 2 }),
      { ...level, difference: { ...level.difference, trained } },
    ];
    expect(text(["a", "b"], rows, [1])).toContain("Of these the trained model of b");
    expect(text(["a", "b"], rows, [1, 2])).not.toContain("Of these the trained");
  });

  test("the command with the seeds that would decide is printed, and what they would not decide", () => {
    const open = (encoding: string, seedsToDecide: number | null): Ranked => ({
      ...row(encoding, 128, 2.205, { difference: 0.005 }),
      seedsToDecide,
    });
    const told = text(
      ["a", "b", "c", "d"],
      [row("a", 128, 2.2), open("b", 4), open("c", 7), open("d", null)],
    );
    expect(told).toContain(
      "More seeds: 7 seeds would probably decide b at 1× and c at 1×, if the differences stay what they are: " +
        "relpos compare --encodings none --seeds 1,2,3,4,5,6,7",
    );
    expect(told).toContain("Too near to decide: d at 1×");
  });

  test("equal values share the lead", () => {
    const told = text(
      ["a", "b", "c"],
      [row("a", 128, 2.2), row("b", 128, 2.2), row("c", 128, 2.4, { difference: 0.2 })],
    );
    expect(told).toContain("a and b share the lowest loss, 2.200 bits per byte. Behind");
  });

  test("a change of the trained model that other seeds might not have", () => {
    const around = { low: -0.02, high: 0.01 };
    const changed = row("a", 1024, 1.995, { growth: -0.005 });
    const lines = verdict(
      results(
        ["a"],
        [
          row("a", 128, 2),
          {
            ...changed,
            growth: {
              ...changed.growth!,
              simultaneous: around,
              trained: { low: -0.007, high: -0.003 },
            },
          },
        ],
      ),
    );
    expect(lines.find(({ heading }) => heading.startsWith("Changed as trained"))!.text).toContain(
      "a (2.000 to 1.995 at 8×, change from −0.020 to +0.010)",
    );
  });

  test("sliding windows are mentioned with what they change", () => {
    expect(verdictText(fixture())).toMatch(
      /With sliding windows of that length: (The|Not the) same encodings are ahead/,
    );
  });
});

describe("a loss breaks where its whole interval has grown by more than 5 %", () => {
  // 5 % of 2 is 0.1.
  test.each([
    ["from +0.11 on", 0.21, true],
    ["from +0.09 on, though the change itself is more", 0.19, false],
    ["by 0.05 at most", 0.03, false],
  ])("%s", (_, growth, breaks) => {
    const half = growth > 0.1 ? 0.1 : 0.02;
    const told = text(["a"], [row("a", 128, 2), row("a", 1024, 2 + growth, { growth, half })]);
    expect(told.includes("Break beyond the train length: a ")).toBe(breaks);
    expect(told.includes("Get worse beyond it, without breaking: a ")).toBe(!breaks);
  });
});

test("with two seeds nothing is said of one", () => {
  const rows = [row("a", 128, 2.2), row("b", 128, 2.3, { difference: 0.1, seeds: 2 })];
  expect(text(["a", "b"], rows, [1])).toContain("One seed: ");
  expect(text(["a", "b"], rows, [1, 2])).not.toContain("One seed");
});

test("of several lengths that break, the first is given", () => {
  const whole = results(
    ["a"],
    [128, 256, 1024].map((length, at) => row("a", length, 2 + at, at === 0 ? {} : { growth: at })),
  );
  const told = verdictText({
    ...whole,
    configuration: { ...whole.configuration, testLengths: [128, 256, 1024] },
  });
  expect(told).toContain("Break beyond the train length: a (2.000 to 3.000 at 2×");
});

test("where more is better, a fall is worse and a rise is a gain", () => {
  const whole = taskFixture();
  const [base, longest] = [20, 40];
  const told = (mean: number): string => {
    const interval = { low: mean - 0.01, high: mean + 0.01 };
    const growth = { mean, interval, simultaneous: interval, trained: interval, worseSeeds: 0 };
    const rows = whole.comparison.filter(isRanked).filter(({ encoding }) => encoding === "none");
    const comparison = rows
      .filter(({ length, protocol }) => [base, longest].includes(length) && protocol === "trained")
      .map((each) => (each.length === longest ? { ...each, growth } : each));
    return verdictText({ ...whole, comparison });
  };
  expect(told(-0.03)).toMatch(/^Get worse beyond it, without breaking: none /m);
  expect(told(+0.03)).not.toMatch(/^Get worse/m);
  expect(told(+0.03)).toContain("none (");
  expect(told(-0.3)).toMatch(/^Break beyond the train length: none /m);
  expect(told(+0.3)).not.toMatch(/^Break/m);
});

test("of a change, the seeds that went the same way are counted", () => {
  const rows = (growth: number): Ranked[] => [
    row("a", 128, 2, { seeds: 3 }),
    row("a", 1024, 2 + growth, { growth, seeds: 3 }),
  ];
  for (const growth of [-0.03, 0.03, 0.3])
    expect(text(["a"], rows(growth), [1, 2, 3])).toContain("the same way in 3 of 3 seeds");
});

test("of a share that falls, the seeds in which it fell are the same way", () => {
  const whole = taskFixture();
  const told = (mean: number, worseSeeds: number): string => {
    const interval = { low: mean - 0.01, high: mean + 0.01 };
    const growth = { mean, interval, simultaneous: interval, trained: interval, worseSeeds };
    const comparison = whole.comparison
      .filter(isRanked)
      .filter(({ encoding, protocol }) => encoding === "none" && protocol === "trained")
      .map((each) => (each.length === 40 ? { ...each, growth } : each))
      .filter(({ length }) => length !== 30);
    return verdictText({ ...whole, comparison });
  };
  // Of three seeds.
  expect(told(-0.3, 3)).toContain("the same way in 3 of 3 seeds");
  expect(told(-0.03, 2)).toContain("the same way in 2 of 3 seeds");
  expect(told(0.03, 1)).toContain("the same way in 2 of 3 seeds");
  expect(told(0, 0)).not.toContain("the same way");
});

test("one encoding is ahead of none, and has no differences", () => {
  const one = fixture({ characters: seven.slice(0, 1), configuration: { seeds: [1, 2] } });
  const told = verdictText(one);
  expect(told).toContain("It has no rival here to be compared with.");
  expect(told).not.toMatch(/are ahead|all others|differences are paired/);
  expect(told).toContain("2 seeds were trained for each encoding. The verdict is about");
});

test("with sliding windows, those that are equal are lowest together", () => {
  const sliding = (each: Ranked): Ranked => ({ ...each, protocol: "sliding" });
  const plain = [row("a", 128, 2.2), row("b", 128, 2.2), row("c", 128, 2.4, { difference: 0.2 })];
  const rows = plain.map((each): Ranked => ({ ...each, length: 1024 }));
  const told = (count: number): string =>
    text(["a", "b", "c"].slice(0, count), [
      ...rows.slice(0, count),
      ...rows.slice(0, count).map(sliding),
    ]);
  expect(told(3)).toContain(
    "With sliding windows of that length: The same encodings are ahead: " +
      "a and b are lowest, 2.200 bits per byte; all others are behind.",
  );
  expect(told(2)).toContain("a and b are lowest, 2.200 bits per byte.");
});

test("where the train length was not tested, changes name the length that they are from", () => {
  const whole = results(
    ["a"],
    [row("a", 256, 2), row("a", 1024, 2.05, { growth: 0.05, half: 0.01 })],
  );
  const told = verdictText({
    ...whole,
    configuration: { ...whole.configuration, testLengths: [256, 1024] },
  });
  expect(told).toContain(
    "Where changes begin: The train length was not tested, so changes are from 256 tokens, the shortest length that was.",
  );
  expect(text(["a"], [row("a", 128, 2), row("a", 1024, 2.05, { growth: 0.05 })])).not.toContain(
    "Where changes begin",
  );
});

test("where nothing is right, no encoding is recommended, least of all that of the name none", () => {
  const whole = taskFixture({
    solvers: ["none", "rope"].map((encoding) => ({ encoding, right: () => 0, luck: 0 })),
    configuration: { encodings: ["none", "rope"] },
  });
  const told = verdictText(whole);
  expect(told).toContain(
    "In practice: At the train length: no encoding, because all have the worst",
  );
  expect(told).not.toContain("none of");
  const page = renderReport(whole);
  expect(page).toContain("No number is marked, because all have the worst possible value.");
  expect(page).toContain("samples of length 20 at most");
});
