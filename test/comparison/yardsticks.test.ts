/**
 * Yardsticks: on exactly the tokens and samples that models are judged on; stored, read, printed, and warned of.
 */
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { kindOf } from "../../src/comparison/kinds/index.ts";
import { orders, textYardsticks } from "../../src/comparison/kinds/text-yardsticks.ts";
import { parseResults } from "../../src/comparison/parse-results.ts";
import { isRanked } from "../../src/comparison/ranked.ts";
import { completeSettings } from "../../src/comparison/settings.ts";
import { lossTrend } from "../../src/comparison/falling-loss.ts";
import { warningsOf } from "../../src/comparison/warnings.ts";
import { yardstickValue } from "../../src/comparison/yardstick.ts";
import type { Yardstick } from "../../src/comparison/yardstick.ts";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { charTokenizer } from "../../src/data/char-tokenizer.ts";
import { loadCorpus } from "../../src/data/corpus-files.ts";
import { splitText } from "../../src/data/split.ts";
import { evaluationSpans, windows } from "../../src/data/windows.ts";
import { countNgrams } from "../../src/evaluation/ngrams.ts";
import { textMeasures } from "../../src/comparison/kinds/text-data.ts";
import { renderReport } from "../../src/report/node-report.ts";
import { renderTable } from "../../src/report/table.ts";
import { lossUnit } from "../../src/report/unit.ts";
import { warningTexts } from "../../src/report/warning-texts.ts";
import { zstandard } from "../../src/sweep/compressor.ts";
import { countedSamples, taskYardsticks } from "../../src/comparison/kinds/task-yardsticks.ts";
import { random } from "../../src/random/random.ts";
import { heldOutSamples } from "../../src/tasks/batches.ts";
import { guessByPlace } from "../../src/tasks/guesses.ts";
import { taskNamed } from "../../src/tasks/index.ts";
import { fixture, heldAgainst } from "./fixture.ts";
import { taskFixture } from "./task-fixture.ts";

const corpus = await loadCorpus();
const { train, validation } = splitText(corpus.text);

describe("on text", () => {
  const tokenizer = byteTokenizer();
  const text = {
    tokenizer,
    training: tokenizer.encode(train).subarray(0, 30_000),
    validation: tokenizer.encode(validation).subarray(0, 20_000),
    testLengths: [64, 512],
    evaluationTokens: 4096,
    protocols: ["windows", "sliding"],
    measures: textMeasures,
  };
  const judged = [
    ...windows(text.validation, {
      length: 512,
      ...evaluationSpans(text.validation.length, { longest: 512, limit: 4096 }),
    }),
  ];
  const bytes = judged.length * 512;

  test("n-grams are judged on the targets of the models, from those before in the span", () => {
    const yardsticks = textYardsticks(text, {});
    expect(yardsticks.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((order) => `${order}-gram`));
    const counts = countNgrams(text.training, 256, orders);
    const bits = judged.map(({ tokens, targets }) =>
      counts.bits(Int32Array.from([...tokens.subarray(0, 1), ...targets])),
    );
    yardsticks.forEach((yardstick, at) => {
      const total = bits.reduce(
        (sum, ofOrders) => sum + ofOrders[at]!.reduce((a, b) => a + b, 0),
        0,
      );
      for (const length of text.testLengths)
        for (const protocol of text.protocols) {
          const place = { length, protocol };
          expect(yardstickValue(yardstick, place, "bitsPerByte")).toBeCloseTo(total / bytes, 10);
        }
      expect(
        yardstickValue(yardstick, { length: 64, protocol: "windows" }, "perplexity"),
      ).toBeCloseTo(2 ** (total / bytes), 8);
      expect(yardstickValue(yardstick, { length: 65, protocol: "windows" }, "bitsPerByte")).toBe(
        undefined,
      );
    });
  });

  test("a compressor is given the training part, and then the judged bytes behind it", () => {
    const given: Uint8Array[] = [];
    const compressor = {
      ...{ id: "halver", name: "Halver" },
      size: (data: Uint8Array): number => {
        given.push(data);
        return data.length / 2;
      },
    };
    const halver = textYardsticks(text, { compressor }).at(-1)!;
    expect(halver).toMatchObject({ id: "halver", name: "Halver" });
    expect(yardstickValue(halver, { length: 64, protocol: "sliding" }, "bitsPerByte")).toBe(4);
    const [both, before] = [...given].sort((a, b) => b.length - a.length);
    expect([...before!]).toEqual([...text.training]);
    const targets = judged.flatMap((window) => [...window.targets]);
    expect([...both!]).toEqual([...text.training, ...targets]);
  });

  test("of a character model are in bytes, not in characters", () => {
    const words = "née à Genève, où l’été dure — déjà. ".repeat(200);
    const characters = charTokenizer(words);
    const tokens = characters.encode(words);
    const given: number[] = [];
    const [first, ...rest] = textYardsticks(
      {
        ...text,
        tokenizer: characters,
        training: tokens.subarray(0, 5000),
        validation: tokens.subarray(5000),
        testLengths: [32],
        evaluationTokens: 320,
      },
      {
        compressor: {
          ...{ id: "none", name: "none" },
          size: (data) => given[given.push(data.length) - 1]!,
        },
      },
    );
    const values = first!.reached[0]!.values;
    expect(Math.log2(values["perplexity"]!)).toBeGreaterThan(1.05 * values["bitsPerByte"]!);
    // Uncompressed, a byte is eight bits.
    expect(rest.at(-1)!.reached[0]!.values["bitsPerByte"]).toBe(8);
    expect(Math.min(...given)).toBe(characters.byteLength(tokens.subarray(0, 5000)));
  });

  test("Moby-Dick in bytes: counting and Zstandard", () => {
    const settings = completeSettings({});
    const { yardsticks } = kindOf(settings).prepare(settings, { corpus });
    const place = { length: 64, protocol: "windows" };
    const values = yardsticks({ compressor: zstandard }).map(
      (yardstick) => [yardstick.id, yardstickValue(yardstick, place, "bitsPerByte")!] as const,
    );
    const reached = Object.fromEntries(values);
    // As a program in Python computes them from the formula, with tables of all substrings.
    const expected = [4.479003893229691, 3.455556667204778, 2.8159665623298262];
    [...expected, 2.3264946396266364, 2.113836824601632].forEach((value, at) =>
      expect(reached[`${at + 1}-gram`]).toBeCloseTo(value, 9),
    );
    expect(reached["zstd"]).toBeGreaterThan(2.4);
    expect(reached["zstd"]).toBeLessThan(2.7);
  });
});

