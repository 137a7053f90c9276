/**
 * Weights that do not fit the model are refused by name, before anything is compiled.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { answerEvaluator } from "../../src/evaluation/answers.ts";
import { languageEvaluator } from "../../src/evaluation/language.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import type { Weights } from "../../src/parameters/weights.ts";
import { compile } from "../../src/runtime/node.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import { train } from "../../src/training/train.ts";

const config = transformerConfig({ vocab: 11, model: 8, heads: 2, layers: 1 });
const model = languageModel(config, encodingById("learned"), 6);
const weights: Weights = new Map(
  model.parameters.specs.map((spec) => [
    spec.name,
    { shape: spec.shape, data: initialValues(spec, 1) },
  ]),
);
const never = (): never => expect.unreachable("it must not compile");

const evaluators = { languageEvaluator, answerEvaluator };
const remedy =
  "Give the weights of this model, or make the model with the encoding, options and sizes they were trained with.";

const makers: readonly [
  name: string,
  speaker: string,
  make: (changed: Weights) => Promise<unknown>,
][] = [
  ...Object.entries(evaluators).map(
    ([name, evaluator]): [string, string, (changed: Weights) => Promise<unknown>] => [
      name,
      "evaluation",
      (changed) => evaluator({ model, weights: changed }, 6, { compile: never }),
    ],
  ),
  [
    "compileDecoder",
    "decoder",
    (changed) => compileDecoder({ model, weights: changed }, { compile: never }),
  ],
];

describe.each(makers)("%s", (_, speaker, make) => {
  test("a missing tensor", async () => {
    const changed = new Map(weights);
    changed.delete("head.weight");
    await expect(make(changed)).rejects.toThrow(
      `${speaker}: these weights are of another model. Missing: head.weight [8, 11]. ${remedy}`,
    );
  });

  test("a tensor of another shape, as of a model of another vocabulary", async () => {
    const other = { shape: [8, 12], data: new Float32Array(96) };
    await expect(make(new Map(weights).set("head.weight", other))).rejects.toThrow(
      `${speaker}: these weights are of another model. Of another shape: head.weight is [8, 12] and must be [8, 11].`,
    );
  });

  test("weights of another encoding, which this model would leave out", async () => {
    const table = { shape: [32, 2], data: new Float32Array(64) };
    await expect(make(new Map(weights).set("position.t5.table", table))).rejects.toThrow(
      `${speaker}: these weights are of another model. Too many: position.t5.table [32, 2]. ${remedy}`,
    );
  });

  test("weights of a deeper model with another encoding: all that differs, the first of each kind", async () => {
    const deeper = languageModel({ ...config, layers: 2 }, encodingById("t5"), 6);
    const others = new Map(
      deeper.parameters.specs.map((spec) => [
        spec.name,
        { shape: spec.shape, data: initialValues(spec, 1) },
      ]),
    );
    others.set("tokens.weight", { shape: [11, 4], data: new Float32Array(44) });
    await expect(make(others)).rejects.toThrow(
      /Missing: position\.learned\.table \[6, 8\]\. Too many: \S+ \[[\d, ]+\] and \d+ more\. Of another shape: tokens\.weight is \[11, 4\] and must be \[11, 8\]\./,
    );
  });

  test("a tensor whose values do not fill its shape", async () => {
    const short = { shape: [8, 11], data: new Float32Array(80) };
    await expect(make(new Map(weights).set("head.weight", short))).rejects.toThrow(
      `${speaker}: "head.weight" holds 80 values, and its shape [8, 11] needs 88. Read these weights again.`,
    );
  });
});

test.each(Object.entries(evaluators))(
  "%s accepts the optimiser's tensors, as a checkpoint has them",
  async (_, evaluator) => {
    const step = { shape: [], data: Float32Array.of(3) };
    const more = new Map(weights).set("optimiser.step", step);
    const made = await evaluator({ model, weights: more }, 6, { compile, threads: 1 });
    await made.dispose();
  },
);

test("a trainer that starts from weights leaves further tensors out, and names all faults where some are missing", async () => {
  const training = languageTraining(
    model,
    Int32Array.from({ length: 20 }, (_, at) => at % 11),
    {
      ...{ batch: 1, length: 6 },
    },
  );
  const request = { ...training, plan: { steps: 1 }, compile, compileOptions: { threads: 1 } };
  const more = new Map(weights).set("position.t5.table", {
    ...{ shape: [32, 2], data: new Float32Array(64) },
  });
  expect((await train({ ...request, weights: more })).step).toBe(1);
  more.delete("head.weight");
  await expect(train({ ...request, weights: more })).rejects.toThrow(
    "weights: these weights are of another model. Missing: head.weight [8, 11]. Too many: position.t5.table [32, 2].",
  );
});
