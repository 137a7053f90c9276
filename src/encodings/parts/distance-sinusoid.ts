/**
 * Sinusoids of distances, and the terms of the scores that Transformer-XL and XLNet make of them.
 *
 * @module
 */
import { add, multiply, subtract } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { gather } from "../../operators/indexing.ts";
import { matmul } from "../../operators/matmul.ts";
import { reshape, transpose, unsqueeze } from "../../operators/movement.ts";
import { floor } from "../../operators/pointwise.ts";
import { constant } from "../../operators/source.ts";
import { option } from "../../options/option.ts";
import type { Option } from "../../options/option.ts";
import { whole } from "../../options/value.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { geometricFrequencies } from "./angles.ts";
import type { LayerContext, ModelShape } from "../position-encoding.ts";
import type { ParameterSpec } from "../../parameters/spec.ts";
import type { PositionEncoding } from "../position-encoding.ts";
import { vectorsByDistance } from "./relative-terms.ts";

/** Distances from −rows² to rows² − 1 have a sinusoid. */
const rows = 256;

/**
 * Distances `[n]` → `[n, width]`, `[sin δω ; cos δω]` with ω_m = 10000^(−2m/width).
 *
 * δ = 256 a + b is looked up in a table of each, made in float64, and joined by the addition theorem, so
 * that no angle is formed in float32. All layers share the tables.
 */
export function distanceSinusoid(width: number): (distances: Tensor) => Tensor {
  const frequencies = geometricFrequencies(width, 10000);
  const table = (first: number, last: number, step: number, left: Wave, right: Wave): Tensor => {
    const data: number[] = [];
    for (let row = first; row <= last; row++)
      for (const wave of [left, right])
        for (const frequency of frequencies) data.push(wave(row * step * frequency));
    return constant([last - first + 1, width], data);
  };
  const { sin, cos } = Math;
  // sin(a + b) = sin a cos b + cos a sin b and cos(a + b) = cos a cos b − sin a sin b, side by side.
  const wave = table(-rows, rows - 1, rows, sin, cos);
  const turned = table(-rows, rows - 1, rows, cos, (angle) => -sin(angle));
  const [cosine, sine] = [table(0, rows - 1, 1, cos, cos), table(0, rows - 1, 1, sin, sin)];
  return (distances) => {
    const whole = floor(multiply(distances, 1 / rows));
    const a = cast(add(whole, rows), "int32");
    const b = cast(subtract(distances, multiply(whole, rows)), "int32");
    return add(
      multiply(gather(wave, a), gather(cosine, b)),
      multiply(gather(turned, a), gather(sine, b)),
    );
  };
}

type Wave = (angle: number) => number;

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
