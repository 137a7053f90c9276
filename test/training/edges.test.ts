/**
 * A training step at the edges of its numbers: rate 0 and near 0, moments and gradients that are 0 or overflow, the last
 * step that a float32 counts. AdamW at rate 0 was NaN wherever the second moment was 0: 0 · ∞.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { add, divide, multiply, subtract } from "../../src/operators/arithmetic.ts";
import { sqrt } from "../../src/operators/pointwise.ts";
import { sum } from "../../src/operators/reduction.ts";
import { input } from "../../src/operators/source.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import type { Objective } from "../../src/training/objective.ts";
import { adamW, sgd } from "../../src/training/optimiser.ts";
import { trainingPlan } from "../../src/training/plan.ts";
import { constantRate, scheduledRate } from "../../src/training/schedule.ts";
import type { Schedule } from "../../src/training/schedule.ts";
import { noStorage, train, TrainingDiverged } from "../../src/training/train.ts";
import type { Checkpoint, StepMetrics } from "../../src/training/train.ts";
import { expectEqual, steps, withTrainer } from "./with-trainer.ts";

const stream = random(4, "text");

/** One element each: a gradient, and the moments before the step. */
const moments = [
  { gradient: 0, first: 0, second: 0 },
  { gradient: 0, first: 1e-3, second: 1e-6 },
  { gradient: 1e-25, first: 0, second: 0 }, // its square underflows
  { gradient: 1e-20, first: 1e-20, second: 0 },
  { gradient: 1e-6, first: -2e-6, second: 1e-12 },
  { gradient: 0.5, first: 0.1, second: 0.01 },
  { gradient: -3e9, first: 1e9, second: 1e18 },
] as const;
const [beta1, beta2, epsilon] = [0.9, 0.95, 1e-8];
/** Sums of the averaged ones after a first step and after many. */
const corrections = [
  [1 - beta1, 1 - beta2],
  [1, 1],
] as const;
const rates = [0, 2e-38, 1e-36, 1e-30, 1e-12, 3e-3, 1, 1e20];

const place = {
  parameter: input("parameter", [moments.length]),
  gradient: input("gradient", [moments.length]),
  moment1: input("moment1", [moments.length]),
  moment2: input("moment2", [moments.length]),
  correction1: input("correction1", []),
  correction2: input("correction2", []),
  rate: input("rate", []),
};

function stepped(decays = false): Record<"next" | "first" | "second", Tensor> {
  const { parameter, gradient, moment1, moment2, correction1, correction2, rate } = place;
  const slots = { moment1, moment2 };
  const scalars = { correction1, correction2 };
  const moved = adamW({ beta1, beta2, epsilon }).step({
    ...{ parameter, gradient, slots, scalars, rate, decays },
  });
  return { next: moved.parameter, first: moved.slots["moment1"]!, second: moved.slots["moment2"]! };
}

/** Arrays of the inputs, for one start of the parameter. */
function given(
  start: number,
  rate: number,
  [c1, c2]: readonly [number, number],
): Record<keyof typeof place, { shape: number[]; data: Float32Array }> {
  const shape = [moments.length];
  const array = (values: readonly number[]) => ({ shape, data: Float32Array.from(values) });
  const scalar = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  return {
    parameter: array(moments.map(() => start)),
    gradient: array(moments.map(({ gradient }) => gradient)),
    moment1: array(moments.map(({ first }) => first)),
    moment2: array(moments.map(({ second }) => second)),
    correction1: scalar(c1),
    correction2: scalar(c2),
    rate: scalar(rate),
  };
}

/** The published formula, in float64; and whether float32 holds `√v / rate`, by which the runtime divides. */
function published(
  rate: number,
  [c1, c2]: readonly [number, number],
): { move: number; fits: boolean }[] {
  return moments.map(({ gradient, first, second }) => {
    const m = beta1 * first + (1 - beta1) * gradient;
    const v = beta2 * second + (1 - beta2) * gradient ** 2;
    const root = Math.sqrt(v / c2);
    return { move: (rate * (m / c1)) / (root + epsilon), fits: (root * c1) / rate < 3.4e38 };
  });
}

