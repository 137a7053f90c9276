/**
 * Objectives that are no language models, trained one step at a time.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { TransformerEncoder } from "../../src/model/encoder.ts";
import { divide, multiply, subtract } from "../../src/operators/arithmetic.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { square } from "../../src/operators/power.ts";
import { mean, sum } from "../../src/operators/reduction.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { random } from "../../src/random/random.ts";
import type { BatchSource } from "../../src/training/batch-source.ts";
import { objective } from "../../src/training/define-objective.ts";
import type { Objective } from "../../src/training/objective.ts";
import { adamW, sgd } from "../../src/training/optimiser.ts";
import type { StepMetrics } from "../../src/training/train.ts";
import { batch, fitting, points } from "./small-objective.ts";
import { steps, withTrainer } from "./with-trainer.ts";

describe("an objective of one's own", () => {
  test("is trained to its solution, and its measures are reported", async () => {
    const plan = { steps: 150, learningRate: 0.1, optimiser: adamW({ weightDecay: 0 }) };
    await withTrainer({ plan }, async (trainer) => {
      const metrics = await steps(trainer, 150);
      expect(metrics[0]!.loss).toBeGreaterThan(1);
      expect(metrics.at(-1)!.loss).toBeLessThan(1e-3);
      expect(metrics.at(-1)!.measures!["mean error"]).toBeLessThan(0.05);
      const weights = await trainer.weights();
      [1, -1, 2, 0, 0, 3].forEach((value, at) =>
        expect(weights.get("weight")!.data[at]).toBeCloseTo(value, 1),
      );
      expect([...weights.keys()]).toEqual(["weight", "offset"]);
    });
  });

  test("has no measures in its metrics where it declares none", async () => {
    const own = fitting();
    const plain: Objective<"x" | "y"> = {
      ...own,
      loss: (inputs, pass) => (own.loss(inputs, pass) as { loss: never }).loss,
    };
    const [line] = await withTrainer({ objective: plain }, (trainer) => steps(trainer, 1));
    expect(Object.keys(line!)).toEqual(["step", "loss", "gradientNorm", "rate"]);
  });

  test("of micro-batches of unequal kind: the mean of losses, gradients and measures", async () => {
    const optimiser = sgd();
    const whole = await withTrainer({ plan: { steps: 3, optimiser, accumulate: 3 } }, (trainer) =>
      steps(trainer, 1),
    );
    const parts: StepMetrics[] = [];
    const all = points({ seed: 1, step: 0, microBatches: 3 }) as Awaited<ReturnType<BatchSource>>;
    for (let part = 0; part < 3; part++) {
      const cut = Object.entries(all).map(([name, { shape, data }]) => {
        const size = data.length / 3;
        return [name, { shape: shape.slice(1), data: data.slice(part * size, (part + 1) * size) }];
      });
      const batches: BatchSource = () => Object.fromEntries(cut) as never;
      const plan = { steps: 3, optimiser };
      parts.push(...(await withTrainer({ batches, plan }, (trainer) => steps(trainer, 1))));
    }
    const average = (of: (line: StepMetrics) => number): number =>
      parts.reduce((total, line) => total + of(line), 0) / 3;
    expect(whole[0]!.loss).toBeCloseTo(
      average(({ loss }) => loss),
      5,
    );
    const error = ({ measures }: StepMetrics): number => measures!["mean error"]!;
    expect(error(whole[0]!)).toBeCloseTo(average(error), 5);
  });

  test("shares an input and prepares what depends on the whole step", async () => {
    const scaled = (weighted: boolean): Objective<"x" | "y" | "counts" | "scale"> => {
      const { parameters } = fitting();
      return {
        parameters,
        inputs: {
          ...{ x: { shape: [batch, 3] }, y: { shape: [batch, 2] }, counts: { shape: [batch, 1] } },
          scale: { shape: [1], shared: true },
        },
        prepare: (inputs, microBatches) => ({
          ...inputs,
          counts: weighted
            ? multiply(divide(inputs.counts, sum(inputs.counts)), microBatches)
            : inputs.counts,
        }),
        loss({ x, y, counts, scale }) {
          const guess = matmul(multiply(x, scale), parameters.get("weight"));
          const error = subtract(subtract(guess, parameters.get("offset")), y);
          return sum(multiply(square(error), counts));
        },
      };
    };
    const batches: BatchSource = async (request) => {
      const { microBatches } = request;
      const data = Float32Array.from({ length: batch * microBatches }, (_, at) => 1 + (at % 4));
      const shape = microBatches > 1 ? [microBatches, batch, 1] : [batch, 1];
      const scale = { shape: [1], data: Float32Array.of(2) };
      return { ...(await points(request)), counts: { shape, data }, scale };
    };
    const plan = { steps: 3, accumulate: 2 };
    const first = async (weighted: boolean): Promise<number> => {
      const request = { objective: scaled(weighted), batches, plan };
      return (await withTrainer(request, (trainer) => steps(trainer, 1)))[0]!.loss;
    };
    const sums = Array.from({ length: 2 * batch }, (_, at) => 1 + (at % 4));
    const total = sums.reduce((a, b) => a + b, 0);
    // Unprepared, the mean over two micro-batches of sums weighted by counts.
    expect(await first(true)).toBeCloseTo((2 * (await first(false))) / total, 4);
  });
});

describe("an encoder", () => {
  test("is trained through the same trainer, with its dropout", async () => {
    const [length, model] = [5, 16];
    const encoder = new TransformerEncoder(model, 2, 1, 32, 0.1, {
      encoding: encodingById("learned"),
      trainLength: length,
    });
    const head = new Parameters([
      { name: "head", shape: [model, 1], initial: { kind: "normal", deviation: 0.1 } },
    ]);
    const centring = objective({
      parameters: Parameters.join(encoder.parameters, head),
      inputs: { x: { shape: [8, length, model] }, y: { shape: [8, length, 1] } },
      loss({ x, y }, { dropout }) {
        const guess = matmul(encoder.encode(x, { dropout }), head.get("head"));
        return mean(square(subtract(guess, y)));
      },
    });
    const batches: BatchSource = ({ seed, step }) => {
      const x = random(seed, "x", step).normalArray(8 * length * model, 1);
      // The first number of each vector.
      const y = Float32Array.from({ length: 8 * length }, (_, at) => x[at * model]!);
      const rows = { shape: [8, length, model], data: x };
      return { x: rows, y: { shape: [8, length, 1], data: y } };
    };
    const plan = { steps: 150, learningRate: 1e-2 };
    await withTrainer({ objective: centring, batches, plan }, async (trainer) => {
      const losses = (await steps(trainer, 150)).map(({ loss }) => loss);
      const average = (values: readonly number[]): number =>
        values.reduce((a, b) => a + b, 0) / values.length;
      expect(average(losses.slice(-20))).toBeLessThan(0.6 * average(losses.slice(0, 20)));
    });
  });
});
