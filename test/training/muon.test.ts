import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { input, scalar } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import { muon } from "../../src/training/muon.ts";
import type { MuonOptions } from "../../src/training/muon.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { noStorage, train } from "../../src/training/train.ts";
import { goldenDifference, readGolden } from "../golden/golden.ts";
import type { GoldenCase } from "../golden/golden.ts";
import { expectEqual, steps, withTrainer } from "./with-trainer.ts";

const parameters = ["wide", "tall", "square"] as const;

/** The next matrix and momentum, in float64. */
function stepOf(options: MuonOptions, shape: readonly number[]) {
  const [parameter, gradient, momentum] = ["p", "g", "b"].map((name) => input(name, shape));
  const rate = input("rate", []);
  const moved = muon(options).step({
    ...{ parameter: parameter!, gradient: gradient!, slots: { momentum: momentum! } },
    ...{ scalars: {}, rate, decays: true, matrix: true },
  });
  return (p: Value, g: Value, b: Value, at: number): readonly Value[] =>
    evaluate(
      [moved.parameter, moved.slots["momentum"]!],
      new Map<Tensor, Value>([
        [parameter!, p],
        [gradient!, g],
        [momentum!, b],
        [rate, { shape: [], data: Float64Array.of(at) }],
      ]),
    );
}

interface Options extends Required<Pick<MuonOptions, "momentum" | "weightDecay" | "iterations">> {
  readonly adjust: string;
  readonly steps: number;
}

function follows({ inputs, outputs, options }: GoldenCase): number {
  const { momentum, weightDecay, iterations, adjust, steps } = options as unknown as Options;
  let worst = 0;
  for (const name of parameters) {
    const { shape, data } = inputs[name]!;
    const move = adjust === "original" ? "spectral" : "adamw";
    const step = stepOf({ momentum, weightDecay, iterations, move }, shape);
    const count = elementCount(shape);
    let value: Value = { shape, data: Float64Array.from(data) };
    let average: Value = { shape, data: new Float64Array(count) };
    for (let at = 0; at < steps; at++) {
      const drawn = inputs[`${name}.gradient`]!.data.slice(at * count, (at + 1) * count);
      const gradient = { shape, data: Float64Array.from(drawn) };
      const rate = inputs["learningRate"]!.data[at]!;
      [value, average] = step(value, gradient, average, rate) as [Value, Value];
      for (const [what, found] of [
        [`${name}@${at + 1}`, value],
        [`${name}.momentum@${at + 1}`, average],
      ] as const)
        if (outputs[what]) worst = Math.max(worst, goldenDifference(found.data, outputs[what]));
    }
  }
  return worst;
}