describe("AdamW at every rate, moment and gradient", () => {
  const outputs = stepped();

  test.each(rates)("rate %d moves as published, in float64 and in the runtime", async (rate) => {
    const program = await compile({ inputs: Object.values(place), outputs }, { threads: 1 });
    for (const correction of corrections) {
      const feeds = given(0, rate, correction);
      const values = new Map(
        Object.entries(feeds).map(([name, { shape, data }]) => [
          place[name as keyof typeof place],
          valueOf(shape, data),
        ]),
      );
      const moves = {
        float64: [...evaluate([outputs.next], values)[0]!.data],
        runtime: [...(await program.run(feeds))["next"]!.data],
      };
      const expected = published(rate, correction);
      for (const [where, found] of Object.entries(moves))
        expected.forEach(({ move, fits }, at) => {
          // Below the smallest normal float32 the runtime has 0; where the divisor overflows, a move below 1e-29 is 0.
          const allowed = fits ? 1e-5 * Math.abs(move) + 2 ** -125 : 1e-29;
          const what = `${where}, ${JSON.stringify(moments[at])}`;
          expect(Math.abs(-found[at]! - move), what).toBeLessThan(allowed);
        });
    }
    await program.dispose();
  });

  test("at a rate beyond all use, moments of 0 move nothing", async () => {
    const program = await compile({ inputs: Object.values(place), outputs }, { threads: 1 });
    const { next } = await program.run(given(0.5, 1e38, corrections[0]));
    expect(next!.data[0]).toBe(0.5);
    await program.dispose();
  });

  test.each([0, 0.5, -3])("at rate 0 a parameter of %d is not moved by a bit", async (start) => {
    const program = await compile(
      { inputs: Object.values(place), outputs: stepped(true) },
      { threads: 1 },
    );
    for (const correction of corrections) {
      const { next } = await program.run(given(start, 0, correction));
      expect([...next!.data]).toEqual(moments.map(() => start));
    }
    await program.dispose();
  });

  test("at ordinary rates the bounds change no bit", async () => {
    const { correction1, correction2, rate, parameter } = place;
    const inverse = divide(correction1, rate);
    const [a, b] = [divide(inverse, sqrt(correction2)), multiply(inverse, epsilon)];
    const { first, second, next: bounded } = outputs;
    const unbounded = subtract(parameter, divide(first, add(multiply(sqrt(second), a), b)));
    const program = await compile(
      { inputs: Object.values(place), outputs: { bounded, unbounded } },
      { threads: 1 },
    );
    for (const rate of [1e-30, 1e-7, 3e-4, 1e-3, 0.1, 10])
      for (const correction of corrections) {
        const { bounded, unbounded } = await program.run(given(0.25, rate, correction));
        expect(new Uint8Array(bounded!.data.buffer)).toEqual(
          new Uint8Array(unbounded!.data.buffer),
        );
      }
    await program.dispose();
  });

  test.each([
    [{ epsilon: 1e-46 }, /epsilon must be from 1\.2e-38 .* got 1e-46/],
    [{ epsilon: Infinity }, /epsilon must be from 1\.2e-38 .* got Infinity/],
    [{ weightDecay: Infinity }, /weightDecay must be a number of 0 or more, got Infinity/],
  ])("%j is refused: float32 has no such number", (options, message) => {
    expect(() => adamW(options)).toThrow(message);
  });
});

