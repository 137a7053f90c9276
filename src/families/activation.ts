/**
 * Activations by the names that configurations have for them.
 *
 * @module
 */
import type { Activation } from "../model/activations.ts";

/** Of feed-forward layers without a gate. Names of one line compute the same up to rounding. */
export const plainActivations: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  ...{ gelu_new: "gelu-tanh", gelu_fast: "gelu-tanh", gelu_pytorch_tanh: "gelu-tanh" },
  ...{ silu: "silu", swish: "silu" },
  relu: "relu",
};

/** Of feed-forward layers whose gate is activated. */
export const gatedActivations: Readonly<Record<string, Activation>> = {
  ...{ silu: "swiglu", swish: "swiglu" },
  gelu: "geglu",
  ...{ gelu_new: "geglu-tanh", gelu_fast: "geglu-tanh", gelu_pytorch_tanh: "geglu-tanh" },
};
