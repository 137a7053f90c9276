/**
 * One Transformer block: attention and a feed-forward layer, each with a residual and a norm.
 *
 *     pre:   x ← x + attend(norm1 x);   x ← x + feedForward(norm2 x)
 *     post:  x ← norm1(x + attend x);   x ← norm2(x + feedForward x)
 *
 * @module
 */
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import { add } from "../operators/arithmetic.ts";
import { scope, rematerialise } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend, attentionSpecs } from "./attention.ts";
import type { AttentionInputs, KeyValue } from "./attention.ts";
import type { BlockConfig } from "./config.ts";
import { feedForward, feedForwardSpecs, norm, normSpecs, weightDeviation } from "./layers.ts";
import type { Parameters } from "../parameters/parameters.ts";

/**
 * Specs of block `name`. Projections that end in the residual stream start smaller by √(2 layers),
 * as in GPT-2, so that the stream's variance does not grow with depth.
 */
export function blockSpecs(name: string, config: BlockConfig): ParameterSpec[] {
  const residual: Initial = {
    kind: "normal",
    deviation: weightDeviation / Math.sqrt(2 * config.layers),
  };
  return [
    ...normSpecs(`${name}.norm1`, config),
    ...attentionSpecs(`${name}.attention`, config, residual),
    ...normSpecs(`${name}.norm2`, config),
    ...feedForwardSpecs(`${name}.feedForward`, config, residual),
  ];
}

/** One block of `x [batch, length, model]`. */
export function block(
  parameters: Parameters,
  name: string,
  x: Tensor,
  config: BlockConfig,
  inputs: AttentionInputs,
  past?: KeyValue,
): { readonly output: Tensor; readonly present: KeyValue } {
  return scope(name, () => {
    const drop = (y: Tensor): Tensor => inputs.context.dropout(y, config.dropout);
    const normed = (part: string, y: Tensor): Tensor =>
      scope(part, () => rematerialise(() => norm(parameters, `${name}.${part}`, y, config)));
    const pre = config.normPosition === "pre";

    let present: KeyValue | undefined;
    const attention = (y: Tensor): Tensor =>
      scope("attention", () => {
        const result = attend(parameters, `${name}.attention`, y, config, inputs, drop, past);
        present = result.present;
        return drop(result.output);
      });
    const forward = (y: Tensor): Tensor =>
      scope("feedForward", () =>
        drop(feedForward(parameters, `${name}.feedForward`, y, config, drop)),
      );

    const middle = pre
      ? add(x, attention(normed("norm1", x)))
      : normed("norm1", add(x, attention(x)));
    const output = pre
      ? add(middle, forward(normed("norm2", middle)))
      : normed("norm2", add(middle, forward(middle)));
    return { output, present: present! };
  });
}