describe("on a task", () => {
  const settings = completeSettings({
    task: "copy",
    trainLength: 10,
    testLengths: [10, 20],
    seeds: [1, 2],
    evaluationSamples: 200,
  });
  const yardsticks = kindOf(settings).prepare(settings).yardsticks({});
  const at = (id: string, length: number, measure: string): number =>
    yardstickValue(
      yardsticks.find((yardstick) => yardstick.id === id)!,
      { length, protocol: "trained" },
      measure,
    )!;

  test("guessing a copy: one of 26 symbols and the end, and the end where it must be", () => {
    for (const length of [10, 20]) {
      expect(at("uniform guess", length, "tokenAccuracy")).toBeCloseTo(1 / 27, 12);
      expect(at("uniform guess", length, "exactMatch")).toBeCloseTo(27 ** -(length + 1), 25);
      const expected = (length / 26 + 1) / (length + 1);
      expect(at("most frequent", length, "tokenAccuracy")).toBeCloseTo(expected, 1);
      expect(at("after last symbol", length, "tokenAccuracy")).toBeCloseTo(expected, 1);
      expect(at("most frequent", length, "exactMatch")).toBe(0);
    }
  });

  test("under each condition; a bit is guessed in half of the cases", () => {
    const flips = completeSettings({ task: "flip-flop", trainLength: 20, testLengths: [20] });
    const [uniform] = kindOf(flips).prepare(flips).yardsticks({});
    expect(uniform!.reached.map(({ protocol }) => protocol)).toEqual([
      ...["trained", "sparse", "dense"],
    ]);
    for (const { values } of uniform!.reached) expect(values["tokenAccuracy"]).toBe(1 / 2);
    const exact = uniform!.reached.map(({ values }) => values["exactMatch"]!);
    expect(exact[1]).toBeGreaterThan(0.4); // nearly every sparse sample asks for one bit
    expect(exact[2]).toBeLessThan(0.05);
  });
});

describe("in results.json", () => {
  const results = heldAgainst(fixture(), { bitsPerByte: 2.2, perplexity: 52 });

  test("are read as they were written; a document without them is read too", () => {
    expect(parseResults(JSON.stringify(results))).toEqual(results);
    expect(parseResults(JSON.stringify(fixture()))).not.toHaveProperty("yardsticks");
    const onTask = heldAgainst(taskFixture(), { exactMatch: 0, tokenAccuracy: 0.1 }, "guess");
    expect(parseResults(JSON.stringify(onTask))).toEqual(onTask);
  });

  test.each<[string, (yardstick: Record<string, unknown>) => void, string]>([
    ["no name", (y) => delete y["name"], "yardsticks[0].name must be a string, got nothing"],
    [
      "a measure of another kind",
      (y) => (y["reached"] = [{ length: 128, protocol: "windows", values: { exactMatch: 1 } }]),
      "yardsticks[0].reached[0].values must be an object of bitsPerByte and perplexity",
    ],
    [
      "a protocol that is none",
      (y) => (y["reached"] = [{ length: 128, protocol: "guess", values: {} }]),
      'yardsticks[0].reached[0].protocol must be "windows" or "sliding", got "guess"',
    ],
  ])("%s is refused", (_, change, message) => {
    const document = JSON.parse(JSON.stringify(results)) as { yardsticks: Yardstick[] };
    change(document.yardsticks[0] as unknown as Record<string, unknown>);
    expect(() => parseResults(JSON.stringify(document))).toThrow(message);
  });
});

