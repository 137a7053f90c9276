/**
 * Token ids outside the vocabulary, in all places where a training or an evaluation is given ids: told with the id, its
 * place and the vocabulary, before a run. A target of −1 counted as the last class.
 */
import { describe, expect, test } from "vitest";
import type { EvaluationWindow } from "../../src/data/windows.ts";
import { windows } from "../../src/data/windows.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { answerEvaluator } from "../../src/evaluation/answers.ts";
import { languageEvaluator, summariseLosses } from "../../src/evaluation/language.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Compile } from "../../src/runtime/session.ts";
import { taskBatchAt } from "../../src/tasks/batches.ts";
import { taskNamed } from "../../src/tasks/index.ts";
import { languageBatches, languageTraining } from "../../src/training/language-objective.ts";
import type { RowSource } from "../../src/training/language-objective.ts";
import { train } from "../../src/training/train.ts";

const [vocab, length, batch] = [11, 6, 2];
const config = transformerConfig({ vocab, model: 8, heads: 2, layers: 1 });
const models = {
  "a token table": languageModel(config, encodingById("learned"), length),
  "one-hot tokens": languageModel(config, encodingById("distance-row(tokenInput=one-hot)"), length),
};
const model = models["a token table"];
const weights = new Map(
  model.parameters.specs.map((spec) => [
    spec.name,
    { shape: spec.shape, data: initialValues(spec, 1) },
  ]),
);
const compileOptions = { threads: 1 };

/** The runtime, which counts its runs. */
function counting(): { readonly compile: Compile; runs: number } {
  const counted = {
    runs: 0,
    async compile(...given: Parameters<Compile>) {
      const program = await compile(...given);
      const run = program.run.bind(program);
      program.run = async (feeds) => {
        counted.runs++;
        return await run(feeds);
      };
      return program;
    },
  };
  return counted;
}

const text = (wrong: number, at: number): Int32Array =>
  Int32Array.from({ length: 60 }, (_, index) => (index === at ? wrong : index % vocab));

describe("training on a text", () => {
  test.each([-1, vocab, 300, -(2 ** 31)])("%i is refused before anything is compiled", (wrong) => {
    expect(() => languageTraining(model, text(wrong, 37), { batch, length })).toThrow(
      `training text: token 37 is ${wrong}; ids are whole numbers from 0 to 10. ` +
        "Encode the text with the model's own tokenizer. The model's vocabulary has 11.",
    );
  });
});

describe.each(Object.entries(models))("training on rows of one's own, %s", (_, own) => {
  const source = (part: "tokens" | "targets", wrong: number, weighted: boolean): RowSource => ({
    weighted,
    at({ batch, length, step }) {
      const rows = {
        tokens: new Int32Array(batch * length),
        targets: new Int32Array(batch * length),
        weights: new Float32Array(batch * length).fill(1),
      };
      // In the second step, and with a weight of 0: it would still be looked up.
      if (step === 1) [rows[part][length + 3], rows.weights[length + 3]] = [wrong, 0];
      return rows;
    },
  });

  test.each([
    ["tokens", "token", -1, false],
    ["targets", "target", -1, false],
    ["targets", "target", -100, true],
    ["targets", "target", vocab, true],
    ["tokens", "token", 2 ** 20, true],
  ] as const)("%s: a %s of %i, weighted %s", async (part, word, wrong, weighted) => {
    const counted = counting();
    const training = languageTraining(own, source(part, wrong, weighted), { batch, length });
    await expect(
      train({ ...training, plan: { steps: 3 }, compile: counted.compile, compileOptions }),
    ).rejects.toThrow(
      `batches: ${word} 3 of row 1 in step 1 is ${wrong}; ids are whole numbers from 0 to 10.`,
    );
    expect(counted.runs).toBe(1);
  });

  test("with the batches of another program, the run itself refuses", async () => {
    const training = languageTraining(own, text(1, 0), { batch, length });
    const batches: typeof training.batches = async (request) => {
      const feeds = await training.batches(request);
      feeds["targets"]!.data[4] = -1;
      return feeds;
    };
    await expect(
      train({ ...training, batches, plan: { steps: 1, accumulate: 2 }, compile, compileOptions }),
    ).rejects.toThrow(
      /^run: input "targets" has -1 at \[0, 0, 4\], and .*crossEntropy chooses by it/,
    );
  });
});

