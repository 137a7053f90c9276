/**
 * How models on text are judged: on which tokens, with which context, in which unit.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { textKind } from "../../src/comparison/kinds/text.ts";
import { completeSettings, modelConfig } from "../../src/comparison/settings.ts";
import type { TextSettings } from "../../src/comparison/settings.ts";
import type { Judgement } from "../../src/comparison/trial-data.ts";
import type { Measured } from "../../src/comparison/trial-record.ts";
import { splitText } from "../../src/data/split.ts";
import { makeTokenizer } from "../../src/data/tokenizers.ts";
import { evaluationSpans, slidingWindows, windows } from "../../src/data/windows.ts";
import type { EvaluationWindow } from "../../src/data/windows.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { languageEvaluator, summariseLosses } from "../../src/evaluation/language.ts";
import type { LossSummary } from "../../src/evaluation/language.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { randomValues } from "../model/small-model.ts";

// Characters of one, two and three bytes, so that neither tokens nor characters can pass for bytes.
const characters = [..."abcdé€ \n"];
const stream = random(3, "text");
const text = Array.from({ length: 4000 }, () => characters[stream.integer(8)]).join("");
const corpus = {
  ...{ name: "made up", text, sha256: "", source: "", notes: [] },
  bytes: new TextEncoder().encode(text).length,
};
const [trainLength, stride, longest, evaluationTokens, seed] = [8, 3, 32, 128, 7];
const settings = completeSettings({
  ...{
    corpus: { text: ["made-up.txt"] },
    tokenizer: "char",
    trainLength,
    stride,
    evaluationTokens,
  },
  ...{ testLengths: [8, 32], width: 16, heads: 2, layers: 1 },
}) as TextSettings;

const split = splitText(text);
const tokenizer = makeTokenizer("char", split.train);
const validation = tokenizer.encode(split.validation);
const { spans } = evaluationSpans(validation.length, { longest, limit: evaluationTokens });
const model = languageModel(modelConfig(settings, tokenizer.vocab), encodingById("alibi"), 8);
const weights = new Map(
  [...randomValues(model)].map(([name, { shape, data }]) => [
    name,
    { shape, data: Float32Array.from(data) },
  ]),
);

/** The losses of windows, by a path of its own. */
async function losses(length: number, texts: Iterable<EvaluationWindow>): Promise<LossSummary> {
  const evaluator = await languageEvaluator({ model, weights }, length, { compile, threads: 1 });
  const summary = await summariseLosses(evaluator, texts);
  await evaluator.dispose();
  return summary;
}

const judged = new Map<number, Judgement>();
beforeAll(async () => {
  const { data } = textKind.prepare(settings, { corpus });
  for (const length of settings.testLengths)
    judged.set(
      length,
      await data.judge({
        ...{ trained: { model, weights }, length, seed, compile },
        compileOptions: { threads: 1 },
      }),
    );
});
const evaluation = (length: number, protocol: "windows" | "sliding"): Measured => {
  const found = judged.get(length)!.evaluations.find((each) => each.protocol === protocol);
  if (!found || "unsupported" in found) throw new Error("not measured");
  return found;
};
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe("training", () => {
  const first = `ß${text.slice(1)}`;
  const prepared = textKind.prepare(settings, { corpus: { ...corpus, text: first } });
  const { train, validation: rest } = splitText(first);

  test("reads the part before the validation text, and nothing of that", () => {
    const { training } = prepared.data;
    if (!(training instanceof Int32Array)) throw new Error("not a text");
    expect(makeTokenizer("char", train).decode(training)).toBe(train);
    expect(train + rest).toHaveLength(first.length);
  });

  test("decides which characters there are", () => {
    expect([train.includes("ß"), rest.includes("ß")]).toEqual([true, false]);
    expect(prepared.vocab).toBe(makeTokenizer("char", train).vocab);
    expect(prepared.vocab).toBe(makeTokenizer("char", rest).vocab + 1);
  });
});

describe("a model of characters", () => {
  test("is judged in bits per byte of the text, not per character", () => {
    const { items, values, tokens } = evaluation(8, "windows");
    const judgedText = spans
      .map(({ start, targets }) =>
        tokenizer.decode(validation.subarray(start + 1, start + 1 + targets)),
      )
      .join("");
    expect(tokens).toBe(128);
    expect([...judgedText]).toHaveLength(128);
    const bytes = new TextEncoder().encode(judgedText).length;
    expect(bytes).toBeGreaterThan(150);
    expect(sum(items["bytes"]!)).toBe(bytes);
    expect(values["bitsPerByte"]).toBeCloseTo(sum(items["bits"]!) / bytes, 12);
  });

  test("has the same targets at every length and under every protocol", () => {
    const [first, ...others] = [8, 32].flatMap((length) =>
      (["windows", "sliding"] as const).map((protocol) => evaluation(length, protocol)),
    );
    expect(first!.items["bytes"]).toHaveLength(4);
    for (const { tokens, items } of others) {
      expect(tokens).toBe(first!.tokens);
      expect(items["bytes"]).toEqual(first!.items["bytes"]);
    }
  });

  test.each([8, 32])(
    "at %i: windows do not overlap, sliding ones move by the stride",
    async (length) => {
      const plain = await losses(length, windows(validation, { length, spans }));
      const sliding = await losses(length, slidingWindows(validation, { length, spans, stride }));
      const bits = ({ nats }: LossSummary): number => (128 * nats) / Math.LN2;
      expect(sum(evaluation(length, "windows").items["bits"]!)).toBeCloseTo(bits(plain), 3);
      expect(sum(evaluation(length, "sliding").items["bits"]!)).toBeCloseTo(bits(sliding), 3);
      // A stride that was not heard would show: with the length as stride the loss is another.
      const whole = await losses(
        length,
        slidingWindows(validation, { length, spans, stride: length }),
      );
      expect(Math.abs(bits(whole) - bits(sliding))).toBeGreaterThan(0.1);
    },
  );

  test("the loss by position is that of the windows that do not overlap", async () => {
    const { lossByPosition } = judged.get(32)!;
    const { byPosition } = await losses(32, windows(validation, { length: 32, spans }));
    expect(lossByPosition).toHaveLength(32);
    lossByPosition!.forEach((loss, at) => expect(loss, `${at}`).toBeCloseTo(byPosition[at]!, 5));
    // Sliding windows score only their last positions.
    expect(lossByPosition!.every(Number.isFinite)).toBe(true);
  });
});
