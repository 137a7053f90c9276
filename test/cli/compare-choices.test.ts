import { describe, expect, test } from "vitest";
import { settingsOf } from "../../src/cli/compare-choices.ts";
import type { CompareOptions } from "../../src/cli/compare-choices.ts";
import { compareCommand } from "../../src/cli/compare-options.ts";
import { encodings } from "../../src/encodings/index.ts";

const nobody = (reason: string): void => {
  throw new Error(reason);
};

/** A value other than the default, as commander hands it over, and whether the comparison is on a task. */
const values: Readonly<Record<string, [value: unknown, task?: string]>> = {
  task: ["reverse"],
  data: ["numbers", "translate"],
  validationData: ["held.tsv", "translate"],
  columns: ["2,1", "translate"],
  measure: ["chrf", "translate"],
  decoderEncoding: ["alibi", "translate"],
  targetLength: [12, "translate"],
  answerEnd: ["length", "translate"],
  text: [["book.txt"]],
  corpus: ["sotu"],
  validation: [["unseen.txt"]],
  tokenizer: ["char"],
  encodings: [["none", "cope"]],
  trainLength: [48],
  testLengths: [[64, 96]],
  seeds: [[7]],
  steps: [601],
  batch: [3],
  width: [36],
  heads: [2],
  layers: [5],
  learningRate: [0.5],
  learningRates: [[0.1, 0.2]],
  optimiser: ["adamw"],
  warmup: [7],
  stride: [9],
  evaluationTokens: [12_345],
  evaluationSamples: [17, "copy"],
  device: ["webgpu"],
  threads: [2],
};
/** Options that say how a comparison runs, and not what it is. */
const ofTheCall = ["processes", "out", "json", "settings"];

describe("options of relpos compare", () => {
  const names = compareCommand(() => Promise.resolve()).options.map((each) => each.attributeName());

  test("all of them are here", () => {
    expect([...Object.keys(values), ...ofTheCall].sort()).toEqual([...names].sort());
  });

  test.each(Object.entries(values))("%s reaches the settings", async (name, [value, task]) => {
    const pairs = task === "translate" ? { trainLength: 30, testLengths: [30] } : {};
    const files = ["validationData", "columns"].includes(name) ? { data: "all.tsv" } : {};
    const on: CompareOptions = task === undefined ? {} : { task, ...pairs, ...files };
    const settings = await settingsOf({ ...on, [name]: value }, nobody);
    const nested: Readonly<Record<string, object>> = {
      text: { corpus: { text: value } },
      data: { pairs: { task, data: { name: value } } },
      validationData: { pairs: { data: { validation: [value] } } },
      columns: { pairs: { data: { columns: [2, 1] } } },
    };
    const expected = nested[name] ?? { [name]: value };
    expect(settings).toMatchObject(name === "corpus" ? { corpus: { name: value } } : expected);
    const before = await settingsOf(on, nobody);
    expect(before).not.toMatchObject(expected);
  });
});

describe("--encodings all", () => {
  test("on text is the whole list, but for what changes nothing at these lengths", async () => {
    const told: string[] = [];
    const settings = await settingsOf({ encodings: ["all"] }, (reason) => told.push(reason));
    const ids = encodings.map(({ id }) => id).filter((id) => id !== "query-temperature");
    expect(settings.encodings).toEqual(ids);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /query-temperature changes nothing .* up to length 512: .*longer lengths/,
    );
  }, 30_000);

  test("on a task is those that fit, and the reason for the others", async () => {
    const told: string[] = [];
    const options = { task: "parity", width: 16, heads: 2, layers: 1, encodings: ["all"] };
    const settings = await settingsOf(options, (reason) => told.push(reason));
    expect(settings.encodings.length).toBeGreaterThan(20);
    expect(settings.encodings).not.toContain("abacus");
    expect(settings.encodings.length + told.length).toBe(encodings.length);
    expect(told.join("\n")).toContain("abacus: digits must be token ids below the vocabulary's 6");
  });
});
