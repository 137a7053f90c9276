import { fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { cast } from "../../src/operators/cast.ts";
import { sum } from "../../src/operators/reduction.ts";
import { input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { meanOverMicroBatches } from "../../src/training/accumulate.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import type { LanguageBatch } from "../../src/training/language-objective.ts";
import type { PlanOptions } from "../../src/training/plan.ts";
import { train } from "../../src/training/train.ts";
import type { StepMetrics, TrainingResult } from "../../src/training/train.ts";
import { constantRate } from "../../src/training/schedule.ts";

function smallModel(encoding: string, dropout = 0): LanguageModel {
  const config = transformerConfig({ vocab: 23, model: 16, heads: 2, layers: 2, dropout });
  return languageModel(config, encodingById(encoding), 12);
}

type Changed = Partial<PlanOptions & LanguageBatch>;

const plan = {
  steps: 5,
  batch: 12,
  length: 12,
  accumulate: 1,
  optimiser: adamW(),
  schedule: constantRate(3e-3),
  clipNorm: 0.8,
  seed: 3,
  checkpointEvery: 100,
};

const stream = random(11, "text");
const tokens = Int32Array.from({ length: 400 }, () => stream.integer(23));

async function trained(
  model: LanguageModel,
  changed: Changed,
): Promise<TrainingResult & { readonly metrics: StepMetrics[] }> {
  const metrics: StepMetrics[] = [];
  const { batch, length, ...rest } = { ...plan, ...changed };
  const result = await train({
    ...languageTraining(model, tokens, { batch, length }),
    plan: rest,
    compile,
    compileOptions: { threads: 1 },
    onStep: (line) => metrics.push(line),
  });
  return { ...result, metrics };
}

/** The largest difference of any parameter. */
function parameterDifference(model: LanguageModel, a: TrainingResult, b: TrainingResult): number {
  let largest = 0;
  for (const { name } of model.parameters.specs) {
    const [x, y] = [a, b].map(({ checkpoint }) => checkpoint.tensors.get(name)!.data);
    x!.forEach((value, at) => (largest = Math.max(largest, Math.abs(value - y![at]!))));
  }
  return largest;
}

describe("the mean over micro-batches", () => {
  test("in float64: each gets its own rows and number, all share the rest", () => {
    const rows = input("rows", [3, 2, 2]);
    const shared = input("shared", []);
    const outer = multiply(shared, 10); // computed outside, used inside
    const compute = ([row]: readonly Tensor[], number: Tensor): Tensor[] => [
      multiply(sum(row!), add(outer, cast(number, "float32"))),
      multiply(row!, shared),
    ];
    const [total, each] = evaluate(
      meanOverMicroBatches({ count: 3, sliced: [rows], shared: [outer, shared], compute }),
      new Map([
        [rows, valueOf([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])],
        [shared, valueOf([], [2])],
      ]),
    );
    expect(total!.data[0]).toBeCloseTo((10 * 20 + 26 * 21 + 42 * 22) / 3, 10);
    expect([...each!.data]).toEqual([10, 12, 14, 16]);
  });
});

describe.each(["none", "learned", "rope", "alibi", "t5"])("%s", (encoding) => {
  test("4 micro-batches of 3 train as one batch of 12 does", async () => {
    const model = smallModel(encoding);
    const whole = await trained(model, {});
    const parts = await trained(model, { batch: 3, accumulate: 4 });
    expect(whole.metrics).toHaveLength(5);
    parts.metrics.forEach((line, step) => {
      expect(line.loss).toBeCloseTo(whole.metrics[step]!.loss, 5);
      expect(line.gradientNorm).toBeCloseTo(whole.metrics[step]!.gradientNorm, 5);
    });
    // It moves by about 3e-3 a step.
    expect(parameterDifference(model, whole, parts)).toBeLessThan(2e-5);

    const unlike = await trained(model, { batch: 4, accumulate: 3, seed: 4 });
    expect(parameterDifference(model, whole, unlike)).toBeGreaterThan(1e-2);
  });
});

test("each micro-batch has its own dropout", async () => {
  const model = smallModel("rope", 0.3);
  const repeated = new Int32Array(13).fill(5); // one window only: all rows are alike
  const loss = async (changed: Changed): Promise<number> => {
    let first = NaN;
    const onStep = ({ loss }: StepMetrics): number => (first = loss);
    const { batch, length, ...rest } = { ...plan, steps: 1, batch: 1, ...changed };
    await train({
      ...languageTraining(model, repeated, { batch, length }),
      plan: rest,
      compile,
      onStep,
    });
    return first;
  };
  const once = await loss({});
  expect(await loss({})).toBe(once);
  // With the same masks, the mean of two alike would be the one.
  expect(Math.abs((await loss({ accumulate: 2 })) - once)).toBeGreaterThan(1e-4);
});

describe("memory", () => {
  const children: ReturnType<typeof fork>[] = [];
  afterAll(() => children.forEach((child) => child.kill()));

  /** Peak bytes of a process that trains two steps. */
  async function peak(batch: number, accumulate: number): Promise<number> {
    const child = fork(new URL("./peak-of-training.ts", import.meta.url), [
      `${batch}`,
      `${accumulate}`,
    ]);
    children.push(child);
    const [bytes] = (await once(child, "message")) as [number];
    return bytes;
  }

  test("8 micro-batches take little more than one, and far less than all at once", async () => {
    const [one, eight, all] = [await peak(32, 1), await peak(32, 8), await peak(256, 1)];
    const nothing = await peak(1, 1);
    // Measured: 101 MB above one short row, 108 MB and 823 MB.
    expect(all - nothing).toBeGreaterThan(5 * (one - nothing));
    expect(eight - nothing).toBeLessThan(1.5 * (one - nothing));
  });
});
