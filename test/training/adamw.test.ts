import { describe, expect, test } from "vitest";
import { add, divide, minimum, multiply } from "../../src/operators/arithmetic.ts";
import { sqrt } from "../../src/operators/pointwise.ts";
import { sum } from "../../src/operators/reduction.ts";
import { input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import type {
  HostTensor,
  ProgramGraph,
  ReplacedSlot,
  StateSlot,
} from "../../src/runtime/session.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { adamW, sgd } from "../../src/training/optimiser.ts";
import type { Optimiser } from "../../src/training/optimiser.ts";
import { constantRate, scheduledRate } from "../../src/training/schedule.ts";
import type { Schedule } from "../../src/training/schedule.ts";
import { goldenDifference, readGolden } from "../golden/golden.ts";
import type { GoldenCase, GoldenTensor } from "../golden/golden.ts";

interface Options {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly maxNorm: number;
  readonly weightDecay: Readonly<Record<string, number>>;
  readonly steps: number;
  readonly schedule: Schedule;
}

/** PyTorch's names of the moments, by ours. */
const moments = { moment1: "exp_avg", moment2: "exp_avg_sq" } as const;
const names = ["matrix", "vector", "square"] as const;
const initial = new Map<string, Float64Array>();

/** The step as a graph: gradients in; norm and rate out; parameters and moments are state. */
function optimiserStep(optimiser: Optimiser, { inputs, options }: GoldenCase): ProgramGraph {
  const { schedule, maxNorm } = options as unknown as Options;
  const gradients = names.map((name) => input(`${name}.gradient`, inputs[name]!.shape));
  const squares = gradients.map((gradient) => sum(multiply(gradient, gradient)));
  const norm = sqrt(squares.reduce((a, b) => add(a, b)));
  const clip = minimum(divide(maxNorm, add(norm, 1e-6)), 1);
  const step = input("step", []);
  const rate = scheduledRate(step, schedule);
  const state: Record<string, StateSlot> = {};
  const keep = (name: string, current: Tensor, next: Tensor, values?: readonly number[]): void => {
    const count = elementCount(current.shape as number[]);
    initial.set(name, Float64Array.from(values ?? new Float64Array(count)));
    state[name] = { current, next, initial: Float32Array.from(initial.get(name)!) };
  };
  keep("step", step, add(step, 1));
  const scalars: Record<string, Tensor> = {};
  for (const [name, moveOn] of Object.entries(optimiser.scalars)) {
    const current = input(name, []);
    scalars[name] = moveOn(current);
    keep(name, current, scalars[name]);
  }
  names.forEach((name, place) => {
    const parameter = input(name, inputs[name]!.shape);
    const slots = Object.fromEntries(
      optimiser.slots.map((slot) => [slot, input(`${name}.${slot}`, inputs[name]!.shape)]),
    );
    const gradient = gradients[place]!;
    const decays = inputs[name]!.shape.length > 1;
    const moved = optimiser.step({ parameter, gradient, slots, scalars, rate, clip, decays });
    keep(name, parameter, moved.parameter, inputs[name]!.data);
    for (const slot of optimiser.slots) keep(`${name}.${slot}`, slots[slot]!, moved.slots[slot]!);
  });
  return { inputs: gradients, outputs: { norm, rate }, state };
}

function gradientsAt({ inputs }: GoldenCase, step: number): Record<string, Value> {
  return Object.fromEntries(
    names.map((name) => {
      const [, ...shape] = inputs[`${name}.gradient`]!.shape;
      const count = elementCount(shape);
      const data = inputs[`${name}.gradient`]!.data.slice(step * count, (step + 1) * count);
      return [`${name}.gradient`, { shape, data: Float64Array.from(data) }];
    }),
  );
}

/** What a run gives, to be compared with the golden file. */
interface Run {
  readonly norms: number[];
  readonly rates: number[];
  /** State by name, after as many steps as the key says. */
  readonly states: Map<number, ReadonlyMap<string, ArrayLike<number>>>;
}

/** In float64, by the definition of each operator. */
function evaluated(graph: ProgramGraph, golden: GoldenCase): Run {
  const run: Run = { norms: [], rates: [], states: new Map() };
  const slots = Object.entries(graph.state!);
  let values = new Map<string, Value>(
    slots.map(([name, { current }]) => [
      name,
      { shape: current.shape as number[], data: initial.get(name)! },
    ]),
  );
  for (let step = 0; step < (golden.options as unknown as Options).steps; step++) {
    const feeds = gradientsAt(golden, step);
    const given = new Map<Tensor, Value>([
      ...graph.inputs.map((tensor, place): [Tensor, Value] => [
        tensor,
        feeds[`${names[place]}.gradient`]!,
      ]),
      ...slots.map(([name, { current }]): [Tensor, Value] => [current, values.get(name)!]),
    ]);
    const [norm, rate, ...next] = evaluate(
      [
        graph.outputs["norm"]!,
        graph.outputs["rate"]!,
        ...slots.map(([, slot]) => (slot as ReplacedSlot).next),
      ],
      given,
    );
    run.norms.push(norm!.data[0]!);
    run.rates.push(rate!.data[0]!);
    values = new Map(slots.map(([name], place) => [name, next[place]!]));
    run.states.set(step + 1, new Map([...values].map(([name, { data }]) => [name, data])));
  }
  return run;
}

/** In float32, by ONNX Runtime. */
async function executed(graph: ProgramGraph, golden: GoldenCase): Promise<Run> {
  const run: Run = { norms: [], rates: [], states: new Map() };
  const program = await compile(graph, { threads: 1 });
  for (let step = 0; step < (golden.options as unknown as Options).steps; step++) {
    const feeds = Object.entries(gradientsAt(golden, step)).map(
      ([name, { shape, data }]): [string, HostTensor] => [
        name,
        { shape, data: Float32Array.from(data) },
      ],
    );
    const outputs = await program.run(Object.fromEntries(feeds));
    run.norms.push(outputs["norm"]!.data[0]!);
    run.rates.push(outputs["rate"]!.data[0]!);
    const state = new Map<string, Float32Array>();
    for (const name of Object.keys(graph.state!)) state.set(name, await program.readState(name));
    run.states.set(step + 1, state);
  }
  await program.dispose();
  return run;
}

/** The largest difference of each kind to what PyTorch gave. */
function differences(run: Run, { inputs, outputs }: GoldenCase): Record<string, number> {
  const found: Record<string, number> = {
    norms: goldenDifference(run.norms, outputs["norms"]!),
    rates: goldenDifference(run.rates, inputs["learningRate"]!),
  };
  const compare = (kind: string, values: ArrayLike<number>, golden: GoldenTensor): void => {
    found[kind] = Math.max(found[kind] ?? 0, goldenDifference(values, golden));
  };
  for (const [steps, state] of run.states)
    for (const name of names) {
      if (outputs[`${name}@${steps}`] === undefined) continue;
      compare("parameters", state.get(name)!, outputs[`${name}@${steps}`]!);
      for (const [ours, theirs] of Object.entries(moments))
        compare(ours, state.get(`${name}.${ours}`)!, outputs[`${name}.${theirs}@${steps}`]!);
    }
  return found;
}

const { cases } = readGolden("adamw");

describe.each(cases)("torch.optim.AdamW, $name", (golden) => {
  const { betas, epsilon, weightDecay } = golden.options as unknown as Options;
  const optimiser = adamW({
    beta1: betas[0],
    beta2: betas[1],
    epsilon,
    weightDecay: weightDecay["matrix"]!,
  });
  const graph = optimiserStep(optimiser, golden);
  const float64 = golden.options["dtype"] === "float64";

  test("decays matrices and no vectors, as our optimiser does", () => {
    expect(weightDecay).toEqual({ matrix: 0.1, vector: 0, square: 0.1 });
  });

  test("the definition in float64, over 20 steps", () => {
    const found = differences(evaluated(graph, golden), golden);
    expect(Object.keys(found).sort()).toEqual(
      ["moment1", "moment2", "norms", "parameters", "rates"].sort(),
    );
    // Float64 keeps its constants too; the float32 case is rounded after each operation.
    const tolerance = float64 ? 1e-12 : 1e-6;
    for (const [kind, difference] of Object.entries(found))
      expect(difference, kind).toBeLessThan(float64 && kind === "norms" ? 1e-12 : tolerance);
  });

  test("ONNX Runtime in float32, over 20 steps", async () => {
    const found = differences(await executed(graph, golden), golden);
    for (const [kind, difference] of Object.entries(found))
      expect(difference, kind).toBeLessThan(1e-6);
  });
});

describe("where the numbers are hard", () => {
  const golden = cases[0]!;

  test("a wrong second decay, no clipping or decayed vectors would be found", () => {
    const wrong = (optimiser: Optimiser, change: Partial<GoldenCase> = {}): number =>
      differences(evaluated(optimiserStep(optimiser, { ...golden, ...change }), golden), golden)[
        "parameters"
      ]!;
    const options = { beta1: 0.9, beta2: 0.95 };
    expect(wrong(adamW({ ...options, beta2: 0.951 }))).toBeGreaterThan(1e-4);
    expect(wrong(adamW({ ...options, weightDecay: 0 }))).toBeGreaterThan(1e-4);
    expect(wrong(adamW(options), { options: { ...golden.options, maxNorm: 1e9 } })).toBeGreaterThan(
      1e-4,
    );
    const decaysAll: Optimiser = {
      ...adamW(options),
      step(given) {
        const moved = adamW(options).step(given);
        const decay = multiply(multiply(given.rate, 0.1), given.parameter);
        const flat = given.parameter.shape.length < 2;
        return {
          ...moved,
          parameter: flat ? add(moved.parameter, multiply(decay, -1)) : moved.parameter,
        };
      },
    };
    expect(wrong(decaysAll)).toBeGreaterThan(1e-4);
  });

  test("the bias corrections follow 1 − βᵗ in float32, and settle at 1", () => {
    const { correction2 } = adamW({ beta2: 0.999 }).scalars;
    const before = input("before", []);
    const after = correction2!(before);
    let value = 0;
    for (let step = 1; step <= 20_000; step++) {
      value = Math.fround(evaluate([after], new Map([[before, scalarOf(value)]]))[0]!.data[0]!);
      if (step === 1 || step === 100 || step === 20_000)
        expect(Math.abs(value / (1 - 0.999 ** step) - 1)).toBeLessThan(3e-5);
    }
  });

  test("a gradient of nothing but zeros moves nothing and gives no NaN", () => {
    const [parameter, gradient] = [input("p", [2]), input("g", [2])];
    const slots = { moment1: input("m", [2]), moment2: input("v", [2]) };
    const [c1, c2] = [input("c1", []), input("c2", [])];
    const rate = scheduledRate(input("step", []), constantRate(0.1));
    const moved = adamW().step({
      parameter,
      gradient,
      slots,
      scalars: { correction1: c1, correction2: c2 },
      rate,
      decays: false,
    });
    const zero = { shape: [2], data: new Float64Array(2) };
    const [next] = evaluate(
      [moved.parameter],
      new Map<Tensor, Value>([
        [parameter, { shape: [2], data: Float64Array.of(3, -4) }],
        [gradient, zero],
        [slots.moment1, zero],
        [slots.moment2, zero],
        [c1, scalarOf(0.1)],
        [c2, scalarOf(0.05)],
      ]),
    );
    expect([...next!.data]).toEqual([3, -4]);
  });

  test.each([
    [{ beta1: 1 }, /beta1 must be from 0 to below 1, got 1/],
    [{ beta2: NaN }, /beta2 .* got NaN/],
    [{ weightDecay: -0.1 }, /weightDecay must be a number of 0 or more, got -0.1/],
    [{ epsilon: 0 }, /epsilon must be from 1\.2e-38 .*, got 0/],
  ])("%j is refused", (options, message) => {
    expect(() => adamW(options)).toThrow(message);
  });
});

describe("plain gradient descent", () => {
  test("moves against the gradient by the rate, times the clipping", () => {
    const [parameter, gradient, clip] = [input("p", [2, 1]), input("g", [2, 1]), input("c", [])];
    const rate = scheduledRate(input("step", []), constantRate(0.5));
    const given = { parameter, gradient, slots: {}, scalars: {}, rate, clip, decays: true };
    const moved = sgd().step(given);
    const [next] = evaluate(
      [moved.parameter],
      new Map<Tensor, Value>([
        [parameter, { shape: [2, 1], data: Float64Array.of(1, 2) }],
        [gradient, { shape: [2, 1], data: Float64Array.of(4, -8) }],
        [clip, scalarOf(0.25)],
      ]),
    );
    expect([...next!.data]).toEqual([0.5, 3]);
  });
});

describe("the schedule", () => {
  test.each([
    [{ maximum: 1, minimum: 2, warmup: 0, decaySteps: 10 }, "minimum above maximum"],
    [{ maximum: 1, minimum: 0, warmup: 10, decaySteps: 10 }, "no step left after the warm-up"],
    [{ maximum: NaN, minimum: 0, warmup: 0, decaySteps: 10 }, "NaN"],
  ])("%j is refused: %s", (schedule) => {
    expect(() => scheduledRate(input("step", []), schedule)).toThrow(
      /schedule: expected maximum ≥ minimum ≥ 0 and 0 ≤ warmup < decaySteps/,
    );
  });

  test("a constant rate is one at every step", () => {
    const step = input("step", []);
    for (const at of [0, 1, 1000])
      expect(
        evaluate([scheduledRate(step, constantRate(0.25))], new Map([[step, scalarOf(at)]]))[0]!
          .data[0],
      ).toBe(0.25);
  });
});

function scalarOf(value: number): Value {
  return { shape: [], data: Float64Array.of(value) };
}
