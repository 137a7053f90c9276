import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { compile } from "../../src/runtime/node.ts";
import { adamW, sgd } from "../../src/training/optimiser.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import type { PlanOptions } from "../../src/training/plan.ts";
import { noStorage, train, TrainingDiverged } from "../../src/training/train.ts";
import type { Checkpoint, StepMetrics } from "../../src/training/train.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { constantRate } from "../../src/training/schedule.ts";

const config = transformerConfig({ vocab: 19, model: 16, heads: 2, layers: 2 });
const model = languageModel(config, encodingById("alibi"), 8);
const tokens = Int32Array.from({ length: 300 }, (_, at) => (at * at + 3 * at) % 19);
const training = languageTraining(model, tokens, { batch: 4, length: 8 });
const plan = {
  steps: 1,
  accumulate: 1,
  optimiser: sgd(),
  schedule: constantRate(0.5),
  clipNorm: 0,
  seed: 1,
  checkpointEvery: 2,
};

interface Trained {
  readonly checkpoint: Checkpoint;
  readonly metrics: StepMetrics[];
}

async function trained(changed: Partial<PlanOptions>, from?: Checkpoint): Promise<Trained> {
  const metrics: StepMetrics[] = [];
  const { checkpoint } = await train({
    ...training,
    plan: { ...plan, ...changed },
    compile,
    compileOptions: { threads: 1 },
    onStep: (line) => metrics.push(line),
    ...(from ? { storage: { ...noStorage, load: () => Promise.resolve(from) } } : {}),
  });
  return { checkpoint, metrics };
}

/** How far one step moved each parameter, in one array. */
function movement({ checkpoint }: Trained): number[] {
  return model.parameters.specs.flatMap((spec) => {
    const before = initialValues(spec, plan.seed);
    return Array.from(checkpoint.tensors.get(spec.name)!.data, (x, at) => x - before[at]!);
  });
}

const norm = (values: readonly number[]): number => Math.hypot(...values);

describe("clipping", () => {
  test("the norm reported is that of all gradients together, before clipping", async () => {
    const free = await trained({});
    const { gradientNorm } = free.metrics[0]!;
    expect(norm(movement(free)) / 0.5).toBeCloseTo(gradientNorm, 4);
    expect((await trained({ clipNorm: 0.1 })).metrics[0]!.gradientNorm).toBe(gradientNorm);
  });

  test("shortens a step to the largest norm, keeps its direction, and leaves short ones", async () => {
    const free = await trained({});
    const { gradientNorm } = free.metrics[0]!;
    const clipNorm = gradientNorm / 3;
    const clipped = await trained({ clipNorm });
    expect(norm(movement(clipped)) / 0.5).toBeCloseTo(clipNorm, 4);
    const [a, b] = [movement(free), movement(clipped)];
    a.forEach((full, at) => expect(b[at]!).toBeCloseTo(full / 3, 5));
    expect(movement(await trained({ clipNorm: 2 * gradientNorm }))).toEqual(a);
  });
});

describe("a step", () => {
  test("begins at the loss of an untrained model and learns", async () => {
    const { metrics } = await trained({ steps: 60, schedule: constantRate(0.5) });
    expect(metrics[0]!.loss).toBeCloseTo(Math.log(19), 1);
    expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, k) => k));
    expect(metrics.at(-1)!.loss).toBeLessThan(metrics[0]!.loss - 0.3);
  });

  test("from a checkpoint is the step of a run that was not stopped", async () => {
    const options = { optimiser: adamW(), schedule: constantRate(3e-3) };
    const whole = await trained({ ...options, steps: 7 });
    const half = await trained({ ...options, steps: 4 });
    const rest = await trained({ ...options, steps: 7 }, half.checkpoint);
    expect(rest.metrics).toEqual(whole.metrics.slice(4));
    for (const [name, { data }] of whole.checkpoint.tensors)
      expect(rest.checkpoint.tensors.get(name)!.data, name).toEqual(data);
  });
});

