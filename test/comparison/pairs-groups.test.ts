/**
 * Which pairs a comparison trains on and judges, by the tokens of their sources. Nothing is trained here.
 */
import { describe, expect, test } from "vitest";
import { commandOf } from "../../src/comparison/command.ts";
import { lengthsOfPairs } from "../../src/comparison/kinds/pairs-lengths.ts";
import { pairsKind } from "../../src/comparison/kinds/pairs.ts";
import { checkSettings, completeSettings, fittingSettings } from "../../src/comparison/settings.ts";
import type { PairsSettings } from "../../src/comparison/settings.ts";
import type { PairSet, TextPair } from "../../src/data/pairs/pair.ts";
import { makeTokenizer } from "../../src/data/tokenizers.ts";

/** A pair whose source has so many tokens, the end symbol among them. */
const pair = (tokens: number, target = "b"): TextPair => ({
  source: "a".repeat(tokens - 1),
  target,
});
const set = (train: readonly number[], judged: readonly number[]): PairSet => ({
  ...{ name: "made", source: "made here", sha256: "00", notes: [] },
  train: train.map((tokens) => pair(tokens)),
  validation: judged.map((tokens) => pair(tokens)),
  tests: [],
});
const builtIn = (train: readonly number[], within: number[], longer: number[]): PairSet => ({
  ...set(train, [2]),
  tests: [
    { id: "within", pairs: within.map((tokens) => pair(tokens)) },
    { id: "longer", pairs: longer.map((tokens) => pair(tokens)) },
  ],
});
const tokenizer = makeTokenizer("char", "ab");
const upTo = (most: number): number[] => Array.from({ length: most - 1 }, (_, at) => at + 2);
const files = { task: "translate", data: { files: ["all.tsv"] } } as const;
const dates = { task: "translate", data: { name: "dates" } } as const;
const small = { encodings: ["none", "rope"], width: 8, heads: 2, layers: 1, tokenizer: "char" };

const prepared = (choices: Partial<PairsSettings>, pairs: PairSet) =>
  pairsKind.prepare(completeSettings({ pairs: files, ...small, ...choices }) as PairsSettings, {
    pairs,
    tokenizer,
  });

describe("lengths that are not chosen", () => {
  test("of files: nine of ten training sources, and twice that, where there are such sources", () => {
    expect(lengthsOfPairs({ pairs: files }, set(upTo(21), upTo(40)), tokenizer)).toEqual({
      ...{ trainLength: 19, testLengths: [10, 19, 38] },
    });
    const short = lengthsOfPairs({ pairs: files }, set(upTo(21), [3, 12]), tokenizer);
    expect(short.testLengths).toEqual([10, 19]);
  });

  test("of built-in pairs: the longest source; longer sources alone are from the test of that name", () => {
    const pairs = builtIn(upTo(20), [5, 15], [8, 30]);
    const lengths = lengthsOfPairs({ pairs: dates }, pairs, tokenizer);
    expect(lengths).toEqual({ trainLength: 20, testLengths: [10, 20, 40] });
    const { subject } = prepared({ pairs: dates, ...lengths }, pairs);
    expect(subject.pairs.judged).toEqual([
      { protocol: "held-out", length: 10, pairs: 1 },
      { protocol: "held-out", length: 20, pairs: 1 },
      { protocol: "held-out", length: 40, pairs: 1 },
    ]);
  });

  test("sources that are all too long are refused", () => {
    expect(() => lengthsOfPairs({ pairs: files }, set(upTo(21), [90, 100]), tokenizer)).toThrow(
      "the shortest source that models could be judged on has 90 tokens, more than twice the train length 19. Raise",
    );
  });
});

