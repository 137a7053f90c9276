/**
 * Activations of the feed-forward layer by name.
 *
 * A gated one multiplies `up(x)` by the activation of a second projection, `gate(x)`: SwiGLU and GEGLU of
 * Shazeer 2020, https://arxiv.org/abs/2002.05202. Gemma's gate has the tanh approximation of GELU.
 *
 * @module
 */
import { errorGate, geluTanh, silu } from "../operators/activation.ts";
import { multiply } from "../operators/arithmetic.ts";
import { relu } from "../operators/pointwise.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** `x Φ(x)`, Φ the normal distribution function. */
function gelu(x: Tensor): Tensor {
  // gelu(x) = errorGate(x/√2) / √2
  return multiply(errorGate(multiply(x, Math.SQRT1_2)), Math.SQRT1_2);
}

/** What an activation computes, and whether a gate of its own is activated in the place of `up(x)`. */
export interface ActivationRule {
  readonly gated: boolean;
  readonly apply: (x: Tensor) => Tensor;
}

/** An activation's name. */
export type Activation = "gelu" | "gelu-tanh" | "silu" | "relu" | "swiglu" | "geglu" | "geglu-tanh";

/** All activations by name. */
export const activations: Readonly<Record<Activation, ActivationRule>> = {
  gelu: { gated: false, apply: gelu },
  "gelu-tanh": { gated: false, apply: geluTanh },
  silu: { gated: false, apply: silu },
  relu: { gated: false, apply: relu },
  swiglu: { gated: true, apply: silu },
  geglu: { gated: true, apply: gelu },
  "geglu-tanh": { gated: true, apply: geluTanh },
};

/** The names, for messages and lists. */
export const activationNames: readonly Activation[] = Object.keys(activations) as Activation[];