describe("a rate that reaches 0", () => {
  const config = transformerConfig({ vocab: 256, model: 8, heads: 2, layers: 1 });
  const model = languageModel(config, encodingById("t5"), 8);
  // Ids from 97 on alone: the other rows of the token table have no gradient, and a second moment of 0.
  const text = Int32Array.from({ length: 200 }, () => 97 + stream.integer(26));
  const size = { batch: 2, length: 8 };

  async function trained(
    schedule: Schedule,
    count: number,
    { accumulate = 1, from }: { accumulate?: number; from?: Checkpoint } = {},
  ): Promise<{ checkpoint: Checkpoint; metrics: StepMetrics[] }> {
    const metrics: StepMetrics[] = [];
    const storage = from ? { ...noStorage, load: () => Promise.resolve(from) } : noStorage;
    const { checkpoint } = await train({
      ...languageTraining(model, text, size),
      plan: { steps: count, schedule, accumulate, seed: 3 },
      ...{ compile, storage, compileOptions: { threads: 1 } },
      onStep: (line) => metrics.push(line),
    });
    return { checkpoint, metrics };
  }

  const cosine: Schedule = { maximum: 1e-3, minimum: 0, warmup: 0, decaySteps: 4 };

  test.each([1, 2])("finishes and resumes, with %d micro-batches", async (accumulate) => {
    const whole = await trained(cosine, 6, { accumulate });
    expect(whole.metrics.map(({ rate }) => rate)[5]).toBe(0);
    const half = await trained(cosine, 4, { accumulate });
    const resumed = await trained(cosine, 6, { accumulate, from: half.checkpoint });
    expectEqual(resumed.checkpoint, whole.checkpoint);
    for (const { name } of model.parameters.specs)
      expect(whole.checkpoint.tensors.get(name)!.data, name).toEqual(
        half.checkpoint.tensors.get(name)!.data,
      );
  });

  test.each([0, 1e-38])(
    "a constant rate of %d leaves every parameter as it began",
    async (rate) => {
      const { checkpoint } = await trained(constantRate(rate), 3);
      const begun = await trained(constantRate(0), 1);
      for (const { name } of model.parameters.specs)
        expect(checkpoint.tensors.get(name)!.data, name).toEqual(
          begun.checkpoint.tensors.get(name)!.data,
        );
    },
  );
});

describe("schedules and plans that float32 cannot hold", () => {
  const step = input("step", []);
  test.each([
    { maximum: 1e39, minimum: 0, warmup: 0, decaySteps: 10 },
    { maximum: 1, minimum: 0, warmup: 0, decaySteps: Infinity },
    { maximum: Infinity, minimum: 0, warmup: 0, decaySteps: 10 },
  ])("%j", (schedule) => {
    expect(() => scheduledRate(step, schedule)).toThrow(
      /schedule: expected .*\. Float32 holds numbers up to 3\.4e38\.$/,
    );
  });

  test("a clipping norm that would round to 0, and would stop all gradients", () => {
    expect(() => trainingPlan({ steps: 1, clipNorm: 1e-46 })).toThrow(
      /clipNorm must be a number of 0 or more, got 1e-46/,
    );
  });

  test("more steps than a float32 counts, in the plan and beyond it", async () => {
    expect(trainingPlan({ steps: 2 ** 24 }).steps).toBe(16_777_216);
    expect(() => trainingPlan({ steps: 2 ** 24 + 1 })).toThrow(
      "plan: a training has at most 16777216 steps, got 16777217",
    );
    await withTrainer({}, async (trainer) => {
      const checkpoint = await trainer.save();
      const tensors = new Map(checkpoint.tensors);
      tensors.set("optimiser.step", { shape: [], data: Float32Array.of(2 ** 24 - 1) });
      trainer.restore({ step: 2 ** 24 - 1, tensors });
      await trainer.step();
      expect((await trainer.save()).tensors.get("optimiser.step")!.data[0]).toBe(2 ** 24);
      await expect(trainer.step()).rejects.toThrow(
        "trainer: a training has at most 16777216 steps",
      );
    });
  });
});

describe("huge gradients", () => {
  /** The gradient of each element of `p` is `slope`. */
  const steep = (): Objective<"slope"> => {
    const parameters = new Parameters([{ name: "p", shape: [3], initial: { kind: "zeros" } }]);
    return {
      parameters,
      inputs: { slope: { shape: [] } },
      loss: ({ slope }) => multiply(sum(parameters.get("p")), slope),
    };
  };

  test.each([adamW(), sgd()])(
    "$id clips up to the largest square and refuses beyond",
    async (optimiser) => {
      for (const [slope, fits] of [
        [1e18, true],
        [1e20, false],
      ] as const) {
        const batches = () => ({ slope: { shape: [], data: Float32Array.of(slope) } });
        const plan = { steps: 4, optimiser, schedule: constantRate(0.1) };
        await withTrainer({ objective: steep(), batches, plan }, async (trainer) => {
          const before = await trainer.save();
          if (fits) {
            const [first] = await steps(trainer, 2);
            expect(first!.gradientNorm / (slope * Math.sqrt(3))).toBeCloseTo(1, 6);
            expect([...(await trainer.weights()).get("p")!.data].every(Number.isFinite)).toBe(true);
            return;
          }
          await expect(trainer.step()).rejects.toThrow(TrainingDiverged);
          expectEqual(await trainer.save(), before);
        });
      }
    },
  );
});
