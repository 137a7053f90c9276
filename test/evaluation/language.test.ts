import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { languageEvaluator, summariseLosses } from "../../src/evaluation/language.ts";
import { UnsupportedLength, unsupportedReason } from "../../src/model/length-limit.ts";
import type { LossSummary } from "../../src/evaluation/language.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { random } from "../../src/random/random.ts";
import "../../src/runtime/node.ts";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { slidingWindows, windows } from "../../src/data/windows.ts";
import type { EvaluationWindow } from "../../src/data/windows.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import type { Weights } from "../../src/parameters/weights.ts";

const trainLength = 8;
const stream = random(5, "text");
const text = Int32Array.from({ length: 100 }, () => stream.integer(256));

function model(encoding: string): LanguageModel {
  const config = transformerConfig({ vocab: 256, model: 16, heads: 2, layers: 2 });
  return languageModel(config, encodingById(encoding), trainLength);
}

/** First values, ten times as large: what the model sees then matters for its loss. */
function values(of: LanguageModel, head?: "zero"): Weights {
  return new Map(
    of.parameters.specs.map((spec) => {
      const factor = spec.name === "head.weight" && head === "zero" ? 0 : 10;
      return [
        spec.name,
        { shape: spec.shape, data: initialValues(spec, 1).map((x) => factor * x) },
      ];
    }),
  );
}

async function summary(
  of: LanguageModel,
  weights: Weights,
  length: number,
  list: Iterable<EvaluationWindow>,
  tokensAtOnce = 64,
): Promise<LossSummary> {
  const options = { threads: 1, tokensAtOnce };
  const evaluator = await languageEvaluator({ model: of, weights }, length, options);
  try {
    return await summariseLosses(evaluator, list);
  } finally {
    await evaluator.dispose();
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe("a model that knows nothing", () => {
  test("takes 8 bits a byte, at every length and position", async () => {
    const none = model("rope");
    for (const length of [8, 16, 33]) {
      const { nats, tokens, byPosition, byWindow } = await summary(
        none,
        values(none, "zero"),
        length,
        windows(text, { length }),
      );
      expect(tokens).toBe(99);
      expect(nats / Math.LN2).toBeCloseTo(8, 5);
      byPosition.forEach((loss) => expect(loss / Math.LN2).toBeCloseTo(8, 5));
      const tokenizer = byteTokenizer();
      const bytes = total(byWindow.map(({ targets }) => tokenizer.byteLength(targets)));
      const bits = total(byWindow.map(({ nats }) => nats / Math.LN2));
      expect(bits / bytes).toBeCloseTo(8, 5);
    }
  });

  test("is worse than that where it is sure of the wrong thing", async () => {
    const rope = model("rope");
    const { nats } = await summary(rope, values(rope), 8, windows(text, { length: 8 }));
    expect(nats / Math.LN2).toBeGreaterThan(8.01);
  });
});

describe.each(["none", "rope", "alibi", "t5", "sinusoidal"])("%s: windows", (encoding) => {
  const tested = model(encoding);
  const parameters = values(tested);

  test("sliding by the whole length are those that do not overlap", async () => {
    for (const length of [8, 24]) {
      const plain = await summary(tested, parameters, length, windows(text, { length }));
      const sliding = slidingWindows(text, { length, stride: length });
      const slid = await summary(tested, parameters, length, sliding);
      expect(slid.tokens).toBe(plain.tokens);
      expect(slid.nats).toBe(plain.nats);
      expect(slid.byWindow).toEqual(plain.byWindow);
    }
  });

  test("however many run at once, the losses are the same", async () => {
    const list = [...windows(text, { length: 8 })];
    const [one, many] = [
      await summary(tested, parameters, 8, list, 8),
      await summary(tested, parameters, 8, list, 8 * 5),
    ];
    expect(many.tokens).toBe(one.tokens);
    many.byWindow.forEach(({ nats }, at) => expect(nats).toBeCloseTo(one.byWindow[at]!.nats, 4));
  });

  test("a token's loss does not depend on what comes after it, only on its window", async () => {
    // The first 8 positions of a window of 16 are a window of 8.
    const short = await summary(tested, parameters, 8, windows(text.subarray(0, 9), { length: 8 }));
    const long = await summary(
      tested,
      parameters,
      16,
      windows(text.subarray(0, 17), { length: 16 }),
    );
    short.byPosition.forEach((loss, at) => expect(loss).toBeCloseTo(long.byPosition[at]!, 4));
  });
});

describe("sums", () => {
  const tested = model("alibi");
  const parameters = values(tested);

  test("by window and by position add up to the same total", async () => {
    for (const list of [
      [...windows(text, { length: 16 })], // the last window scores its end only
      [...slidingWindows(text, { length: 16, stride: 5 })],
    ]) {
      const { nats, tokens, byWindow, byPosition } = await summary(tested, parameters, 16, list);
      expect(tokens).toBe(99);
      expect(total(byWindow.map(({ targets }) => targets.length))).toBe(99);
      const scored = byPosition.map(
        (_, position) => list.filter(({ scoredFrom }) => scoredFrom <= position).length,
      );
      const positions = byPosition.map((loss, at) => (scored[at] === 0 ? 0 : loss * scored[at]!));
      expect(total(positions)).toBeCloseTo(nats * tokens, 3);
      expect(total(byWindow.map(({ nats }) => nats))).toBeCloseTo(nats * tokens, 3);
    }
  });

  test("a position that no window scores is NaN", async () => {
    const late = [...slidingWindows(text, { length: 8, stride: 2 })].filter(
      ({ scoredFrom }) => scoredFrom > 0,
    );
    const { byPosition } = await summary(tested, parameters, 8, late);
    expect(byPosition.slice(0, 6)).toEqual([NaN, NaN, NaN, NaN, NaN, NaN]);
    expect(byPosition.slice(6).every(Number.isFinite)).toBe(true);
  });

  test("each target is scored once, in the text's order", async () => {
    const list = slidingWindows(text, { length: 16, stride: 5 });
    const { byWindow } = await summary(tested, parameters, 16, list);
    expect(byWindow.flatMap(({ targets }) => [...targets])).toEqual([...text.subarray(1)]);
  });
});

describe("lengths", () => {
  test("beyond a table are not supported, and the reason says so", async () => {
    const learned = model("learned");
    expect(unsupportedReason(learned, 8)).toBeUndefined();
    expect(unsupportedReason(learned, 9)).toMatch(/its table has 8 rows/);
    const attempt = languageEvaluator({ model: learned, weights: values(learned) }, 9);
    await expect(attempt).rejects.toThrow(UnsupportedLength);
    await expect(attempt).rejects.toThrow(/^length 9: its table has 8 rows/);
  });

  test.each(["none", "sinusoidal", "rope", "alibi", "t5"])("%s runs at any", (encoding) => {
    expect(unsupportedReason(model(encoding), 1e6)).toBeUndefined();
  });
});