describe("what is trained on and judged", () => {
  const lengths = { trainLength: 10, testLengths: [5, 10, 20] };

  test("training has the sources of the train length, each test length those above the one before", () => {
    const { data, subject, notes } = prepared(lengths, set(upTo(30), upTo(40)));
    expect(data.pairs.map(({ source }) => source.length)).toEqual(upTo(10));
    expect(data.longest).toEqual({ source: 10, target: 2 });
    expect(subject.pairs.judged.map(({ pairs }) => pairs)).toEqual([4, 5, 10]);
    expect(notes).toEqual([
      "20 of 29 training pairs are left out: their sources have more than 10 tokens",
      "20 of 39 test pairs are not judged: their sources have more than 20 tokens",
    ]);
  });

  const targets = (...lengths: number[]): TextPair[] =>
    lengths.map((tokens) => pair(5, "b".repeat(tokens - 1)));
  const byTarget = {
    ...set([], []),
    train: targets(2, 3, 4, 6, 7),
    validation: targets(3, 6, 9),
  };
  const limited = { trainLength: 5, testLengths: [5], targetLength: 4 };

  test("longer targets than the target length are not trained on, and judged apart", () => {
    const { data, subject, notes } = prepared(limited, byTarget);
    expect(data.pairs.map(({ target }) => target.length)).toEqual([2, 3, 4]);
    expect(data.longest).toEqual({ source: 5, target: 4 });
    expect(subject.pairs.tests).toEqual([
      { id: "validation", name: "Validation pairs" },
      { id: "validation-longer", name: "Validation pairs with longer targets" },
    ]);
    // The two of the training with longer targets are judged too.
    expect(subject.pairs.judged.map(({ pairs }) => pairs)).toEqual([1, 4]);
    expect(subject.pairs.targetLength).toBe(4);
    expect(notes).toEqual([
      "2 of 5 training pairs are not trained on: their targets have more than 4 tokens",
    ]);
  });

  test("pairs of test files with longer targets are judged apart; those of the training are not judged", () => {
    const files = { ...byTarget, tests: [{ id: "one", pairs: targets(2, 5, 8) }] };
    const { subject } = prepared(limited, files);
    expect(subject.pairs.judged).toEqual([
      { protocol: "one", length: 5, pairs: 1 },
      { protocol: "one-longer", length: 5, pairs: 2 },
    ]);
  });

  test("without an end symbol, targets of the training have none", () => {
    const { data, subject } = prepared({ ...limited, answerEnd: "length" }, byTarget);
    expect(data.pairs.map(({ target }) => [...target])).toEqual([[1], [1, 1], [1, 1, 1]]);
    expect(subject.pairs.answerEnd).toBe("length");
  });

  test("at most so many pairs are judged at a length, the first ones", () => {
    const { subject } = prepared({ ...lengths, evaluationSamples: 4 }, set(upTo(30), upTo(40)));
    expect(subject.pairs.judged.map(({ pairs }) => pairs)).toEqual([4, 4, 4]);
  });

  test("pairs with a character that training never has are left out and counted", () => {
    const pairs = set(upTo(10), [3, 7, 12]);
    const strange = { source: "aa€", target: "b" };
    const { subject, notes } = prepared(lengths, {
      ...pairs,
      validation: [...pairs.validation, strange],
    });
    expect(subject.pairs.judged.map(({ pairs }) => pairs)).toEqual([1, 1, 1]);
    expect(notes[0]).toMatch(
      /^1 of 4 test pairs are not judged: they have a character that no training/,
    );
  });

  test.each<[string, Partial<PairsSettings>, PairSet, string]>([
    [
      "a test length without a source",
      { trainLength: 10, testLengths: [10, 20] },
      set(upTo(12), [30, 40]),
      "no pair that models are judged on has a source of 1 to 10 tokens; the shortest has 30.",
    ],
    [
      "a train length without a source",
      { trainLength: 2, testLengths: [4] },
      set([5, 6], [3]),
      "made: no training pair has a source of at most 2 tokens. Raise the train length",
    ],
    [
      "a train length that no training source has",
      { trainLength: 50, testLengths: [50] },
      set(upTo(20), upTo(40)),
      "the longest source of the training has 20 tokens, and the train length is 50. Give 20 or less",
    ],
    [
      "a target length that no training target has",
      { trainLength: 10, testLengths: [10], targetLength: 9 },
      set(upTo(10), upTo(10)),
      "the longest target of the training has 2 tokens, and the target length is 9. Give 2 or less (--target-length)",
    ],
    [
      "a target length that all training targets exceed",
      { trainLength: 10, testLengths: [10], targetLength: 1 },
      set(upTo(10), upTo(10)),
      "made: no training pair has a source of at most 10 tokens and a target of at most 1. Raise the train length",
    ],
  ])("%s is refused", (_, choices, pairs, message) => {
    expect(() => prepared(choices, pairs)).toThrow(message);
  });

  test("rates are chosen on pairs that are neither trained on nor judged", () => {
    const choices = { ...lengths, learningRates: [0.01, 0.1] };
    const { data, tunedOn } = prepared(choices, set(upTo(10), [3, 7, 12]));
    expect(data.validate).toBeTypeOf("function");
    expect(data.pairs.length + Number(/^(\d+) pairs/.exec(tunedOn)?.[1])).toBe(9);
  });
});

describe("settings", () => {
  test("the measure follows from the task and the pairs; the command line says all of it", () => {
    const measure = (choices: object): unknown =>
      (completeSettings({ trainLength: 10, ...choices }) as PairsSettings).measure;
    expect(measure({ pairs: dates })).toBe("exact");
    expect(measure({ pairs: files })).toBe("bleu");
    expect(measure({ pairs: { ...files, task: "summarise" } })).toBe("rouge");
    expect(measure({ pairs: { ...files, task: "answer" } })).toBe("exact");
    const settings = completeSettings({
      pairs: { task: "translate", data: { name: "dates", options: { most: 3 } } },
      ...{ trainLength: 10, decoderEncoding: "alibi", measure: "chrf" },
      ...{ targetLength: 12, answerEnd: "length" },
    });
    expect(commandOf(settings)).toMatch(
      /^npx relpos compare --task translate --data 'dates\(most=3\)' --tokenizer char --measure chrf --encodings /,
    );
    expect(commandOf(settings)).toContain(" --decoder-encoding alibi ");
    expect(commandOf(settings)).toContain(" --target-length 12 --answer-end length ");
    expect(settings.testLengths).toEqual([5, 10, 20]);
    checkSettings(settings);
  });

  test("an encoding that an encoder cannot have is left out, with the reason", () => {
    const settings = completeSettings({
      ...{ pairs: dates, ...small, trainLength: 10 },
      encodings: ["rope", "retention-decay", "path"],
    });
    const fitting = fittingSettings(settings);
    expect(fitting.settings.encodings).toContain("rope");
    expect(fitting.leftOut.length + fitting.settings.encodings.length).toBe(3);
    expect(fitting.leftOut.join("\n")).toMatch(/causal/);
  });

  test("an unknown measure, decoder or task is refused", () => {
    const complete = (choices: object) => () =>
      checkSettings(completeSettings({ pairs: dates, trainLength: 10, ...choices }));
    expect(complete({ measure: "blue" })).toThrow('measure "blue" is unknown');
    expect(complete({ decoderEncoding: "rop" })).toThrow(/"rop"/);
    expect(complete({ pairs: { ...dates, task: "sing" } })).toThrow(/"sing"/);
    expect(complete({ answerEnd: "never" })).toThrow('answer end "never" is unknown');
    expect(complete({ targetLength: 0.5 })).toThrow("targetLength must be a whole number of 1");
    expect(complete({ evaluationSamples: 0 })).toThrow("evaluationSamples must be a whole number");
  });
});