describe("printed", () => {
  test("under the table and in the report: one column where lengths do not differ", () => {
    const results = heldAgainst(fixture(), { bitsPerByte: 2.1234, perplexity: 52 });
    const table = renderTable(results);
    expect(table).toContain("Without a neural network, judged on the same tokens: bits per byte\n");
    expect(table).toMatch(/^4-gram, counted +2\.123$/m);
    expect(table).toContain("at every length");
    const { document } = parseHTML(renderReport(results));
    const headings = [...document.querySelectorAll("h2")].map((node) => node.textContent);
    expect(headings).toContain("Without a neural network");
    expect(document.body.textContent).toContain("4-gram, counted");
    expect(renderTable(fixture())).not.toContain("Without a neural network");
  });

  test("on a task both measures, and accuracy by token of each encoding", () => {
    const results = heldAgainst(taskFixture(), { exactMatch: 0.25, tokenAccuracy: 0.5 }, "guess");
    const table = renderTable(results);
    expect(table).toMatch(/^guess, counted +0\.250 \/ 0\.500$/m);
    expect(table).toContain("exact match / accuracy by token");
    for (const protocol of ["as in training", "sparse"])
      expect(table).toContain(
        `Accuracy by token on selective-copy(alphabet=8), samples drawn ${protocol} (higher is better)`,
      );
    // Half of the tokens of a wrong sample are right.
    const exact = results.comparison
      .filter(isRanked)
      .find((row) => row.encoding === "none" && row.length === 30 && row.protocol === "trained")!;
    const lines = table.split("\n");
    const from = lines.findIndex((line) => line.startsWith("Accuracy by token"));
    const row = lines.slice(from).find((line) => line.startsWith("none"))!;
    expect(row.split(/ +/)[2]).toBe(((1 + exact.value) / 2).toFixed(3));
    const learned = lines.slice(from).find((line) => line.startsWith("learned"))!;
    expect(learned).toMatch(/^learned +\d\.\d{3} +- +-$/);
    const page = renderReport(results);
    expect(page).toContain("Accuracy by token on selective-copy(alphabet=8)");
    expect(page).toContain(((1 + exact.value) / 2).toFixed(3));
  });
});

