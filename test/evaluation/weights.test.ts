/**
 * Weights that do not fit the model are refused by name, before anything is compiled.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { answerEvaluator } from "../../src/evaluation/answers.ts";
import { languageEvaluator } from "../../src/evaluation/language.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import type { Weights } from "../../src/parameters/weights.ts";
import { compile } from "../../src/runtime/node.ts";

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

describe.each(Object.entries(evaluators))("%s", (_, evaluator) => {
  const refused = (changed: Weights): ReturnType<typeof evaluator> =>
    evaluator({ model, weights: changed }, 6, { compile: never });

  test("a missing tensor", async () => {
    const changed = new Map(weights);
    changed.delete("head.weight");
    await expect(refused(changed)).rejects.toThrow(
      "weights: the model's parameter head.weight [8, 11] has no value. Give the weights of this model, " +
        "or build the model with the settings the weights were trained with.",
    );
  });

  test("a tensor of another shape, as of a model of another vocabulary", async () => {
    const other = { shape: [8, 12], data: new Float32Array(96) };
    await expect(refused(new Map(weights).set("head.weight", other))).rejects.toThrow(
      'weights: "head.weight" is [8, 12] with 96 values, but the model\'s parameter is [8, 11]. ' +
        "Give the weights of this model, or build the model",
    );
  });

  test("a tensor whose values do not fill its shape", async () => {
    const short = { shape: [8, 11], data: new Float32Array(80) };
    await expect(refused(new Map(weights).set("head.weight", short))).rejects.toThrow(
      '"head.weight" is [8, 11] with 80 values',
    );
  });

  test("more tensors are accepted, as a checkpoint has them", async () => {
    const step = { shape: [], data: Float32Array.of(3) };
    const more = new Map(weights).set("optimiser.step", step);
    const made = await evaluator({ model, weights: more }, 6, { compile, threads: 1 });
    await made.dispose();
  });
});