describe("a checkpoint of something else", () => {
  const changed = async (
    change: (tensors: Map<string, { shape: readonly number[]; data: Float32Array }>) => void,
  ): Promise<unknown> => {
    const { checkpoint } = await trained({});
    const tensors = new Map(checkpoint.tensors);
    change(tensors);
    return await trained({ steps: 2 }, { step: 1, tensors });
  };

  test("that lacks a tensor is named", async () => {
    await expect(changed((tensors) => tensors.delete("head.weight"))).rejects.toThrow(
      "checkpoint: it is of another training. Missing: head.weight [16, 19]. Continue with the model, the " +
        "trainable parameters and the optimiser it was trained with, or start in another folder.",
    );
  });

  test("with a tensor of another shape and equal size too", async () => {
    const turned = changed((tensors) =>
      tensors.set("head.weight", { ...tensors.get("head.weight")!, shape: [19, 16] }),
    );
    await expect(turned).rejects.toThrow(
      "Of another shape: head.weight is [19, 16] and must be [16, 19]. Continue with the model",
    );
  });

  test("and one with a tensor too many", async () => {
    const more = { shape: [1], data: new Float32Array(1) };
    await expect(changed((tensors) => tensors.set("blocks.2.up", more))).rejects.toThrow(
      "checkpoint: it is of another training. Too many: blocks.2.up [1]. Continue with the model",
    );
  });
});

describe("numbers that are not finite", () => {
  /** Trains with storage in memory; gives what was kept and the error. */
  async function diverging(
    changed: Partial<PlanOptions>,
    from?: Checkpoint,
  ): Promise<{ error: TrainingDiverged; saved: Checkpoint[] }> {
    const saved: Checkpoint[] = [];
    const error: unknown = await train({
      ...training,
      plan: { ...plan, steps: 30, optimiser: adamW(), ...changed },
      compile,
      storage: {
        load: () => Promise.resolve(from),
        save: (checkpoint) => Promise.resolve(void saved.push(checkpoint)),
      },
    }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TrainingDiverged);
    return { error: error as TrainingDiverged, saved };
  }
  const allFinite = ({ tensors }: Checkpoint): boolean =>
    [...tensors.values()].every(({ data }) => data.every(Number.isFinite));

  test.each([1e6, 1e18, 3e38])("a rate of %d: step, layer and advice are named", async (rate) => {
    const { error, saved } = await diverging({ schedule: constantRate(rate) });
    expect(error.message).toMatch(
      /^training diverged: at step \d+ the (loss became NaN|loss became Infinity|gradient became (NaN|Infinity)|update was too large for float32), first in \S.*\. (The checkpoint of step \d+ was kept|No checkpoint was kept)\. Lower the learning rate \(it was .*\), lengthen the warm-up, or clip gradients\.$/,
    );
    expect(saved.every(allFinite)).toBe(true);
    expect(error.kept).toBe(saved.at(-1)?.step);
  });

  test("a NaN in one matrix is found where it is, and not kept", async () => {
    const { checkpoint } = await trained({ optimiser: adamW() });
    const name = "blocks.1.attention.value.weight";
    const poisoned = checkpoint.tensors.get(name)!.data.slice();
    poisoned[5] = NaN;
    const tensors = new Map(checkpoint.tensors).set(name, { shape: [16, 16], data: poisoned });
    const { error, saved } = await diverging({}, { step: 1, tensors });
    expect(error.where).toContain(name);
    expect(error.step).toBe(1);
    expect(saved).toEqual([]);
  });

  test("a layer that overflows is found by its output", async () => {
    const { checkpoint } = await trained({ optimiser: adamW() });
    const { name } = model.parameters.specs.find((spec) =>
      /^blocks\.1\..*down\.weight$/.test(spec.name),
    )!;
    const { shape, data } = checkpoint.tensors.get(name)!;
    const huge = data.map((_, at) => (at % 2 ? -3e38 : 3e38));
    const tensors = new Map(checkpoint.tensors).set(name, { shape, data: huge });
    const { error } = await diverging({}, { step: 1, tensors });
    expect(error.where).toBe("blocks.1");
  });

  test("an update that overflows is no checkpoint, although loss and gradient were finite", async () => {
    const { error, saved } = await diverging({
      steps: 1,
      optimiser: adamW({ weightDecay: 1000 }),
      schedule: constantRate(3e38),
    });
    expect(error.message).toMatch(/at step 0 the update was too large for float32, first in "/);
    expect(saved).toEqual([]);
  });
});