describe("warnings", () => {
  const base = fixture();
  const valueOf = (encoding: string, length: number): number =>
    base.comparison
      .filter(isRanked)
      .find(
        (row) => row.encoding === encoding && row.length === length && row.protocol === "windows",
      )!.value;

  test("name each encoding that is worse than the best yardstick, at the train length and the longest", () => {
    const between = (valueOf("none", 128) + valueOf("distance-row", 128)) / 2;
    const results = heldAgainst(base, { bitsPerByte: between });
    const worse = warningsOf(results).filter((w) => w.kind === "yardstick" && w.worse);
    expect(new Set(worse.map((w) => w.kind === "yardstick" && w.length))).toEqual(
      new Set([128, 1024]),
    );
    const inside = worse.flatMap((w) => (w.kind === "yardstick" && w.length === 128 ? [w] : []));
    const expected = base.configuration.encodings.filter((id) => valueOf(id, 128) >= between);
    expect(inside.map(({ encoding }) => encoding)).toEqual(expected);
    expect(inside[0]).toMatchObject({ yardstick: "4-gram", reached: between, protocol: "windows" });
    const [first] = warningTexts(results);
    expect(first).toMatch(
      /^Warning: at 128 tokens .*none \(\d\.\d{3}\).* no better than this, which needs no neural network: 4-gram, counted, \d\.\d{3} bits per byte\.$/,
    );
    expect(renderReport(results)).toContain('class="warning"');
  });

  test("hold each encoding against the best of several yardsticks", () => {
    const value = valueOf("none", 128);
    const yardsticks = [value - 0.2, value - 0.3, value - 0.1].flatMap(
      (reached, at) => heldAgainst(base, { bitsPerByte: reached }, `${at + 1}-gram`).yardsticks!,
    );
    const [first] = warningsOf({ ...base, yardsticks });
    expect(first).toMatchObject({ encoding: "none", yardstick: "2-gram", reached: value - 0.3 });
  });

  test("say where a better mean is not shown to be better: the yardstick lies in its interval", () => {
    const row = base.comparison
      .filter(isRanked)
      .find(({ encoding, length }) => encoding === "alibi" && length === 128)!;
    const { low, high } = row.interval!;
    const held = (value: number): (boolean | undefined)[] =>
      warningsOf(heldAgainst(base, { bitsPerByte: value })).flatMap((w) =>
        w.kind === "yardstick" && w.encoding === "alibi" && w.length === 128 ? [w.worse] : [],
      );
    expect(held(row.value + 0.9 * (high - row.value))).toEqual([false]);
    expect(held(high + 0.001)).toEqual([]);
    expect(held(low)).toEqual([true]);
    expect(
      warningTexts(heldAgainst(base, { bitsPerByte: row.value + 0.9 * (high - row.value) })).join(),
    ).toContain("not shown to be better than this, which needs no neural network");
  });

  test("more is better on a task, and to answer nothing is no better than to guess nothing", () => {
    const results = taskFixture();
    const warned = (reached: number): string[] =>
      warningsOf(heldAgainst(results, { exactMatch: reached }, "guess")).flatMap((w) =>
        w.kind === "yardstick" && w.length === 40 && w.worse ? [w.encoding] : [],
      );
    expect(warned(0)).toEqual(["rope"]);
    expect(warned(0.4)).toEqual(["t5", "rope"]);
  });

  test("of several seeds the mean of their falls is judged, whose error is smaller", () => {
    const losses = (fall: number): { step: number; loss: number }[] =>
      Array.from({ length: 300 }, (_, step) => ({
        step,
        loss: 3 - fall * Math.log2(step + 1) + (step % 2 === 0 ? 0.2 : -0.2),
      }));
    const { standardError, fall: ofScatter } = lossTrend(losses(0))!;
    // 2.8 standard errors of one seed are 4 of two.
    const trainingLoss = losses(2.8 * standardError - ofScatter);
    const warned = (seeds: number): boolean => {
      const trials = Array.from({ length: seeds }, () => ({ ...base.trials[0]!, trainingLoss }));
      return warningsOf({ ...base, trials }).some(({ kind }) => kind === "falling");
    };
    expect(lossTrend(trainingLoss)!.fall).toBeGreaterThan(0.2);
    expect([1, 2].map(warned)).toEqual([false, true]);
  });

  test("name the encodings whose loss still fell fast, and none without yardsticks for the rest", () => {
    const falling = {
      ...base,
      trials: base.trials.map((trial) => ({
        ...trial,
        trainingLoss: trial.trainingLoss.map(({ step }) => ({
          step,
          loss: trial.encoding === "rope" ? 6 - 0.4 * Math.log2(step + 1) : 2,
        })),
      })),
    };
    const warnings = warningsOf(falling);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ kind: "falling", encoding: "rope" });
    // 2.317 nats a token and 0.4 nats; a token of the judged text has 2.58 bytes.
    const bits = (nats: number): string => (nats * lossUnit(falling).perNat).toFixed(3);
    expect(warningTexts(falling)).toEqual([
      `Warning: the training loss of rope (${bits(2.31697)}, by ${bits(0.4)}) was still falling fast; in parentheses, the last loss in ` +
        "bits per byte and its fall with each doubling of the steps. More --steps may change the order.",
    ]);
  });
});

test("guesses are judged on the samples of each seed that models are judged on", () => {
  const task = taskNamed("copy(alphabet=3)");
  const [length, count] = [3, 30];
  const given = { task, testLengths: [length], evaluationSamples: count };
  const guess = (seeds: readonly number[]): number =>
    taskYardsticks({ ...given, seeds })
      .find(({ id }) => id === "most frequent")!
      .reached.find(({ protocol }) => protocol === "trained")!.values["tokenAccuracy"]!;
  const stream = random(0, "counted answers", task.id, "trained", length);
  const counted = Array.from({ length: countedSamples }, () =>
    task.sample(stream, length, "trained"),
  );
  const bySeed = [3, 4].map((seed) => {
    const answered = guessByPlace(
      counted,
      heldOutSamples(task, { length, condition: "trained", count, seed }),
    ).flat();
    return answered.filter(Boolean).length / answered.length;
  });
  expect(guess([3])).toBeCloseTo(bySeed[0]!, 12);
  expect(guess([3, 4])).toBeCloseTo((bySeed[0]! + bySeed[1]!) / 2, 12);
  expect(bySeed[0]).not.toBe(bySeed[1]);
});
