/**
 * Which encoding to use: the classes follow from intervals, and the page says what the records say.
 */
import { describe, expect, test } from "vitest";
import { costClasses } from "../../docs/make/choose-costs.ts";
import { standingsAt } from "../../docs/make/choose-standings.ts";
import type { Standings } from "../../docs/make/choose-standings.ts";
import { choosePage } from "../../docs/make/choose.ts";
import type { Cost, Costs } from "../../docs/make/measured.ts";
import { readRecords } from "../../reproduce/record.ts";
import type { ExperimentRecord } from "../../reproduce/record.ts";
import { encodings } from "../../src/encodings/index.ts";
import { read } from "./documents.ts";

const records = readRecords(new URL("../../docs/results/", import.meta.url));
const text = records.get("text")!;

/** The experiment on text with these bits per byte at 64, one a seed; undefined: no number. */
function planted(values: Readonly<Record<string, readonly number[] | undefined>>): Standings {
  const record: ExperimentRecord = {
    ...text,
    settings: { ...text.settings, encodings: Object.keys(values) },
    models: Object.entries(values).flatMap(([encoding, losses]) =>
      [0, 1, 2].map((which) => ({
        ...{ encoding, seed: which + 1, parameters: 1, secondsPerStep: 1, lastLoss: 1 },
        scores: [
          losses
            ? { length: 64, protocol: "windows", bitsPerByte: losses[which]! }
            : { length: 64, protocol: "windows", unsupported: "no row" },
        ],
      })),
    ),
  };
  return standingsAt(
    new Map([["text", record]]),
    { experiment: "text", length: 64 },
    "bits per byte",
  );
}

const names = (members: readonly { readonly encoding: string }[]): string[] =>
  members.map(({ encoding }) => encoding);

describe("standings", () => {
  const found = planted({
    rope: [2.5, 2.6, 2.55],
    alibi: [2.501, 2.602, 2.553], // by less than a hundredth in every seed
    t5: [2.9, 2.6, 2.7], // the seeds differ
    none: [3.2, 3.31, 3.26],
    learned: undefined,
  });

  test("the lowest mean is best, and one that is equal in every seed is as good", () => {
    expect(found.best.encoding).toBe("rope");
    expect(names(found.level)).toEqual(["alibi"]);
  });

  test("where seeds differ nothing is decided, where all are worse it is", () => {
    expect(names(found.open)).toEqual(["t5"]);
    expect(names(found.worse)).toEqual(["none"]);
    expect(found.worse[0]!.behind).toBeCloseTo(0.707, 3);
    expect(found.worse[0]!.interval!.low).toBeGreaterThan(0);
  });

  test("one without a number is none of these", () => {
    expect(found.without).toEqual(["learned"]);
  });

  test("a difference of every seed beyond the tolerance is worse, below it as good", () => {
    const apart = (by: number): Standings =>
      planted({ rope: [2, 2, 2], alibi: [2 + by, 2 + by + 1e-3, 2 + by - 1e-3] });
    expect(names(apart(0.12).worse)).toEqual(["alibi"]);
    expect(names(apart(0.08).level)).toEqual(["alibi"]);
  });

  test("nothing recorded is an error", () => {
    expect(() => standingsAt(records, { experiment: "text", length: 63 }, "bits per byte")).toThrow(
      "nothing was recorded at text, 63",
    );
  });
});

test("costs: a median within the range of none beside itself is as fast", () => {
  const cost = (...times: [number, number, number]): Cost => ({
    ...{ ms: 1, times, peakBytes: 1, peakBytesOfNone: 1 },
  });
  const costs: Costs = {
    ...{ machine: "m", rounds: 3, threads: 1, model: {} },
    costs: {
      none: { "train 512": cost(1, 0.95, 1.05) },
      rope: { "train 512": cost(1.04, 0.9, 1.2) },
      shaw: { "train 512": cost(1.2, 1.01, 1.3) },
      cope: { "train 512": cost(2, 1, 3) },
      path: { "train 512": { failed: "memory" } },
      "rope+alibi": { "train 512": cost(1, 1, 1) },
    },
  };
  const { level, slower, slow } = costClasses(costs, "train 512");
  const ids = (list: readonly (readonly [string, Cost])[]): string[] => list.map(([id]) => id);
  expect([ids(level), ids(slower), ids(slow)]).toEqual([["rope"], ["shaw"], ["cope"]]);
});

describe("docs/choose.md", () => {
  const { text: page } = read("docs/choose.md");

  test("names every encoding in its last table, and a place for each need", () => {
    const last = page.slice(page.indexOf("## All encodings in one table"));
    for (const { id } of encodings) expect(last).toContain(`| [\`${id}\`](encodings/${id}.md)`);
    for (const need of [
      "Text within",
      "Text beyond",
      "Exact algorithmic",
      "Speed",
      "Encoders",
      "What is not decided",
    ])
      expect(page).toMatch(new RegExp(`^## ${need}`, "m"));
  });

  test("an encoding whose seeds are all worse is so called, by its interval", () => {
    const row = /^\| `alibi` +\| 2\.705 \| (\S+) +\| (\S+) to (\S+) +\| worse/m.exec(page);
    expect(Number(row![2]!.replace("+", ""))).toBeGreaterThan(0);
  });

  test("without costs there is no section on speed, and no number of one", () => {
    const without = choosePage(records, undefined);
    expect(without).not.toContain("## Speed");
    expect(without).not.toMatch(/\d×\)? and \d/);
    expect(without).toContain("## Encoders");
  });
});
