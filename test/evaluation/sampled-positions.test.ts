/**
 * Positions that an encoding samples in an evaluation: for each text its own, named by the seed and the text's place.
 */
import { describe, expect, test } from "vitest";
import { taskData } from "../../src/comparison/kinds/task-data.ts";
import { textData } from "../../src/comparison/kinds/text-data.ts";
import { isMeasured } from "../../src/comparison/trial-record.ts";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { answerEvaluator } from "../../src/evaluation/answers.ts";
import { languageEvaluator, summariseLosses } from "../../src/evaluation/language.ts";
import type { EvaluationWindow } from "../../src/data/windows.ts";
import { mean } from "../../src/measures/estimate.ts";
import { positionRowsFeed, sequencePositions } from "../../src/model/positions.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { forward } from "../../src/model/transformer.ts";
import { crossEntropy } from "../../src/operators/cross-entropy.ts";
import { flattenRows } from "../../src/operators/movement.ts";
import { constant } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import "../../src/runtime/node.ts";
import type { Task } from "../../src/tasks/task.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { trainedModel, vocab } from "../generation/trained-model.ts";

const length = 12;
const stream = random(3, "text");
const ids = Int32Array.from({ length: length + 1 }, () => stream.integer(vocab));
/** The same text again and again: losses differ by positions alone. */
const window: EvaluationWindow = {
  start: 0,
  tokens: ids.subarray(0, length),
  targets: ids.subarray(1),
  scoredFrom: 0,
};
const same = (count: number): EvaluationWindow[] => Array<EvaluationWindow>(count).fill(window);

/** Mean loss of each window. */
async function lossesOf(
  encoding: string,
  windows: readonly EvaluationWindow[],
  options: { readonly seed?: number; readonly tokensAtOnce?: number } = {},
): Promise<number[]> {
  const evaluator = await languageEvaluator(trainedModel(encoding), length, {
    ...{ threads: 1, tokensAtOnce: 8 * length },
    ...options,
  });
  try {
    const { byWindow } = await summariseLosses(evaluator, windows);
    return byWindow.map(({ nats }) => nats / length);
  } finally {
    await evaluator.dispose();
  }
}

/** The loss of the window in float64, at the positions of its seed and place. */
function lossAt(encoding: string, seed: number, place: number): number {
  const { model, weights } = trainedModel(encoding);
  const { config } = model;
  const feed = positionRowsFeed(model.encoding, config.layers, length, [
    random(seed, "evaluation", "positions", length, place),
  ]);
  const tensor = constant(feed.shape, feed.data, "int32");
  const size = { tensor, batch: 1 };
  const places = sequencePositions(model.encoding, config.layers, length, size);
  const tokens = constant([1, length], window.tokens, "int32");
  const { logits } = forward(model, {
    ...{ tokens, positions: places.positions, layerPositions: places.layerPositions },
  });
  const targets = constant([length], window.targets, "int32");
  const losses = crossEntropy(flattenRows(logits), targets);
  return mean([...evaluate([losses], valuesOf(model, weights))[0]!.data]);
}

function valuesOf(
  model: LanguageModel,
  weights: ReturnType<typeof trainedModel>["weights"],
): Map<Tensor, Value> {
  return new Map(
    [...weights].map(([name, { shape, data }]) => [
      model.parameters.get(name),
      { shape, data: Float64Array.from(data) },
    ]),
  );
}

const sampling = [
  "randomized(base=rope,range=64)",
  "randomized(base=alibi,range=64)",
  "randomized(base=t5,range=64)",
  "randomized(base=sinusoidal,range=64)",
  "randomized(base=learned,range=64)",
  "randomized(base=shaw,range=64)",
  "randomized(base=fire,range=64)",
];

describe.each(sampling)("%s", (encoding) => {
  test("each text has the positions of its seed and its place, as float64 computes it", async () => {
    const losses = await lossesOf(encoding, same(11), { seed: 5 });
    losses.forEach((loss, place) => expect(loss).toBeCloseTo(lossAt(encoding, 5, place), 4));
    expect(new Set(losses.map((loss) => loss.toFixed(4))).size).toBeGreaterThan(5);
  });

  test("however many texts run together, and wherever a call begins", async () => {
    const [few, many] = [
      await lossesOf(encoding, same(9), { tokensAtOnce: 2 * length }),
      await lossesOf(encoding, same(9), { tokensAtOnce: 64 * length }),
    ];
    few.forEach((loss, place) => expect(loss).toBeCloseTo(many[place]!, 4));
    const evaluator = await languageEvaluator(trainedModel(encoding), length, { threads: 1 });
    const [third] = await evaluator.score(same(1), 2);
    await evaluator.dispose();
    expect(mean([...third!])).toBeCloseTo(few[2]!, 4);
    // One call with more texts than run together.
    const options = { threads: 1, tokensAtOnce: 2 * length };
    const narrow = await languageEvaluator(trainedModel(encoding), length, options);
    const scored = await narrow.score(same(9));
    await narrow.dispose();
    scored.forEach((losses, place) => expect(mean([...losses])).toBeCloseTo(many[place]!, 4));
  });

  test("another seed gives other positions, the same seed the same numbers", async () => {
    const [one, two] = [
      await lossesOf(encoding, same(8), { seed: 1 }),
      await lossesOf(encoding, same(8), { seed: 2 }),
    ];
    expect(two).not.toEqual(one);
    expect(await lossesOf(encoding, same(8), { seed: 1 })).toEqual(one);
  });
});

