/**
 * Optimisers as graph: the next value of one parameter, from its gradient and the optimiser's state.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { add, divide, maximum, minimum, multiply, subtract } from "../operators/arithmetic.ts";
import { sqrt } from "../operators/pointwise.ts";
import { largestFloat32, smallestFloat32 } from "../tensor/float32.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What an optimiser is given for one parameter. */
export interface ParameterStep {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** Tensors of the parameter's shape, by the optimiser's slot names. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** Scalars shared by all parameters, after this step's update, by name. */
  readonly scalars: Readonly<Record<string, Tensor>>;
  /** The learning rate, a scalar. */
  readonly rate: Tensor;
  /** Factor of the gradient from clipping, a scalar; absent: 1. */
  readonly clip?: Tensor | undefined;
  /** Whether weight decay shrinks the parameter. */
  readonly decays: boolean;
  /** Whether it is the weight of a linear layer inside a block, `[inputs, outputs]`. Default false. */
  readonly matrix?: boolean;
}

/** The parameter and its slots after a step. */
export interface SteppedParameter {
  readonly parameter: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** An optimiser; all its state starts at 0. */
export interface Optimiser {
  readonly id: string;
  /** State kept for each parameter, in its shape. */
  readonly slots: readonly string[];
  /** State kept for each matrix of a linear layer instead. Default: `slots`. */
  readonly matrixSlots?: readonly string[];
  /** Scalar state, and its next value in each step. */
  readonly scalars: Readonly<Record<string, (before: Tensor) => Tensor>>;
  step(given: ParameterStep): SteppedParameter;
}

/** Settings of AdamW. */
export interface AdamWOptions {
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.95. */
  readonly beta2?: number;
  /** Added to the root of the second moment; at least 1.2e-38, the smallest normal float32. Default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled decay of the parameters that decay; `decays` in `parameters/spec.ts` says which do. Default 0.1. */
  readonly weightDecay?: number;
}

const adamWNames: NamesOf<AdamWOptions> = {
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
};

/**
 * AdamW: Adam with decoupled weight decay.
 *
 *     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *     p ← p (1 − rate · decay) − rate · (m / c₁) / (√(v / c₂) + ε),   c_k = 1 − β_k^t
 *
 * Source:   Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
 * Equals:   torch.optim.AdamW with decay on the parameters that decay
 * Differs:  c_k is kept as a running average of ones, which avoids the cancellation of 1 − β_k^t; scalar factors
 *           are combined first, so that few passes over each array are needed. Finite moments give a finite move at
 *           every rate, and rate 0 moves nothing.
 *
 * @throws {RangeError} a β outside 0 ≤ β < 1, a negative or infinite decay, or an ε that float32 cannot hold above 0
 */
export function adamW(options: AdamWOptions = {}): Optimiser {
  refuseUnknownNames("adamW", options, adamWNames);
  const { beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8, weightDecay = 0.1 } = options;
  for (const [name, value] of [["beta1", beta1] as const, ["beta2", beta2] as const])
    if (!(value >= 0 && value < 1))
      throw new RangeError(`adamW: ${name} must be from 0 to below 1, got ${value}.`);
  if (!(weightDecay >= 0 && weightDecay < Infinity))
    throw new RangeError(`adamW: weightDecay must be a number of 0 or more, got ${weightDecay}.`);
  if (!(epsilon >= smallestFloat32 && epsilon <= largestFloat32))
    throw new RangeError(
      `adamW: epsilon must be from 1.2e-38 to 3.4e38, so that it is above 0 in float32, got ${epsilon}.`,
    );
  const average = (beta: number) => (before: Tensor) => add(multiply(before, beta), 1 - beta);
  return {
    id: "adamw",
    slots: ["moment1", "moment2"],
    scalars: { correction1: average(beta1), correction2: average(beta2) },
    step({ parameter, gradient, slots, scalars, rate, clip, decays }) {
      const { correction1, correction2 } = scalars as Record<string, Tensor>;
      const weight1 = clip ? multiply(clip, 1 - beta1) : 1 - beta1;
      const weight2 = clip ? multiply(multiply(clip, clip), 1 - beta2) : 1 - beta2;
      const moment1 = add(multiply(slots["moment1"]!, beta1), multiply(gradient, weight1));
      const squared = multiply(multiply(gradient, gradient), weight2);
      const moment2 = add(multiply(slots["moment2"]!, beta2), squared);
      // rate (m/c₁) / (√(v/c₂) + ε) = m / (√v · a + b) with two scalars a and b.
      const inverseRate = divide(correction1!, rate);
      // At rate 0 both are infinite. A finite a keeps √v · a a number where v is 0, and the infinite b makes the move 0.
      const a = minimum(divide(inverseRate, sqrt(correction2!)), largestFloat32);
      // At a huge rate b underflows; above 0 it keeps 0 / 0 from moments that are 0.
      const b = maximum(multiply(inverseRate, epsilon), smallestFloat32);
      const move = divide(moment1, add(multiply(sqrt(moment2), a), b));
      const kept =
        decays && weightDecay > 0
          ? multiply(parameter, subtract(1, multiply(rate, weightDecay)))
          : parameter;
      return { parameter: subtract(kept, move), slots: { moment1, moment2 } };
    },
  };
}

/** Plain gradient descent: `p ← p − rate · g`. */
export function sgd(): Optimiser {
  return {
    id: "sgd",
    slots: [],
    scalars: {},
    step({ parameter, gradient, rate, clip }) {
      const pace = clip ? multiply(rate, clip) : rate;
      return { parameter: subtract(parameter, multiply(gradient, pace)), slots: {} };
    },
  };
}
