/**
 * Sinusoids of distances, and the terms of the scores that Transformer-XL and XLNet make of them.
 *
 * @module
 */
import { add, multiply } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { matmul } from "../../operators/matmul.ts";
import { reshape, transpose, unsqueeze } from "../../operators/movement.ts";
import { concat } from "../../operators/slicing.ts";
import { option } from "../../options/option.ts";
import type { Option } from "../../options/option.ts";
import { whole } from "../../options/value.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { angleTables, geometricFrequencies } from "./angles.ts";
import type { LayerContext, ModelShape } from "../position-encoding.ts";
import type { ParameterSpec } from "../../parameters/spec.ts";
import type { PositionEncoding } from "../position-encoding.ts";
import { vectorsByDistance } from "./relative-terms.ts";

/**
 * Distances `[n]`, float32 whole numbers of either sign → `[n, width]`, `[sin δω ; cos δω]` with ω_m = 10000^(−2m/width).
 * All layers share the tables of `angleTables`.
 */
export function distanceSinusoid(width: number): (distances: Tensor) => Tensor {
  const angles = angleTables(geometricFrequencies(width, 10000));
  return (distances) => {
    const { cosine, sine } = angles(cast(distances, "int32"));
    return concat([sine, cosine], -1);
  };
}

/** What Transformer-XL and XLNet differ in. */
export interface SinusoidTerms {
  readonly id: string;
  /** Who owns u and v. */
  readonly biasOwner: "model" | "layer";
  /** Whether u and v decay. */
  readonly biasDecays: boolean;
  /** Distances as they enter the sinusoid. */
  readonly clip: (distances: Tensor) => Tensor;
}

/**
 * `((q_i + u)·k_j + (q_i + v)·(R_(i−j) weight)) / √headDim`: the parameters `position.<id>.u`, `.v`
 * `[heads, headDim]` and `.weight` `[model, heads · headDim]`, and the hooks.
 */
export function sinusoidTerms(
  { model, heads, headDim }: ModelShape,
  { id, biasOwner, biasDecays, clip }: SinusoidTerms,
): Required<Pick<PositionEncoding, "parameters" | "product" | "contentBias">> {
  if (model % 2 !== 0)
    throw new RangeError(
      `${id}: sines and cosines need an even model width, got ${model}. Widen the model by one head.`,
    );
  const sinusoid = distanceSinusoid(model);
  const initial = { kind: "normal", deviation: 0.02 } as const;
  const bias = (name: string): ParameterSpec => ({
    name: `position.${id}.${name}`,
    shape: [heads, headDim],
    initial,
    owner: biasOwner,
    decays: biasDecays,
  });
  const weight: ParameterSpec = {
    name: `position.${id}.weight`,
    shape: [model, heads * headDim],
    initial,
    owner: "layer",
    decays: true,
  };
  const moved = (query: Tensor, name: string, context: LayerContext): Tensor =>
    add(query, unsqueeze(context.parameter(`position.${id}.${name}`), 1));
  return {
    parameters: [bias("u"), bias("v"), weight],
    product: ({ query, key, scale }, context) =>
      matmul(moved(query, "u", context), key, { transposeB: true, scale }),
    contentBias({ query, scale }, _, context) {
      const vectors = (distances: Tensor): Tensor => {
        const projected = matmul(sinusoid(clip(distances)), context.parameter(weight.name));
        return transpose(reshape(projected, [distances.shape[0]!, heads, headDim]), [1, 0, 2]);
      };
      return vectorsByDistance(
        multiply(moved(query, "v", context), scale),
        "query",
        ({ tensor }) => vectors(tensor),
        context,
      );
    },
  };
}

/** The distance from which on all have one term. */
export const clampLengthOption: Option<number | undefined, number | undefined> = option(
  "All distances from here on have the same term.",
  whole({ least: 1 }),
  { otherwise: "no distance is" },
);
