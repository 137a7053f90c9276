import { expect, test } from "vitest";
import { kerplePower } from "../../src/encodings/kerple-power.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { compile } from "../../src/runtime/node.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { sgd } from "../../src/training/optimiser.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import { train } from "../../src/training/train.ts";
import { constantRate } from "../../src/training/schedule.ts";

const tokens = Int32Array.from({ length: 300 }, (_, at) => (at * at + 3 * at) % 19);
const config = transformerConfig({ vocab: 19, model: 16, heads: 4, layers: 2 });
const names = ["a", "p", "weight.a", "weight.p"].map((name) => `position.kerple-power.${name}`);

/** The same encoding, whose parameters may go where they like. */
const unbound: EncodingDefinition = {
  ...kerplePower,
  create(shape, options) {
    const encoding = kerplePower.create(shape, options);
    const parameters = encoding.parameters.map(({ name, shape, initial }) => ({
      name,
      shape,
      initial,
    }));
    return { ...encoding, parameters };
  },
};

/** Values of KERPLE's parameters after training, by name. */
async function trained(
  definition: EncodingDefinition,
  steps: number,
): Promise<Map<string, number[]>> {
  const model = languageModel(config, definition, 8, { kernel: "both" });
  const { checkpoint } = await train({
    ...languageTraining(model, tokens, { batch: 4, length: 8 }),
    plan: {
      steps,
      accumulate: 1,
      optimiser: sgd(),
      // Far too fast for anything but to leave the range.
      schedule: constantRate(1e7),
      clipNorm: 0,
      seed: 1,
      checkpointEvery: steps,
    },
    compile,
    compileOptions: { threads: 1 },
  });
  return new Map(names.map((name) => [name, Array.from(checkpoint.tensors.get(name)!.data)]));
}

const bound = (x: number, name: string): number =>
  Math.min(Math.max(x, Math.fround(0.01)), name.endsWith("p") ? 2 : Infinity);

test("a step ends in the range of each parameter, where a step without would be moved to", async () => {
  const [held, free] = [await trained(kerplePower, 1), await trained(unbound, 1)];
  const left = { below: 0, above: 0 };
  for (const name of names)
    free.get(name)!.forEach((value, h) => {
      expect(held.get(name)![h]).toBe(bound(value, name));
      if (value < 0.01) left.below++;
      if (value > bound(value, name)) left.above++;
    });
  expect(left.below).toBeGreaterThan(0);
  expect(left.above).toBeGreaterThan(0);
});

test("first values lie in the range", () => {
  const spec = { name: "x", shape: [50], range: { min: -0.5, max: 0.25 } } as const;
  const initial = { kind: "normal", deviation: 1 } as const;
  const [held, free] = [spec, { name: "x", shape: [50] }].map((each) =>
    initialValues({ ...each, initial }, 1),
  );
  free!.forEach((value, at) => expect(held![at]).toBe(Math.min(Math.max(value, -0.5), 0.25)));
  expect(free!.some((value) => value < -0.5)).toBe(true);
});
