/**
 * The trainer on objectives that are no language models: one step at a time, frozen parameters, save and restore.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { TransformerEncoder } from "../../src/model/encoder.ts";
import { divide, multiply, subtract } from "../../src/operators/arithmetic.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { log, square } from "../../src/operators/pointwise.ts";
import { mean, sum } from "../../src/operators/reduction.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { random } from "../../src/random/random.ts";
import "../../src/runtime/node.ts";
import type { BatchSource } from "../../src/training/batch-source.ts";
import { objective } from "../../src/training/define-objective.ts";
import type { Objective } from "../../src/training/objective.ts";
import { adamW, sgd } from "../../src/training/optimiser.ts";
import type { PlanOptions } from "../../src/training/plan.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { noStorage, train, TrainingDiverged } from "../../src/training/train.ts";
import type { Checkpoint, StepMetrics } from "../../src/training/train.ts";
import { Trainer } from "../../src/training/trainer.ts";
import type { TrainerRequest } from "../../src/training/trainer.ts";
import { batch, fitting, points } from "./small-objective.ts";

const compileOptions = { threads: 1 };

async function withTrainer<Result>(
  request: Partial<TrainerRequest>,
  use: (trainer: Trainer) => Promise<Result>,
): Promise<Result> {
  const plan: PlanOptions = { steps: 20, learningRate: 0.05 };
  const rest = { objective: fitting(), batches: points, plan, compileOptions };
  const trainer = await Trainer.create({ ...rest, ...request });
  try {
    return await use(trainer);
  } finally {
    await trainer.dispose();
  }
}

async function steps(trainer: Trainer, count: number): Promise<StepMetrics[]> {
  const metrics: StepMetrics[] = [];
  for (let step = 0; step < count; step++) metrics.push(await trainer.step());
  return metrics;
}

function expectEqual(a: Checkpoint, b: Checkpoint): void {
  expect(a.step).toBe(b.step);
  expect([...a.tensors.keys()]).toEqual([...b.tensors.keys()]);
  for (const [name, { data }] of a.tensors) expect(data, name).toEqual(b.tensors.get(name)!.data);
}

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

describe("frozen parameters", () => {
  const trainable = ({ name }: { name: string }): boolean => name !== "weight";

  test("stay bit by bit, have no moments, and are part of the checkpoint", async () => {
    const own = fitting({ trainable });
    await withTrainer({ objective: own }, async (trainer) => {
      const first = await trainer.save();
      await steps(trainer, 10);
      const last = await trainer.save();
      expect([...last.tensors.keys()].sort()).toEqual([
        ...["offset", "optimiser.correction1", "optimiser.correction2"],
        ...["optimiser.moment1.offset", "optimiser.moment2.offset", "optimiser.step", "weight"],
      ]);
      const drawn = initialValues(own.parameters.specs[0]!, 1);
      expect(last.tensors.get("weight")!.data).toEqual(drawn);
      expect(last.tensors.get("offset")!.data).not.toEqual(first.tensors.get("offset")!.data);
      expect((await trainer.weights()).get("weight")!.data).toEqual(drawn);
    });
  });

  test("keep the weights they are given, through save and restore", async () => {
    const given = new Map([
      ["weight", { shape: [3, 2], data: Float32Array.of(1, -1, 2, 0, 0, 3) }],
      ["offset", { shape: [2], data: Float32Array.of(7, 8) }],
      ["another model's", { shape: [1], data: Float32Array.of(1) }],
    ]);
    const plan = { steps: 100, learningRate: 0.2, optimiser: adamW({ weightDecay: 0 }) };
    const request = { objective: fitting({ trainable }), weights: given, plan };
    const saved = await withTrainer(request, async (trainer) => {
      const start = await trainer.weights();
      expect(start.get("offset")!.data).toEqual(given.get("offset")!.data);
      await steps(trainer, 50);
      return await trainer.save();
    });
    expect(saved.tensors.get("weight")!.data).toEqual(given.get("weight")!.data);
    // The given arrays are not written to.
    expect([...given.get("offset")!.data]).toEqual([7, 8]);
    await expect(
      withTrainer({ ...request, weights: new Map() }, () => Promise.resolve()),
    ).rejects.toThrow(/^weights: the model's parameter weight \[3, 2\] has no value\./);
    const { objective: own } = request;
    await withTrainer({ objective: own, plan, checkpoint: saved }, async (trainer) => {
      await steps(trainer, 50);
      const weights = await trainer.weights();
      expect(weights.get("weight")!.data).toEqual(given.get("weight")!.data);
      expect(weights.get("offset")!.data[0]).toBeCloseTo(0.5, 1);
    });
  });

  test("a checkpoint of a training with other trainable parameters is refused", async () => {
    const all = await withTrainer({}, (trainer) => trainer.save());
    await expect(
      withTrainer({ objective: fitting({ trainable }), checkpoint: all }, () => Promise.resolve()),
    ).rejects.toThrow(
      'checkpoint: it has "optimiser.moment1.weight" [3, 2], which this training does not have. ' +
        "Continue with the model, the trainable parameters and the optimiser it was trained with",
    );
  });
});

describe("steps, runs and checkpoints", () => {
  const plan = { steps: 12, learningRate: 0.05, checkpointEvery: 5 };
  const own = fitting({}, 0.3);

  test("n steps of a trainer are a run of n steps, to the last bit", async () => {
    const metrics: StepMetrics[] = [];
    const run = await train({
      ...{ objective: own, batches: points, plan, compileOptions },
      onStep: (line) => metrics.push(line),
    });
    await withTrainer({ objective: own, plan }, async (trainer) => {
      expect(await steps(trainer, 12)).toEqual(metrics);
      expect(trainer.stepsDone).toBe(12);
      expectEqual(await trainer.save(), run.checkpoint);
      expect(await trainer.weights()).toEqual(run.weights);
      // One more than planned.
      expect((await trainer.step()).step).toBe(12);
    });
  });

  test("a trainer restored in the middle goes on as one that was not stopped", async () => {
    await withTrainer({ objective: own, plan }, async (whole) => {
      const before = await steps(whole, 5);
      const middle = await whole.save();
      const after = await steps(whole, 7);
      await withTrainer({ objective: own, plan, checkpoint: middle }, async (other) => {
        expect(other.stepsDone).toBe(5);
        expect(await steps(other, 7)).toEqual(after);
        expectEqual(await other.save(), await whole.save());
        // Back once more, in the same trainer.
        other.restore(middle);
        expect(await steps(other, 7)).toEqual(after);
      });
      expect(before[0]!.loss).not.toBe(after[0]!.loss);
    });
  });

  test("a run keeps a checkpoint at every interval and at the end, and stops when it is told", async () => {
    const kept: number[] = [];
    const lines: StepMetrics[] = [];
    const storage = {
      ...noStorage,
      save: ({ step }: Checkpoint, metrics: readonly StepMetrics[]) => {
        kept.push(step);
        lines.push(...metrics);
        return Promise.resolve();
      },
    };
    const stop = new AbortController();
    const request = { objective: own, batches: points, plan, compileOptions, storage };
    await train(request);
    expect(kept).toEqual([5, 10, 12]);
    expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, step) => step));
    const stopped = await train({
      ...request,
      signal: stop.signal,
      onStep: ({ step }) => (step === 6 ? stop.abort() : undefined),
    });
    expect(stopped.step).toBe(7);
    expect(stopped.checkpoint.step).toBe(7);
  });

  test("calls that overlap are refused, and harm nothing", async () => {
    await withTrainer({ objective: own, plan }, async (trainer) => {
      const first = trainer.step();
      await expect(trainer.step()).rejects.toThrow("trainer: a call is still running. Await each");
      await expect(trainer.save()).rejects.toThrow("trainer: a call is still running");
      await first;
      expect(trainer.stepsDone).toBe(1);
    });
  });

  test("weights of another model are refused before anything is compiled", async () => {
    const weights = new Map([
      ["weight", { shape: [2, 3], data: new Float32Array(6) }],
      ["offset", { shape: [2], data: new Float32Array(2) }],
    ]);
    const compile = (): never => expect.unreachable("it must not compile");
    const attempt = Trainer.create({ objective: own, batches: points, plan, weights, compile });
    await expect(attempt).rejects.toThrow(
      'weights: "weight" is [2, 3] with 6 values, but the model\'s parameter is [3, 2]. Give the weights of this model',
    );
    const checkpoint = { step: 1, tensors: weights };
    await expect(
      Trainer.create({ objective: own, batches: points, plan, checkpoint, compile }),
    ).rejects.toThrow(/^checkpoint: it has no "optimiser.step", which is \[\] in this training\./);
  });
});

describe("batches are refused by name", () => {
  const good = points({ seed: 1, step: 0, microBatches: 1 }) as Awaited<ReturnType<BatchSource>>;
  const { x, y } = good as Record<"x" | "y", (typeof good)[string]>;

  test.each([
    [{ x }, 'batches: step 0 has no "y", which the objective declares as Float32Array [6, 2].'],
    [
      { x, y, z: y },
      'batches: step 0 has "z", which the objective does not declare. Leave it out, or add it',
    ],
    [
      { x, y: { shape: [2, 6], data: y.data } },
      'batches: "y" of step 0 must be Float32Array [6, 2], got Float32Array of 12 values as [2, 6].',
    ],
    [
      { x, y: { shape: [6, 2], data: y.data.slice(1) } },
      'batches: "y" of step 0 must be Float32Array [6, 2], got Float32Array of 11 values as [6, 2].',
    ],
    [
      { x, y: { shape: [6, 2], data: new Int32Array(12) } },
      'batches: "y" of step 0 must be Float32Array [6, 2], got Int32Array of 12 values as [6, 2].',
    ],
  ])("%#: %s", async (feeds, message) => {
    await withTrainer({ batches: () => feeds }, async (trainer) => {
      await expect(trainer.step()).rejects.toThrow(message);
      expect(trainer.stepsDone).toBe(0);
    });
  });

  test("one micro-batch where there are several", async () => {
    const request = { batches: () => good, plan: { steps: 2, accumulate: 4 } };
    await withTrainer(request, async (trainer) => {
      await expect(trainer.step()).rejects.toThrow(
        'batches: "x" of step 0 must be Float32Array [4, 6, 3], got Float32Array of 18 values as [6, 3]. ' +
          "The first axis counts the 4 micro-batches.",
      );
    });
  });
});

describe("numbers that are not finite, in an objective of one's own", () => {
  /** It has the logarithm of a mean, which is NaN where the mean is negative. */
  const failing = (): Objective<"x" | "y"> => {
    const own = fitting();
    return {
      ...own,
      loss({ x, y }) {
        const product = matmul(x, own.parameters.get("weight"));
        const low = log(mean(y));
        return {
          loss: mean(multiply(multiply(product, own.parameters.get("offset")), low)),
          stages: [
            { name: "the product", output: product },
            { name: "the logarithm", output: low },
          ],
        };
      },
    };
  };
  const signed =
    (sign: (micro: number) => number): BatchSource =>
    ({ microBatches }) => ({
      x: { shape: [microBatches, batch, 3], data: new Float32Array(18 * microBatches).fill(1) },
      y: {
        shape: [microBatches, batch, 2],
        data: Float32Array.from({ length: 12 * microBatches }, (_, at) =>
          sign(Math.floor(at / 12)),
        ),
      },
    });

  test("the stage is named, in whichever micro-batch, and the state is that before the step", async () => {
    const batches: BatchSource = (request) =>
      signed((micro) => (request.step === 1 && micro === 1 ? -1 : 1))(request);
    const plan = { steps: 3, accumulate: 2 };
    await withTrainer({ objective: failing(), batches, plan }, async (trainer) => {
      await trainer.step();
      const before = await trainer.save();
      const error: unknown = await trainer.step().catch((error: unknown) => error);
      expect(error).toBeInstanceOf(TrainingDiverged);
      expect((error as TrainingDiverged).where).toBe("the logarithm");
      expect((error as Error).message).toMatch(
        /^training diverged: at step 1 the loss became NaN, first in the logarithm\. Lower the learning rate/,
      );
      expectEqual(await trainer.save(), before);
    });
  });

  test("a loss beyond its stages is named as the loss", async () => {
    const own = failing();
    const silent: Objective<"x" | "y"> = {
      ...own,
      loss: (inputs, pass) => (own.loss(inputs, pass) as { loss: never }).loss,
    };
    const batches = signed(() => -1);
    const request = { objective: silent, batches, plan: { steps: 2, accumulate: 2 } };
    await withTrainer(request, async (trainer) => {
      await expect(trainer.step()).rejects.toThrow("first in the loss.");
    });
  });

  test("gradients beyond a finite loss are those of the backward pass", async () => {
    const { parameters } = fitting();
    const offset = parameters.get("offset");
    // A weight of 0 hides how large x is, but its gradient does not.
    const steep: Objective<"x" | "y"> = {
      ...fitting({ parameters }),
      loss: ({ x, y }) =>
        mean(multiply(matmul(x, parameters.get("weight")), multiply(y, multiply(offset, offset)))),
    };
    const plan = { steps: 2, schedule: constantRate(0.1) };
    const batches: BatchSource = () => ({
      x: { shape: [batch, 3], data: new Float32Array(18).fill(3e38) },
      y: { shape: [batch, 2], data: new Float32Array(12).fill(1) },
    });
    await withTrainer({ objective: steep, batches, plan, weights: zeros }, async (trainer) => {
      await expect(trainer.step()).rejects.toThrow(
        /gradient became (Infinity|NaN), first in the backward pass/,
      );
    });
  });
});

const zeros = new Map([
  ["weight", { shape: [3, 2], data: new Float32Array(6) }],
  ["offset", { shape: [2], data: Float32Array.of(2, 2) }],
]);
