/**
 * Targets that count by weights: against the mean over all, against float64, and what padding must not do.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { forward, languageModel } from "../../src/model/transformer.ts";
import { crossEntropy } from "../../src/operators/cross-entropy.ts";
import { flattenRows } from "../../src/operators/movement.ts";
import { constant } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { taskBatchAt } from "../../src/tasks/batches.ts";
import { taskNamed } from "../../src/tasks/index.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Value } from "../../src/tensor/tensor.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import type { LanguageBatch, RowSource } from "../../src/training/language-objective.ts";
import type { BatchRows } from "../../src/training/language-objective.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { noStorage, train } from "../../src/training/train.ts";
import type { PlanOptions } from "../../src/training/plan.ts";
import type { Checkpoint, StepMetrics } from "../../src/training/train.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { positionsFrom } from "../model/small-model.ts";

const vocab = 13;
const length = 9;
const config = transformerConfig({ vocab, model: 16, heads: 2, layers: 2 });
const model = languageModel(config, encodingById("t5(form=scaled)"), length);
const plan = {
  steps: 4,
  batch: 6,
  length,
  accumulate: 1,
  optimiser: adamW(),
  schedule: constantRate(3e-3),
  clipNorm: 1,
  seed: 5,
  checkpointEvery: 100,
};

/** Random rows; `weigh` says what each target counts. */
function source(weigh: (place: number, step: number) => number, weighted = true): RowSource {
  return {
    weighted,
    at({ batch, length, step }) {
      const stream = random(3, "rows", step);
      const ids = (): Int32Array =>
        Int32Array.from({ length: batch * length }, () => stream.integer(vocab));
      const weights = Float32Array.from({ length: batch * length }, (_, at) => weigh(at, step));
      return { tokens: ids(), targets: ids(), weights };
    },
  };
}

async function trained(
  tokens: RowSource,
  changed: Partial<PlanOptions & LanguageBatch> = {},
  from?: Checkpoint,
): Promise<{ metrics: StepMetrics[]; checkpoint: Checkpoint }> {
  const metrics: StepMetrics[] = [];
  const { batch, length, ...rest } = { ...plan, ...changed };
  const { checkpoint } = await train({
    ...languageTraining(model, tokens, { batch, length }),
    plan: rest,
    compile,
    compileOptions: { threads: 1 },
    onStep: (line) => metrics.push(line),
    ...(from ? { storage: { ...noStorage, load: () => Promise.resolve(from) } } : {}),
  });
  return { metrics, checkpoint };
}

/** Largest difference of any state tensor. */
function apart(a: Checkpoint, b: Checkpoint): number {
  let most = 0;
  for (const [name, { data }] of a.tensors)
    data.forEach((x, at) => (most = Math.max(most, Math.abs(x - b.tensors.get(name)!.data[at]!))));
  return most;
}

describe("weights", () => {
  test("that are all alike change nothing, whatever they are", async () => {
    const plain = await trained(source(() => 1, false));
    const weighted = await trained(source(() => 7));
    plain.metrics.forEach(({ loss }, step) =>
      expect(weighted.metrics[step]!.loss).toBeCloseTo(loss, 5),
    );
    expect(apart(weighted.checkpoint, plain.checkpoint)).toBeLessThan(1e-5);
    const uneven = await trained(source((at) => at % 3));
    expect(apart(uneven.checkpoint, plain.checkpoint)).toBeGreaterThan(1e-3);
  });

  test("give the weighted mean, as float64 has it", async () => {
    const weigh = (at: number): number => [0, 0.5, 2, 0][at % 4]!;
    const { metrics } = await trained(source(weigh), { steps: 1 });
    const rows = source(weigh).at({ ...plan, step: 0 });
    const value = (data: ArrayLike<number>): Value => ({
      shape: [plan.batch, length],
      data: Float64Array.from(data),
    });
    const tokens = constant([plan.batch, length], value(rows.tokens).data, "int32");
    const targets = constant([plan.batch * length], value(rows.targets).data, "int32");
    const { logits } = forward(model, { tokens, positions: positionsFrom(0, length) });
    const values = new Map(
      model.parameters.specs.map((spec) => [
        model.parameters.get(spec.name),
        { shape: spec.shape, data: Float64Array.from(initialValues(spec, plan.seed)) },
      ]),
    );
    const losses = evaluate([crossEntropy(flattenRows(logits), targets)], values)[0]!.data;
    let [sum, total] = [0, 0];
    losses.forEach((loss, at) => {
      sum += weigh(at) * loss;
      total += weigh(at);
    });
    expect(metrics[0]!.loss).toBeCloseTo(sum / total, 5);
  });

  test("hold over micro-batches of unequal weight", async () => {
    const weigh = (at: number): number => (at < 2 * length ? 1 : at % 5 === 0 ? 1 : 0);
    const whole = await trained(source(weigh));
    const parts = await trained(source(weigh), { batch: 2, accumulate: 3 });
    parts.metrics.forEach(({ loss, gradientNorm }, step) => {
      expect(loss).toBeCloseTo(whole.metrics[step]!.loss, 5);
      expect(gradientNorm).toBeCloseTo(whole.metrics[step]!.gradientNorm, 5);
    });
    expect(apart(parts.checkpoint, whole.checkpoint)).toBeLessThan(2e-5);
  });
});

describe("training on a task", () => {
  const task = taskNamed("copy(alphabet=9)");
  const shape = { batch: plan.batch, trainLength: 4, seed: plan.seed };
  const samples: RowSource = {
    weighted: true,
    at: ({ batch, seed, step }) => taskBatchAt(task, { ...shape, batch, seed, step }),
  };
  const taskPlan = { length: task.longest(4) - 1 };

  /** The same rows with something else where the padding is. */
  const overwritten: RowSource = {
    weighted: true,
    at(request): BatchRows {
      const rows = samples.at(request);
      const tokens = rows.tokens.map((token) => (token === 0 ? 5 : token));
      const targets = rows.targets.map((token) => (token === 0 ? 6 : token));
      return { ...rows, tokens, targets };
    },
  };

  test("what the padding holds makes no difference, to the last bit", async () => {
    const padded = await trained(samples, taskPlan);
    const other = await trained(overwritten, taskPlan);
    expect(samples.at({ ...plan, ...taskPlan, step: 0 }).tokens).toContain(0);
    for (const [name, { data }] of padded.checkpoint.tensors)
      expect(other.checkpoint.tensors.get(name)!.data, name).toEqual(data);
  });

  test("from a checkpoint is the run that was not stopped", async () => {
    const whole = await trained(samples, { ...taskPlan, steps: 6 });
    const half = await trained(samples, { ...taskPlan, steps: 3 });
    const rest = await trained(samples, { ...taskPlan, steps: 6 }, half.checkpoint);
    expect(rest.metrics).toEqual(whole.metrics.slice(3));
    expect(apart(rest.checkpoint, whole.checkpoint)).toBe(0);
  });
});
