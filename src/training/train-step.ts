/**
 * A training step as one graph: forward, loss, gradients, clipping, optimiser, schedule.
 *
 * State (parameters, moments, step number) is program state: one `run` is one step.
 *
 * @module
 */
import { gradients } from "../autodiff/gradients.ts";
import { rebuilt } from "../autodiff/recompute.ts";
import { dropoutSites } from "../model/dropout.ts";
import { sequencePositions } from "../model/positions.ts";
import type { SequencePositions } from "../model/positions.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { add, divide, minimum, multiply } from "../operators/arithmetic.ts";
import { cast } from "../operators/cast.ts";
import { clamp } from "../operators/clamp.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { sqrt } from "../operators/pointwise.ts";
import { mean, sum } from "../operators/reduction.ts";
import { input, scalar } from "../operators/source.ts";
import type { ProgramGraph, StateSlot } from "../runtime/session.ts";
import { elementCount } from "../tensor/shape.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { meanOverMicroBatches } from "./accumulate.ts";
import { initialValues } from "../parameters/initialise.ts";
import type { Optimiser } from "./optimiser.ts";
import { scheduledRate } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";

/** How a step is made. */
export interface TrainStepOptions {
  readonly batch: number;
  readonly length: number;
  /** Micro-batches whose gradients are averaged before the optimiser moves. Default 1. */
  readonly accumulate?: number;
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  /** Largest norm of all gradients together; 0 for no clipping. */
  readonly clipNorm: number;
  /** Seed of first values and dropout. */
  readonly seed: number;
  /** Whether targets count by weights, which are then an input. Default: all count alike. */
  readonly weighted?: boolean;
}

/** Names of state tensors that are no parameters. */
export const stateNames = {
  step: "optimiser.step",
  slot: (slot: string, parameter: string): string => `optimiser.${slot}.${parameter}`,
  scalar: (name: string): string => `optimiser.${name}`,
} as const;

/**
 * The step's graph. Inputs: `tokens` and `targets`, int32 `[batch, length]`, with accumulation
 * `[accumulate, batch, length]`; `positions`, int32, see `placeTokens`; where weighted, `weights`, float32 in
 * the targets' shape, not all 0. Outputs: `loss` (nats a token, before the step: the mean over all targets,
 * or their weighted mean), `gradientNorm` (before clipping), `rate`.
 */
export function trainStep(model: LanguageModel, options: TrainStepOptions): ProgramGraph {
  const { batch, length, accumulate = 1, optimiser, schedule, clipNorm, seed } = options;
  const { weighted = false } = options;
  const shape = accumulate > 1 ? [accumulate, batch, length] : [batch, length];
  const tokens = input("tokens", shape, "int32");
  const targets = input("targets", shape, "int32");
  const weights = input("weights", shape);
  const step = input(stateNames.step, []);
  const { parameters, encoding, config } = model;
  const places = sequencePositions(encoding, config.layers, length);

  const dropoutSeed = add(multiply(cast(step, "int32"), 0x5bd1e995), scalar(seed | 0, "int32"));
  // Weights as shares of their sum, scaled so that the mean over micro-batches is the mean over all.
  const shares = weighted ? multiply(divide(weights, sum(weights)), accumulate) : undefined;
  const pass = ([tokens, targets, shares]: readonly Tensor[], dropoutSeed: Tensor): Tensor[] => {
    const loss = languageLoss(
      model,
      { tokens: tokens!, targets: targets!, shares },
      places,
      dropoutSeed,
    );
    return [...gradients(loss, parameters.tensors), loss];
  };
  const fed = [tokens, targets, ...(shares ? [shares] : [])];
  const passed =
    accumulate === 1
      ? pass(fed, dropoutSeed)
      : meanOverMicroBatches({
          count: accumulate,
          sliced: fed,
          shared: [places.input, dropoutSeed, ...parameters.tensors],
          compute: (rows, number) => pass(rows, add(dropoutSeed, multiply(number, 0x6a09e667))),
        });
  const [derived, loss] = [passed.slice(0, -1), passed.at(-1)!];
  const norm = scope("gradient norm", () => globalNorm(derived));
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
  parameters.specs.forEach((spec, position) => {
    const parameter = parameters.get(spec.name);
    const slots = Object.fromEntries(
      optimiser.slots.map((slot) => [slot, input(stateNames.slot(slot, spec.name), spec.shape)]),
    );
    const moved = scope(`optimiser.${spec.name}`, () =>
      optimiser.step({ parameter, gradient: derived[position]!, slots, scalars, rate, clip }),
    );
    state[spec.name] = {
      current: parameter,
      next: spec.range ? clamp(moved.parameter, spec.range) : moved.parameter,
      initial: () => initialValues(spec, seed),
    };
    for (const slot of optimiser.slots)
      state[stateNames.slot(slot, spec.name)] = {
        current: slots[slot]!,
        next: moved.slots[slot]!,
        initial: () => new Float32Array(elementCount(spec.shape)),
      };
  });
  return {
    inputs: [tokens, targets, ...(weighted ? [weights] : []), places.input],
    // The runtime begins with the end that was made last, and holds the logits until the loss is told.
    outputs: { loss: rebuilt(loss), gradientNorm: norm, rate },
    state,
  };
}

/** Tokens of a (micro-)batch, and where targets count by weights, their shares. */
interface Scored {
  readonly tokens: Tensor;
  readonly targets: Tensor;
  readonly shares: Tensor | undefined;
}

/** Mean cross-entropy of a batch, in nats a token. */
function languageLoss(
  model: LanguageModel,
  { tokens, targets, shares }: Scored,
  { positions, layerPositions }: SequencePositions,
  dropoutSeed: Tensor,
): Tensor {
  const dropout = dropoutSites(dropoutSeed);
  const { logits } = forward(model, { tokens, positions, layerPositions, dropout });
  const rows = [elementCount(targets.shape as number[])];
  return scope("loss", () => {
    const losses = crossEntropy(flattenRows(logits), reshape(targets, rows));
    return shares ? sum(multiply(losses, reshape(shares, rows))) : mean(losses);
  });
}

/** The Euclidean norm of all tensors together. */
function globalNorm(tensors: readonly Tensor[]): Tensor {
  return sqrt(tensors.map((x) => sum(multiply(x, x))).reduce((a, b) => add(a, b)));
}
