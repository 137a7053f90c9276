/**
 * What an objective may be: refused where it is declared, with the name and the way out.
 */
import { describe, expect, test } from "vitest";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { cast } from "../../src/operators/cast.ts";
import { argmax, mean, sum } from "../../src/operators/reduction.ts";
import { input } from "../../src/operators/source.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { objective } from "../../src/training/define-objective.ts";
import { sgd } from "../../src/training/optimiser.ts";
import { trainStep } from "../../src/training/train-step.ts";
import { fitting } from "./small-objective.ts";

const { parameters } = fitting();
const weight = parameters.get("weight");
const offset = parameters.get("offset");
const used = add(mean(weight), mean(offset));

describe("an objective is refused where it is declared", () => {
  test.each([
    [
      "a loss that is no scalar",
      { loss: () => offset },
      "objective: the loss must be a float32 scalar, got float32 [2]. Take its mean or sum.",
    ],
    [
      "a loss of whole numbers",
      { loss: () => sum(argmax(weight)) },
      "objective: the loss must be a float32 scalar, got int32 []. Cast it to float32 and take its mean.",
    ],
    [
      "a measure that is no scalar",
      { loss: () => ({ loss: mean(used), measures: { error: offset } }) },
      'objective: measure "error" must be a float32 scalar, got float32 [2]. Take its mean or sum.',
    ],
    [
      "a stage of whole numbers",
      { loss: () => ({ loss: mean(used), stages: [{ name: "ids", output: argmax(weight) }] }) },
      'objective: stage "ids" must be float32, got int32.',
    ],
    [
      "an input that is not declared",
      { loss: () => mean(multiply(used, input("z", [3]))) },
      'objective: the loss uses "z" [3], which is neither one of the tensors it is given nor a parameter. Declare it',
    ],
    [
      "a parameter of another group",
      { loss: () => mean(multiply(used, fitting().parameters.get("offset"))) },
      'objective: the loss uses "offset" [2], which is neither',
    ],
    [
      "an input that the loss does not use",
      { inputs: { x: { shape: [6, 3] }, y: { shape: [6, 2] }, extra: { shape: [4] } } },
      'objective: input "extra" [4] is declared, but the loss does not use it. Use it, leave it out of `inputs`, or',
    ],
    [
      "a parameter that the loss does not use",
      { parameters: Parameters.join(parameters, new Parameters([spec("head")])) },
      "objective: the loss does not use the parameter head [2]. Use it, leave it out of `parameters`, or exclude it",
    ],
    [
      "nothing to train",
      { trainable: () => false },
      "objective: `trainable` selects none of 2 parameters. The first is weight [3, 2].",
    ],
    [
      "no parameters",
      { parameters: new Parameters([]) },
      "objective: it has no parameters. Give those of the model in `parameters`.",
    ],
    [
      "a name of the training step",
      { inputs: { x: { shape: [6, 3] }, y: { shape: [6, 2] }, rate: { shape: [] } } },
      'objective: an input cannot be called "rate", a name of the training step. Give it another name.',
    ],
    [
      "a parameter with a name of the training step",
      { parameters: Parameters.join(parameters, new Parameters([spec("loss")])) },
      'objective: a parameter cannot be called "loss", a name of the training step. Give it another name.',
    ],
    [
      "a parameter named like the optimiser's state",
      { parameters: Parameters.join(parameters, new Parameters([spec("optimiser.step")])) },
      'objective: a parameter cannot be called "optimiser.step", a name of the training step.',
    ],
    [
      "an input named like one of the search for what is not finite",
      {
        inputs: {
          x: { shape: [6, 3] },
          y: { shape: [6, 2] },
          "diagnosis.micro-batch": { shape: [] },
        },
      },
      'objective: an input cannot be called "diagnosis.micro-batch", a name of the training step.',
    ],
    [
      "an input named like a measure's output",
      {
        inputs: { x: { shape: [6, 3] }, y: { shape: [6, 2] }, "measure.error": { shape: [] } },
        loss: () => ({ loss: mean(used), measures: { error: mean(offset) } }),
      },
      'objective: an input cannot be called "measure.error", the output of the measure "error".',
    ],
    [
      "one name for an input and a parameter",
      { inputs: { x: { shape: [6, 3] }, y: { shape: [6, 2] }, offset: { shape: [2] } } },
      'objective: "offset" is both an input and a parameter. Give the input another name.',
    ],
    [
      "a shape that is no shape",
      { inputs: { x: { shape: [6.5, 3] }, y: { shape: [6, 2] } } },
      'objective: input "x" must have whole numbers above 0 as its shape, got [6.5, 3].',
    ],
    [
      "a preparation that changes a shape",
      { prepare: (inputs: { x: typeof weight; y: typeof weight }) => ({ ...inputs, x: weight }) },
      'objective: `prepare` must return "x" as float32 [6, 3], got float32 [3, 2].',
    ],
  ])("%s", (_, changed, message) => {
    const declared = { ...fitting({ parameters }), ...changed };
    expect(() => objective(declared)).toThrow(message);
    // A literal that was never checked is refused by the step.
    const options = { optimiser: sgd(), schedule: constantRate(1), clipNorm: 0, seed: 1 };
    expect(() => trainStep(declared, options)).toThrow(message);
  });
});

function spec(name: string): ConstructorParameters<typeof Parameters>[0][number] {
  return { name, shape: [2], initial: { kind: "zeros" } };
}

describe("an objective is accepted", () => {
  test("whose optional input is not used", () => {
    const inputs = { ...fitting().inputs, extra: { shape: [4], optional: true } };
    expect(() => objective({ ...fitting(), inputs })).not.toThrow();
  });

  test("whose unused parameter is not trainable", () => {
    const more = Parameters.join(parameters, new Parameters([spec("head")]));
    const trainable = ({ name }: { name: string }): boolean => name !== "head";
    expect(() => objective(fitting({ parameters: more, trainable }))).not.toThrow();
  });

  test("with a loss alone, which may use the step and inputs of whole numbers", () => {
    const ids = { shape: [6], dtype: "int32" } as const;
    const own = objective({
      parameters,
      inputs: { ids },
      loss: ({ ids }, { step }) => multiply(add(mean(cast(ids, "float32")), used), step),
    });
    expect(objective(own)).toBe(own);
  });
});

describe("several groups of parameters as one", () => {
  test("keep their tensors and order", () => {
    const joined = Parameters.join(parameters, new Parameters([spec("head")]));
    expect(joined.specs.map(({ name }) => name)).toEqual(["weight", "offset", "head"]);
    expect(joined.get("weight")).toBe(weight);
    expect(joined.count).toBe(6 + 2 + 2);
  });

  test("may not share a name", () => {
    expect(() => Parameters.join(parameters, fitting().parameters)).toThrow(
      'parameters: "weight" is declared twice. Give each parameter its own name.',
    );
  });
});
