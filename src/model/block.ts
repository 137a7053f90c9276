/**
 * One Transformer block: attention, where there is a memory attention to it, and a feed-forward layer; norms and
 * residual sums as its form has them (`block-form.ts`).
 *
 * @module
 */
import { add } from "../operators/arithmetic.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import { scope, rematerialise } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend, attendMemory, attentionSpecs } from "./attention.ts";
import type { AttentionInputs } from "./attention.ts";
import { blockForms } from "./block-form.ts";
import type { SubLayer } from "./block-form.ts";
import type { BlockConfig } from "./config.ts";
import { feedForward, feedForwardSpecs } from "./feed-forward.ts";
import { norm, normSpecs, weightDeviation } from "./layers.ts";
import type { KeyValue, Past } from "./operands.ts";

/** What a block has or lacks. */
export interface BlockParts {
  /** Default false. */
  readonly crossAttention?: boolean;
  /** A norm of its form that it lacks. Default: it has all. */
  readonly withoutNorm?: string | undefined;
}

/**
 * Specs of block `name`. Projections that end in the residual stream start smaller by √(2 layers),
 * as in GPT-2, so that the stream's variance does not grow with depth.
 */
export function blockSpecs(
  name: string,
  config: BlockConfig,
  { crossAttention = false, withoutNorm }: BlockParts = {},
): ParameterSpec[] {
  const residual: Initial = {
    kind: "normal",
    deviation: weightDeviation / Math.sqrt(2 * config.layers),
  };
  const { norms } = blockForms[config.form];
  const named = new Set<string | undefined>([withoutNorm]);
  const around = (part: SubLayer, specs: ParameterSpec[]): ParameterSpec[] => {
    const { input, output, sum } = norms[part];
    const fresh = (each: string | undefined): ParameterSpec[] => {
      if (each === undefined || named.has(each)) return [];
      named.add(each);
      return normSpecs(`${name}.${each}`, config);
    };
    return [...fresh(input), ...fresh(sum), ...specs, ...fresh(output)];
  };
  const attention = (part: SubLayer): ParameterSpec[] =>
    around(part, attentionSpecs(`${name}.${part}`, config, residual));
  return [
    ...attention("attention"),
    ...(crossAttention ? attention("crossAttention") : []),
    ...around("feedForward", feedForwardSpecs(`${name}.feedForward`, config, residual)),
  ];
}

/** One block. */
export interface BlockInput {
  readonly parameters: ParameterLookup;
  /** As in `blocks.0`. */
  readonly name: string;
  readonly config: BlockConfig;
  /** `[batch, length, model]` */
  readonly x: Tensor;
  readonly attention: AttentionInputs;
  /** While decoding: keys and values of earlier positions. */
  readonly past?: Past | undefined;
  /** Attention to a memory; absent: the block has none. */
  readonly cross?: (AttentionInputs & { readonly memory: KeyValue }) | undefined;
}

/** What a block gives. */
export interface BlockOutput {
  /** `[batch, length, model]` */
  readonly output: Tensor;
  /** Keys and values to keep for later tokens. */
  readonly present: KeyValue;
}

/** A block's output and what it keeps. */
export function block(given: BlockInput): BlockOutput {
  const { parameters, name, config, x, attention, past, cross } = given;
  return scope(name, () => {
    const { dropout } = attention;
    const drop = (y: Tensor): Tensor => dropout(y, config.dropout);
    let present: KeyValue | undefined;
    const computed: Readonly<Record<SubLayer, (y: Tensor) => Tensor>> = {
      attention: (y) => {
        const layer = { parameters, name: `${name}.attention`, config };
        const result = attend({ ...attention, ...layer, x: y, past });
        present = result.present;
        return result.output;
      },
      crossAttention: (y) =>
        attendMemory({ ...cross!, parameters, name: `${name}.crossAttention`, config, x: y }),
      feedForward: (y) =>
        feedForward({ parameters, name: `${name}.feedForward`, x: y, config, drop }),
    };

    const { order, norms } = blockForms[config.form];
    const normed = new Map<string, Tensor>();
    const normOf = (part: string, y: Tensor): Tensor =>
      scope(part, () => rematerialise(() => norm(parameters, `${name}.${part}`, y, config)));
    const inputOf = (part: SubLayer, y: Tensor): Tensor => {
      const { input } = norms[part];
      // The first block may lack it, see firstNorm.
      if (input === undefined || !parameters.find(`${name}.${input}.weight`)) return y;
      // In a parallel block several parts may read one norm of the block's input.
      if (order === "sequential") return normOf(input, y);
      const known = normed.get(input) ?? normOf(input, y);
      normed.set(input, known);
      return known;
    };
    const outputOf = (part: SubLayer, y: Tensor): Tensor => {
      const read = inputOf(part, y);
      const result = scope(part, () => drop(computed[part](read)));
      const { output } = norms[part];
      return output === undefined ? result : normOf(output, result);
    };
    const parts: SubLayer[] = [
      "attention",
      ...(cross ? (["crossAttention"] as const) : []),
      "feedForward",
    ];
    const output =
      order === "parallel"
        ? parts.map((part) => outputOf(part, x)).reduce((sum, y) => add(sum, y), x)
        : parts.reduce((y, part) => {
            const total = add(y, outputOf(part, y));
            const { sum } = norms[part];
            return sum === undefined ? total : normOf(sum, total);
          }, x);
    return { output, present: present! };
  });
}
