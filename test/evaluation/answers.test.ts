/**
 * Right answers: counted by teacher forcing, and equal to greedy decoding.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { answerEvaluator, summariseAnswers } from "../../src/evaluation/answers.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { forward, languageModel } from "../../src/model/transformer.ts";
import { input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { heldOutSamples, rowWidth, taskBatchAt } from "../../src/tasks/batches.ts";
import { taskNamed } from "../../src/tasks/index.ts";
import type { Sample } from "../../src/tasks/task.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import type { RowSource } from "../../src/training/language-objective.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { train } from "../../src/training/train.ts";
import type { Checkpoint } from "../../src/training/train.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { positionsFrom } from "../model/small-model.ts";

const task = taskNamed("copy(alphabet=3)");
const trainLength = 4;
const width = rowWidth(task, trainLength);
const config = transformerConfig({ vocab: task.vocabulary.length, model: 16, heads: 2, layers: 2 });
const model = languageModel(config, encodingById("learned"), width);
let tensors: Checkpoint["tensors"];

// Trained just so far that some answers are right and some are wrong.
beforeAll(async () => {
  const samples: RowSource = {
    weighted: true,
    at: ({ batch, seed, step }) => taskBatchAt(task, { batch, trainLength, seed, step }),
  };
  const { checkpoint } = await train({
    ...languageTraining(model, samples, { batch: 16, length: width }),
    plan: {
      steps: 150,
      accumulate: 1,
      optimiser: adamW(),
      schedule: constantRate(1e-2),
      clipNorm: 1,
      seed: 2,
      checkpointEvery: 1000,
    },
    compile,
    compileOptions: { threads: 1 },
  });
  tensors = checkpoint.tensors;
});

/** The answer that greedy decoding writes, one token after the other, in float64. */
function decoded({ tokens, scored }: Sample): number[] {
  const values = new Map(
    model.parameters.specs.map(({ name, shape }) => [
      model.parameters.get(name),
      { shape, data: Float64Array.from(tensors.get(name)!.data) },
    ]),
  );
  const written = tokens.slice(0, scored[0]);
  while (written.length < tokens.length) {
    const ids = input("tokens", [1, written.length], "int32");
    const positions = positionsFrom(0, written.length);
    const { logits } = forward(model, { tokens: ids, positions });
    const given = new Map([
      ...values,
      [ids, { shape: ids.shape as number[], data: Float64Array.from(written) }],
    ] as const);
    const last = evaluate([logits], given)[0]!.data.slice(-config.vocab);
    written.push(last.indexOf(Math.max(...last)));
  }
  return written;
}

describe("exact match", () => {
  test("is that of greedy decoding, sample by sample", async () => {
    const samples = heldOutSamples(task, { length: trainLength, count: 40, seed: 2 });
    const evaluator = await answerEvaluator({ model, weights: tensors }, width, { threads: 1 });
    const { correct, exactMatch, tokens } = summariseAnswers(await evaluator.answer(samples));
    await evaluator.dispose();
    expect(correct).toEqual(
      samples.map((sample) => (decoded(sample).join() === sample.tokens.join() ? 1 : 0)),
    );
    expect(exactMatch).toBeGreaterThan(0.1);
    expect(exactMatch).toBeLessThan(0.95);
    expect(tokens).toBe(40 * (trainLength + 1));
  });

  test("does not depend on the width of the rows, nor on how many run at once", async () => {
    const samples = heldOutSamples(task, { length: 2, count: 21, seed: 2 });
    const answers = await Promise.all(
      [
        { width: rowWidth(task, 2), tokensAtOnce: 2048 },
        { width, tokensAtOnce: 40 },
      ].map(async ({ width, tokensAtOnce }) => {
        const options = { threads: 1, tokensAtOnce };
        const evaluator = await answerEvaluator({ model, weights: tensors }, width, options);
        const answered = await evaluator.answer(samples);
        await evaluator.dispose();
        return answered;
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]).toHaveLength(21);
  });

  test("is refused beyond what the encoding can run, with the reason", async () => {
    await expect(answerEvaluator({ model, weights: tensors }, width + 1)).rejects.toThrow(
      "length 11: its table has 10 rows, one a position",
    );
  });
});

test("a summary counts samples that are right throughout, and tokens", () => {
  expect(summariseAnswers([[true, true], [true, false], [false, false], [true]])).toEqual({
    exactMatch: 0.5,
    tokenAccuracy: 4 / 7,
    tokens: 7,
    correct: [1, 0, 0, 1],
  });
});

test("each scored token is judged, the last one too, by the token before it", async () => {
  // Without weights all logits are equal, and the most likely token is the first of the vocabulary.
  const weights = new Map(
    model.parameters.specs.map(({ name, shape }) => [
      name,
      { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
    ]),
  );
  const evaluator = await answerEvaluator({ model, weights }, width, { compile, threads: 1 });
  const samples = [
    { tokens: [1, 0, 2], scored: [1, 2] },
    { tokens: [1, 2, 0], scored: [1, 2] },
    { tokens: [0, 1, 0], scored: [2] },
  ];
  expect(await evaluator.answer(samples)).toEqual([[true, false], [false, true], [true]]);
  await evaluator.dispose();
});
