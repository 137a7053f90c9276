/**
 * The feed-forward layer of a block.
 *
 * @module
 */
import { errorGate } from "../operators/activation.ts";
import { multiply } from "../operators/arithmetic.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import { rematerialise } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activations } from "./activations.ts";
import { hasBias } from "./config.ts";
import type { BlockConfig } from "./config.ts";
import { linear, linearSpecs } from "./layers.ts";

/** Specs of `name.up`, `.down` and, where the activation is gated, `.gate`; `down` starts as `last` says. */
export function feedForwardSpecs(
  name: string,
  config: BlockConfig,
  last: Initial,
): ParameterSpec[] {
  const { model, hidden, activation } = config;
  const bias = hasBias(config, "feedForward");
  const { gated } = activations[activation];
  return [
    ...linearSpecs(`${name}.up`, model, hidden, bias),
    ...(gated ? linearSpecs(`${name}.gate`, model, hidden, bias) : []),
    ...linearSpecs(`${name}.down`, hidden, model, bias, last),
  ];
}

/** One feed-forward layer. */
export interface FeedForwardInput {
  readonly parameters: ParameterLookup;
  readonly name: string;
  /** `[batch, length, model]` */
  readonly x: Tensor;
  readonly config: BlockConfig;
  /** Acts before `down`. */
  readonly drop: (x: Tensor) => Tensor;
}

/** `down(activation(up(x)))`, or `down(activation(gate(x)) ∘ up(x))` where it is gated: `[batch, length, model]`. */
export function feedForward({ parameters, name, x, config, drop }: FeedForwardInput): Tensor {
  if (config.activation === "gelu") {
    // gelu(u) = errorGate(u/√2) / √2
    const half = Math.SQRT1_2;
    const up = linear(parameters, `${name}.up`, x, { weight: half, bias: half });
    const active = rematerialise(() => errorGate(up));
    return linear(parameters, `${name}.down`, drop(active), { weight: half });
  }
  const { gated, apply } = activations[config.activation];
  const up = linear(parameters, `${name}.up`, x);
  const active = gated ? multiply(apply(linear(parameters, `${name}.gate`, x)), up) : apply(up);
  return linear(parameters, `${name}.down`, drop(active));
}