describe("Muon", () => {
  test.each(readGolden("muon").cases)("equals PyTorch's: $name", (golden) => {
    expect(follows(golden)).toBeLessThan(1e-12);
  });

  // Jordan's and PyTorch's: momentum 0.95, five iterations, decay 0.1, Nesterov's look ahead.
  test("its defaults are those of PyTorch", () => {
    const shape = [3, 2];
    const drawn = (name: string): Value => ({
      shape,
      data: Float64Array.from(random(3, name).normalArray(6, 1)),
    });
    const [p, g, b] = ["p", "g", "b"].map(drawn) as [Value, Value, Value];
    const stated = { momentum: 0.95, iterations: 5, weightDecay: 0.1, move: "adamw" } as const;
    expect(stepOf({}, shape)(p, g, b, 0.3)).toEqual(stepOf(stated, shape)(p, g, b, 0.3));
    for (const other of [{ momentum: 0.9 }, { iterations: 4 }, { weightDecay: 0 }])
      expect(stepOf({ ...stated, ...other }, shape)(p, g, b, 0.3)).not.toEqual(
        stepOf({}, shape)(p, g, b, 0.3),
      );
  });

  test("a clipped gradient is the gradient times its factor, and what does not decay keeps its size", () => {
    const shape = [2, 2];
    const full = (one: number): Value => ({ shape, data: Float64Array.of(one, 2 * one, -one, 3) });
    const [value, average] = [full(1), full(0.25)];
    const moved = (gradient: Value, clip: number | undefined, decays: boolean): Value[] => {
      const [p, g, b] = ["p", "g", "b"].map((name) => input(name, shape));
      const given = { parameter: p!, gradient: g!, slots: { momentum: b! }, scalars: {} };
      const factor = clip === undefined ? undefined : scalar(clip);
      const next = muon().step({ ...given, rate: scalar(0.5), clip: factor, decays, matrix: true });
      return [
        ...evaluate(
          [next.parameter, next.slots["momentum"]!],
          new Map([
            [p!, value],
            [g!, gradient],
            [b!, average],
          ]),
        ),
      ];
    };
    const half = { shape, data: full(8).data.map((one) => one / 2) };
    expect(moved(full(8), 0.5, true)).toEqual(moved(half, undefined, true));
    expect(moved(full(8), 0.5, true)).not.toEqual(moved(full(8), undefined, true));
    const [decayed] = moved(half, undefined, true);
    const [kept] = moved(half, undefined, false);
    // Rate 0.5 and decay 0.1.
    kept!.data.forEach((one, at) =>
      expect(one - decayed!.data[at]!).toBeCloseTo(0.05 * value.data[at]!, 12),
    );
  });

  test.each([0, 1e-30, 1e20])("a gradient of %f moves nothing or is finite", (size) => {
    const shape = [3, 2];
    const value = (one: number): Value => ({ shape, data: new Float64Array(6).fill(one) });
    for (const rate of [0, 1e-38, 0.1]) {
      const [next] = stepOf({}, shape)(value(0.5), value(size), value(0), rate);
      expect([...next!.data].every(Number.isFinite)).toBe(true);
      if (rate === 0) expect([...next!.data]).toEqual([...value(0.5).data]);
    }
  });

  test.each<[MuonOptions, string]>([
    [{ momentum: 1 }, "momentum must be from 0 to below 1, got 1"],
    [{ iterations: 0 }, "iterations must be a whole number from 1 to 100, got 0"],
    [{ weightDecay: -1 }, "weightDecay must be a number of 0 or more, got -1"],
    [{ others: { beta1: 2 } }, "beta1 must be from 0 to below 1, got 2"],
  ])("%j is refused", (options, message) => {
    expect(() => muon(options)).toThrow(message);
  });
});

describe("a language model", () => {
  const config = transformerConfig({ vocab: 11, model: 16, heads: 2, layers: 1 });
  const model = languageModel(config, encodingById("t5"), 8);
  const tokens = Int32Array.from({ length: 400 }, (_, at) => (at * at) % 11);
  const training = languageTraining(model, tokens, { batch: 4, length: 8 });
  const plan = { steps: 6, learningRate: 0.02, optimiser: muon(), checkpointEvery: 3 };

  test("has momentum for the matrices of its blocks alone, and moments for everything else", async () => {
    const { checkpoint } = await train({ ...training, plan, storage: noStorage });
    const names = [...checkpoint.tensors.keys()];
    const kept = (slot: string): string[] =>
      names
        .filter((name) => name.startsWith(`optimiser.${slot}.`))
        .map((name) => name.replace(`optimiser.${slot}.`, ""));
    expect(kept("momentum").toSorted()).toEqual(
      ["attention.key", "attention.output", "attention.query", "attention.value"]
        .concat(["feedForward.down", "feedForward.up"])
        .map((name) => `blocks.0.${name}.weight`),
    );
    expect(kept("moment1")).toContain("tokens.weight");
    expect(kept("moment1")).toContain("head.weight");
    expect(kept("moment1")).toContain("position.t5.table");
    expect(kept("moment1").filter((name) => kept("momentum").includes(name))).toEqual([]);
  });

  test("learns faster by it than by AdamW", async () => {
    const losses = async (optimiser: typeof plan.optimiser): Promise<number[]> => {
      const seen: number[] = [];
      await train({
        ...training,
        plan: { ...plan, steps: 40, optimiser },
        storage: noStorage,
        onStep: ({ loss }) => seen.push(loss),
      });
      return seen;
    };
    const [ours, theirs] = [await losses(muon()), await losses(adamW())];
    expect(ours.at(-1)!).toBeLessThan(theirs.at(-1)!);
  });

  test("goes on from a checkpoint to the last bit", async () => {
    await withTrainer({ ...training, plan }, async (whole) => {
      await steps(whole, 3);
      const middle = await whole.save();
      const after = await steps(whole, 3);
      await withTrainer({ ...training, plan, checkpoint: middle }, async (other) => {
        expect(await steps(other, 3)).toEqual(after);
        expectEqual(await other.save(), await whole.save());
      });
    });
  });
});
