import { describe, expect, test } from "vitest";
import { modelConfig, comparisonPlan } from "../../src/comparison/settings.ts";
import type { ComparisonSettings } from "../../src/comparison/settings.ts";
import { encodingById, encodings } from "../../src/encodings/index.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Compile } from "../../src/runtime/session.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import { Trainer } from "../../src/training/trainer.ts";
import type { Checkpoint } from "../../src/training/train.ts";

const settings: ComparisonSettings = {
  corpus: { name: "moby-dick" },
  tokenizer: "byte",
  encodings: encodings.map(({ id }) => id),
  seeds: [1, 2],
  trainLength: 12,
  testLengths: [12],
  steps: 3,
  batch: 2,
  width: 16,
  heads: 2,
  layers: 2,
  learningRate: 1e-3,
  optimiser: "adamw",
  warmup: 1,
  weightDecay: 0.1,
  clipNorm: 1,
  stride: 12,
  evaluationTokens: 100,
  device: "cpu",
  threads: 1,
};
const tokens = Int32Array.from({ length: 500 }, (_, at) => (at * at + 5 * at) % 200);

/** The first values, and the tokens fed at each step. */
async function begun(
  encoding: string,
  seed: number,
): Promise<{ first: Checkpoint["tensors"]; fed: number[][]; ownTokens: boolean }> {
  const model = languageModel(
    modelConfig(settings, 256),
    encodingById(encoding),
    settings.trainLength,
  );
  const { batch, length, ...plan } = comparisonPlan(settings, seed);
  const training = languageTraining(model, tokens, { batch, length });
  const fed: number[][] = [];
  const watching: Compile = async (graph, options) => {
    const program = await compile(graph, options);
    return Object.assign(Object.create(program) as typeof program, {
      run(feeds: Parameters<typeof program.run>[0]) {
        fed.push([...feeds["tokens"]!.data, ...feeds["targets"]!.data]);
        return program.run(feeds);
      },
      readState: (name: string) => program.readState(name),
      dispose: () => program.dispose(),
    });
  };
  const compileOptions = { threads: 1 };
  const trainer = await Trainer.create({ ...training, plan, compile: watching, compileOptions });
  const { tensors } = await trainer.save();
  while (trainer.stepsDone < settings.steps) await trainer.step();
  await trainer.dispose();
  return { first: tensors, fed, ownTokens: model.encoding.tokenInitial !== undefined };
}

describe("what all encodings share with one seed", async () => {
  const none = await begun("none", 1);
  const shared = [...none.first.keys()].filter((name) => !name.startsWith("optimiser."));

  test.each(encodings.map(({ id }) => id))("%s: first values and batches", async (id) => {
    const { first, fed, ownTokens } = await begun(id, 1);
    expect(fed).toHaveLength(3);
    expect(fed).toEqual(none.fed);
    let compared = 0;
    for (const name of shared) {
      const [here, there] = [first.get(name), none.first.get(name)!];
      if (here?.shape.join() !== there.shape.join()) continue;
      if (ownTokens && name === "tokens.weight") {
        // The same random numbers, in the size that the encoding was published with.
        const size = here.data[0]! / there.data[0]!;
        expect(size).not.toBe(1);
        here.data.forEach((value, at) =>
          expect(Math.abs(value - size * there.data[at]!)).toBeLessThan(1e-6 * Math.abs(size)),
        );
      } else expect(here.data, name).toEqual(there.data);
      compared++;
    }
    // All but the token table, which an encoding that appends columns narrows or replaces.
    expect(compared).toBeGreaterThanOrEqual(shared.length - 1);
  });

  test("another seed has other first values and batches", async () => {
    const other = await begun("none", 2);
    expect(other.first.get("head.weight")!.data).not.toEqual(none.first.get("head.weight")!.data);
    expect(other.fed[0]).not.toEqual(none.fed[0]);
  });
});