const sumOfSquares = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value * value, 0);

test("the spread over items is the spread over draws", async () => {
  const texts = 16;
  const scores: number[] = [];
  const variances: number[] = [];
  for (let seed = 0; seed < 60; seed++) {
    const losses = await lossesOf("randomized(base=rope,range=64)", same(texts), { seed });
    const center = mean(losses);
    scores.push(center);
    variances.push(sumOfSquares(losses.map((loss) => loss - center)) / (texts - 1) / texts);
  }
  const center = mean(scores);
  const actual = sumOfSquares(scores.map((score) => score - center)) / (scores.length - 1);
  // A quotient of variances with 59 degrees of freedom above; one draw for all texts would give no variance below.
  expect(actual / mean(variances)).toBeGreaterThan(0.6);
  expect(actual / mean(variances)).toBeLessThan(1.6);
});

describe.each([
  "rope",
  "learned(maxLength=12)",
  "random-offset(maxOffset=9)",
  "abacus(digits=[3,4,5])",
])("%s, which samples nothing in an evaluation", (encoding) => {
  test("gives a text one loss, whatever its place and the seed", async () => {
    const losses = [
      ...(await lossesOf(encoding, same(5), { seed: 1 })),
      ...(await lossesOf(encoding, same(5), { seed: 2 })),
    ];
    for (const loss of losses) expect(loss).toBeCloseTo(losses[0]!, 6);
  });
});

test("samples of a task have positions of their own too", async () => {
  // Of samples that end with each token, one is right if all have the same positions.
  const ends = Array.from({ length: 20 * vocab }, (_, n) => n % vocab);
  const samples = ends.map((end) => ({ tokens: [...window.tokens, end], scored: [length] }));
  const right = async (seed: number, tokensAtOnce = 2048): Promise<number[]> => {
    const { model, weights } = trainedModel("randomized(base=learned,range=64)");
    const name = "position.randomized.learned.table";
    const { shape, data } = weights.get(name)!;
    // Large enough to decide what the most likely token is.
    const large = new Map([...weights, [name, { shape, data: data.map((x) => 60 * x) }]]);
    const trained = { model, weights: large };
    const evaluator = await answerEvaluator(trained, length, { threads: 1, seed, tokensAtOnce });
    const answered = await evaluator.answer(samples);
    await evaluator.dispose();
    return Array.from(
      { length: 20 },
      (_, group) =>
        answered
          .slice(group * vocab, (group + 1) * vocab)
          .flat()
          .filter(Boolean).length,
    );
  };
  const one = await right(1);
  expect(one.filter((count) => count !== 1).length).toBeGreaterThan(0);
  expect(await right(1)).toEqual(one);
  expect(await right(1, 3 * length)).toEqual(one);
  expect(await right(2)).not.toEqual(one);
});

test("an encoding without sampled positions has none to feed", () => {
  const { encoding } = trainedModel("rope").model;
  expect(() => positionRowsFeed(encoding, 2, 5, [random(1)])).toThrow(
    "rope: it samples no positions, so texts have none of their own.",
  );
});

describe("in a comparison, the seed of a trial is that of its positions", () => {
  const stream = random(4, "validation");
  const validation = Int32Array.from({ length: 400 }, () => stream.integer(vocab));

  test("on text", async () => {
    const data = textData({
      ...{ tokenizer: byteTokenizer(), training: validation, validation },
      ...{ longest: 16, stride: 8, evaluationTokens: 256 },
    });
    const values = async (encoding: string, seed: number): Promise<number[]> => {
      const trained = trainedModel(encoding);
      const { evaluations } = await data.judge({ trained, length: 16, seed });
      return evaluations.filter(isMeasured).map(({ values }) => values["bitsPerByte"]!);
    };
    for (const encoding of ["randomized(base=rope,range=64)", "rope"]) {
      const [one, two] = [await values(encoding, 1), await values(encoding, 2)];
      expect(one).toHaveLength(2);
      expect(await values(encoding, 1)).toEqual(one);
      if (encoding === "rope") expect(two).toEqual(one);
      else two.forEach((value, at) => expect(value).not.toBe(one[at]));
    }
  });

  test("on a task: positions differ where the samples do not", async () => {
    const symbols = Array.from({ length: vocab }, (_, id) => String(id));
    // Whatever the seed, each token is asked after the same eight.
    const task: Task = {
      ...{ id: "same", vocabulary: symbols, shortest: 1, training: "exactly" },
      conditions: [{ id: "trained", summary: "As in training." }],
      longest: () => 9,
      sample: () => ({ tokens: [...ids.subarray(0, 9)], scored: [1, 2, 3, 4, 5, 6, 7, 8] }),
    };
    const data = taskData({ task, trainLength: 8, evaluationSamples: 200 });
    const { model, weights } = trainedModel("randomized(base=learned,range=64)");
    const name = "position.randomized.learned.table";
    const { shape, data: table } = weights.get(name)!;
    const large = new Map([...weights, [name, { shape, data: table.map((x) => 60 * x) }]]);
    const right = async (seed: number): Promise<readonly number[]> => {
      const trained = { model, weights: large };
      const { evaluations } = await data.judge({ trained, length: 8, seed });
      return evaluations.filter(isMeasured)[0]!.items["right"]!;
    };
    const one = await right(1);
    expect(new Set(one).size).toBeGreaterThan(1);
    expect(await right(1)).toEqual(one);
    expect(await right(2)).not.toEqual(one);
  });
});
