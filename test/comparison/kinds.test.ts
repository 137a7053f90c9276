/**
 * The table of kinds is the only place where text, task and pairs differ.
 */
import { describe, expect, test } from "vitest";
import { commandOf } from "../../src/comparison/command.ts";
import { kindOf, kinds } from "../../src/comparison/kinds/index.ts";
import { checkSettings, completeSettings, fittingSettings } from "../../src/comparison/settings.ts";
import { loadCorpus } from "../../src/data/corpus-files.ts";
import { sourceFiles } from "../architecture/source-files.ts";

describe("the table", () => {
  test("a kind is found by its property; the default is text", () => {
    expect(kindOf({ task: "copy" }).id).toBe("task");
    expect(kindOf({ pairs: { task: "translate" } }).id).toBe("pairs");
    expect(kindOf({ corpus: { name: "sotu" } }).id).toBe("text");
    expect(kindOf({})).toBe(kinds[0]);
    expect(new Set(kinds.map(({ key }) => key)).size).toBe(kinds.length);
  });

  test("no file outside of it knows a kind, but for those that only pass its names on", () => {
    // The last one prints the defaults of both.
    const passing = ["index.ts", "browser.ts", "common.ts", "comparison/settings.ts"].concat(
      "cli/compare-options.ts",
    );
    const knowing = sourceFiles().filter(
      ({ path, imports }) =>
        !path.startsWith("comparison/kinds/") &&
        imports.some((name) => /^comparison\/kinds\/(text|task|pairs)/.test(name)),
    );
    expect(knowing.map(({ path }) => path).filter((name) => !passing.includes(name))).toEqual([]);
    const asking = sourceFiles().filter(({ text }) =>
      /isOfTask|isTaskSettings|"(task|corpus|pairs)" in (settings|configuration|choices)/.test(
        text,
      ),
    );
    expect(asking.map(({ path }) => path)).toEqual([]);
  });

  test("the data must be there: text without its corpus is refused", async () => {
    const settings = completeSettings({});
    expect(() => kindOf(settings).prepare(settings)).toThrow(
      "a comparison on text needs its text. Pass the corpus that `settings.corpus` names.",
    );
    const { subject, vocab } = kindOf(settings).prepare(settings, { corpus: await loadCorpus() });
    expect(vocab).toBe(256);
    expect(subject).toMatchObject({ corpus: { name: "moby-dick" }, stride: 64 });
  });
});

describe("settings from some of them", () => {
  test("text by default, as the command has it", () => {
    const settings = completeSettings({});
    // Chosen for the lowest loss within four minutes on two cores, see README.md.
    expect(settings).toEqual({
      corpus: { name: "moby-dick" },
      tokenizer: "byte",
      encodings: ["none", "sinusoidal", "rope", "alibi", "t5(form=scaled,maxDistance=32)"],
      seeds: [1, 2],
      ...{ trainLength: 64, testLengths: [64, 128, 256, 512], stride: 64 },
      ...{ steps: 570, batch: 16, warmup: 57 },
      ...{ width: 128, heads: 4, layers: 2 },
      ...{ optimiser: "muon", learningRate: 0.01, weightDecay: 0.1, clipNorm: 1 },
      ...{ evaluationTokens: 16384, device: "cpu", threads: 1 },
    });
    checkSettings(settings);
  });

  test("a task where one is given; lengths are multiples of the train length, ascending", () => {
    const settings = completeSettings({ task: "copy", trainLength: 10, seeds: [3, 4] });
    expect(settings).toMatchObject({ task: "copy", testLengths: [10, 11, 12, 15, 20] });
    expect(settings.seeds).toEqual([3, 4]);
    // No program that counts is as short as 10 steps.
    expect(completeSettings({ task: "copy" }).trainLength).toBe(10);
    expect(completeSettings({ task: "counting" }).trainLength).toBe(26);
    checkSettings(completeSettings({ task: "counting" }));
    // 4, 4.4, 4.8, 6 and 8
    expect(completeSettings({ task: "copy", trainLength: 4 }).testLengths).toEqual([4, 5, 6, 8]);
    expect(settings).not.toHaveProperty("corpus");
    expect(completeSettings({ testLengths: [256, 64] }).testLengths).toEqual([64, 256]);
  });

  test("a warm-up longer than half of the run is refused", () => {
    expect(() => completeSettings({ steps: 10, warmup: 6 })).toThrow(
      "the warm-up of 6 steps must be at most half of the 10 steps",
    );
  });

  test.each([
    [{ stride: 0 }, "stride must be a whole number of 1 or more, got 0"],
    [
      { task: "copy", evaluationSamples: 1.5 },
      "evaluationSamples must be a whole number of 1 or more, got 1.5",
    ],
    [{ seeds: [1, 1] }, "seed 1 is given twice"],
    [{ testLengths: [32] }, "test length 32 is shorter than the train length 64"],
    [
      { encodings: ["rope(rotated=5)"] },
      "rope: rotated must be an even number from 2 to 16777216, got 5",
    ],
    [{ learningRate: 0 }, "the learning rate must be above 0, got 0"],
    [{ steps: 2 ** 24 + 1 }, "a training has at most 16777216 steps, got 16777217"],
    [{ learningRate: 1e39 }, "maximum 1e+39"],
    [{ warmup: -1 }, "warmup -1"],
  ])("%j is refused", (choices, message) => {
    expect(() => checkSettings(completeSettings(choices))).toThrow(message);
  });

  test("a name with its options in another order is refused: trials would not be found again", () => {
    const settings = completeSettings({ encodings: ["rope(rotated=4,layout=interleaved)"] });
    expect(settings.encodings).toEqual(["rope(layout=interleaved,rotated=4)"]);
    const other = { ...settings, encodings: ["rope(rotated=4,layout=interleaved)"] };
    expect(() => checkSettings(other)).toThrow(
      "in their order: rope(layout=interleaved,rotated=4). Make settings with completeSettings",
    );
  });

  test("encodings that the model cannot have are left out, with the reason", () => {
    const { settings, leftOut } = fittingSettings(
      completeSettings({ task: "parity", encodings: ["none", "abacus"] }),
    );
    expect(settings.encodings).toEqual(["none"]);
    expect(leftOut).toEqual([expect.stringContaining("abacus: digits must be token ids below")]);
  });
});

describe("the command line of settings", () => {
  test("has every setting that it can say", () => {
    const command = commandOf(completeSettings({}));
    expect(command).toMatch(/^npx relpos compare --corpus moby-dick --encodings 'none,sinusoidal,/);
    expect(command).toContain("--steps 570 ");
    expect(command).toMatch(/--stride 64 --evaluation-tokens 16384$/);
  });

  test("names files, devices and threads, and quotes what a shell would read", () => {
    const command = commandOf(
      completeSettings({
        corpus: { text: ["a book.txt"] },
        encodings: ["rope", "mine"],
        encodingFiles: [{ id: "mine", path: "./mine.ts", sha256: "00" }],
        tokenizer: "char",
        device: "webgpu",
        threads: 2,
      }),
    );
    expect(command).toContain("--text 'a book.txt' --tokenizer char --encodings rope,./mine.ts ");
    expect(command).toMatch(/--device webgpu --threads 2$/);
  });
});