describe("weights of rows", () => {
  test.each([
    ["all 0", 0],
    ["NaN", NaN],
    ["infinite", Infinity],
    ["negative", -1],
  ])("%s are refused: the loss divides by their sum", (_, weight) => {
    const source: RowSource = {
      weighted: true,
      at: ({ batch, length }) => ({
        tokens: new Int32Array(batch * length),
        targets: new Int32Array(batch * length),
        weights: new Float32Array(batch * length).fill(weight),
      }),
    };
    const request = { seed: 1, step: 5, microBatches: 1 };
    expect(() => languageBatches(model, source, { batch, length })(request)).toThrow(
      "batches: the weights of step 5 have the sum",
    );
  });
});

describe("evaluation", () => {
  const evaluated = (tokens: Int32Array): EvaluationWindow[] => [...windows(tokens, { length })];

  test.each([
    ["token", 0, "evaluation: token 0 of the window at 0 is -1"],
    // It is a target of one window before it is a token of the next.
    ["target", 18, "evaluation: target 5 of the window at 12 is -1"],
  ])("of a text: a wrong %s, before the first window is scored", async (_, at, message) => {
    const counted = counting();
    const evaluator = await languageEvaluator({ model, weights }, length, {
      ...{ compile: counted.compile, threads: 1, tokensAtOnce: length },
    });
    await expect(summariseLosses(evaluator, evaluated(text(-1, at)))).rejects.toThrow(message);
    await expect(evaluator.score(evaluated(text(vocab, at)))).rejects.toThrow(
      `is ${vocab}; ids are whole numbers from 0 to 10.`,
    );
    expect(counted.runs).toBe(0);
    await evaluator.dispose();
  });

  test("of a text: a window of another length", async () => {
    const evaluator = await languageEvaluator({ model, weights }, length, { compile, threads: 1 });
    const longer = [...windows(text(1, 0), { length: length + 1 })];
    await expect(evaluator.score(longer)).rejects.toThrow(
      "the window at 0 has 7 tokens and 7 targets, and this evaluator takes 6.",
    );
    await evaluator.dispose();
  });

  test("of answers: a wrong id, and places that have no token", async () => {
    const counted = counting();
    const evaluator = await answerEvaluator({ model, weights }, length, {
      ...{ compile: counted.compile, threads: 1 },
    });
    const good = { tokens: [1, 2, 3], scored: [2] };
    for (const [sample, message] of [
      [{ tokens: [1, 2 ** 32 + 1, 3], scored: [2] }, "token 1 of sample 1 is 4294967297; ids are"],
      [{ tokens: [1, 2, -1], scored: [2] }, "token 2 of sample 1 is -1; ids are"],
      [{ tokens: [1, 2, 3], scored: [0] }, "sample 1 scores place 0"],
      [{ tokens: [1, 2, 3], scored: [3] }, "sample 1 scores place 3"],
    ] as const)
      await expect(evaluator.answer([good, sample])).rejects.toThrow(message);
    expect(counted.runs).toBe(0);
    expect(await evaluator.answer([good])).toHaveLength(1);
    await evaluator.dispose();
  });
});

test("a task whose samples have tokens outside its vocabulary is refused before they are wrapped", () => {
  const copy = taskNamed("copy");
  const broken = {
    ...copy,
    sample: () => ({ tokens: [1, 2 ** 32 + 1, 2], scored: [2] }),
  };
  expect(() => taskBatchAt(broken, { batch: 1, trainLength: 4, seed: 1, step: 0 })).toThrow(
    "task copy: a sample has the token 4294967297, and its vocabulary has",
  );
});
