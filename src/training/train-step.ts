/**
 * A training step as one graph: forward pass, loss, gradients, clipping, optimiser, schedule.
 *
 * Trainable parameters, moments and the step number are program state: one `run` is one step. Parameters that are
 * not trained are inputs of the program.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { gradients } from "../autodiff/gradients.ts";
import { rebuilt } from "../autodiff/recompute.ts";
import { add, divide, minimum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { clamp } from "../operators/clamp.ts";
import { sqrt } from "../operators/pointwise.ts";
import { sum } from "../operators/reduction.ts";
import { input, scalar } from "../operators/source.ts";
import { initialValues } from "../parameters/initialise.ts";
import { decays } from "../parameters/spec.ts";
import type { Weights } from "../parameters/weights.ts";
import { dropoutSeed } from "../random/dropout.ts";
import type { ProgramGraph, StateSlot } from "../runtime/session.ts";
import { elementCount } from "../tensor/shape.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { meanOverMicroBatches } from "./accumulate.ts";
import { buildLoss } from "./build-loss.ts";
import type { Tensors } from "./loss-parts.ts";
import { objective as checkedObjective } from "./define-objective.ts";
import { prepared, stepInputs, trainableSpecs } from "./objective.ts";
import type { Objective } from "./objective.ts";
import type { TrainingPlan } from "./plan.ts";
import { scheduledRate } from "./schedule.ts";
import { measureOutput, stateNames } from "./step-names.ts";

/** How a step is made. */
export interface TrainStepOptions extends Pick<
  TrainingPlan,
  "optimiser" | "schedule" | "clipNorm" | "seed"
> {
  /** Micro-batches whose gradients are averaged before the optimiser moves. Default 1. */
  readonly accumulate?: number;
  /** First values of parameters, in place of those from the seed. */
  readonly weights?: Weights;
}

const names: NamesOf<TrainStepOptions> = {
  optimiser: true,
  schedule: true,
  clipNorm: true,
  seed: true,
  accumulate: true,
  weights: true,
};

/**
 * The step's graph. Inputs: those of the objective, with several micro-batches as a first axis, then the parameters
 * that are not trained. Outputs, all before the step: `loss`, the mean over the micro-batches; `gradientNorm`,
 * before clipping; `rate`; and `measure.<name>` for each measure.
 *
 * @throws {RangeError | ShapeError} the objective or the schedule is impossible; see `objective`, `checkSchedule`
 */
export function trainStep(declared: Objective, options: TrainStepOptions): ProgramGraph {
  refuseUnknownNames("trainStep", options, names);
  const { accumulate = 1, optimiser, schedule, clipNorm, seed, weights } = options;
  const objective = checkedObjective(declared);
  const { parameters } = objective;
  const specs = trainableSpecs(objective);
  const trained = specs.map(({ name }) => parameters.get(name));
  const fed = stepInputs(objective, accumulate);
  const step = input(stateNames.step, []);
  const stepSeed = seedOfStep(step, seed);
  const inputs = prepared(objective, fed, accumulate);

  let measures: readonly string[] = [];
  const derive = (inputs: Tensors, seed: Tensor): Tensor[] => {
    const built = buildLoss(objective, inputs, { step, seed });
    measures = Object.keys(built.measures);
    return [...gradients(built.loss, trained), ...Object.values(built.measures), built.loss];
  };
  const own = Object.keys(inputs).filter((name) => objective.inputs[name]!.shared !== true);
  const shared = Object.entries(inputs).filter(([name]) => !own.includes(name));
  const derived =
    accumulate === 1
      ? derive(inputs, stepSeed)
      : meanOverMicroBatches({
          count: accumulate,
          sliced: own.map((name) => inputs[name]!),
          shared: [...shared.map(([, tensor]) => tensor), stepSeed, ...parameters.tensors, step],
          compute: (rows, number) =>
            derive(
              { ...inputs, ...Object.fromEntries(own.map((name, at) => [name, rows[at]!])) },
              seedOfMicroBatch(stepSeed, number),
            ),
        });
  const found = derived.slice(0, specs.length);
  const norm = scope("gradient norm", () => globalNorm(found));
  // PyTorch's clip_grad_norm_ adds 1e-6 to the norm it divides by.
  const clip = clipNorm > 0 ? minimum(divide(clipNorm, add(norm, 1e-6)), 1) : undefined;
  const rate = scope("schedule", () => scheduledRate(step, schedule));

  const state: Record<string, StateSlot> = {
    [stateNames.step]: { current: step, next: add(step, 1), initial: new Float32Array(1) },
  };
  const scalars: Record<string, Tensor> = {};
  for (const [name, moveOn] of Object.entries(optimiser.scalars)) {
    const current = input(stateNames.scalar(name), []);
    scalars[name] = moveOn(current);
    state[stateNames.scalar(name)] = {
      current,
      next: scalars[name],
      initial: new Float32Array(1),
    };
  }
  specs.forEach((spec, position) => {
    const parameter = trained[position]!;
    const { matrix = false } = spec;
    const kept = (matrix ? optimiser.matrixSlots : undefined) ?? optimiser.slots;
    const slots = Object.fromEntries(
      kept.map((slot) => [slot, input(stateNames.slot(slot, spec.name), spec.shape)]),
    );
    const gradient = found[position]!;
    const given = { parameter, gradient, slots, scalars, rate, clip, decays: decays(spec), matrix };
    const moved = scope(`optimiser.${spec.name}`, () => optimiser.step(given));
    state[spec.name] = {
      current: parameter,
      next: spec.range ? clamp(moved.parameter, spec.range) : moved.parameter,
      initial: () => weights?.get(spec.name)?.data.slice() ?? initialValues(spec, seed),
    };
    for (const slot of kept)
      state[stateNames.slot(slot, spec.name)] = {
        current: slots[slot]!,
        next: moved.slots[slot]!,
        initial: () => new Float32Array(elementCount(spec.shape)),
      };
  });
  // ONNX Runtime schedules the most recently created output first; creating `loss` last frees the logits early.
  const reported = measures.map((name, at) => [
    measureOutput(name),
    rebuilt(derived[specs.length + at]!),
  ]);
  const loss = rebuilt(derived.at(-1)!);
  return {
    inputs: [
      ...Object.values(fed),
      ...parameters.tensors.filter((tensor) => !trained.includes(tensor)),
    ],
    outputs: {
      loss,
      gradientNorm: norm,
      rate,
      ...(Object.fromEntries(reported) as Record<string, Tensor>),
    },
    state,
  };
}

/** The dropout seed of a step, an int32 scalar. */
export function seedOfStep(step: Tensor, seed: number): Tensor {
  return add(multiply(cast(step, "int32"), 0x5bd1e995), scalar(dropoutSeed(seed), "int32"));
}

/** The dropout seed of one of several micro-batches, from that of its step and its number. */
export function seedOfMicroBatch(stepSeed: Tensor, number: Tensor): Tensor {
  return add(stepSeed, multiply(number, 0x6a09e667));
}

/** The Euclidean norm of all tensors together. */
function globalNorm(tensors: readonly Tensor[]): Tensor {
  return sqrt(tensors.map((x) => sum(multiply(x, x))).reduce((a, b) => add(a, b)));
}
