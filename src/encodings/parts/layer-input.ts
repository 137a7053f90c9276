/**
 * Projections of a layer's input to numbers of each head, for encodings that keep a state of each token.
 *
 * @module
 */
import { add } from "../../operators/arithmetic.ts";
import { matmul } from "../../operators/matmul.ts";
import { reshape, transpose } from "../../operators/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { EncodingContext } from "../position-encoding.ts";
import type { Initial, ParameterSpec } from "../../parameters/spec.ts";

/** Standard deviation of first weights, the model's own. */
const weightDeviation = 0.02;

/** First values of a projection; weights are N(0, 0.02²) and biases 0 unless given. */
export interface ProjectionStart {
  readonly weight?: Initial;
  readonly bias?: Initial;
}

/** Specs of `name.weight [from, to]`, which decays, and `name.bias [to]`, each layer its own. */
export function projectionSpecs(
  name: string,
  from: number,
  to: number,
  start: ProjectionStart = {},
): ParameterSpec[] {
  const { weight = { kind: "normal", deviation: weightDeviation }, bias = { kind: "zeros" } } =
    start;
  return [
    { name: `${name}.weight`, shape: [from, to], initial: weight, owner: "layer", decays: true },
    { name: `${name}.bias`, shape: [to], initial: bias, owner: "layer", decays: false },
  ];
}

/** `x · weight + bias`, split into heads: `[batch, length, model]` → `[batch, heads, length, to / heads]`. */
export function projectToHeads(
  x: Tensor,
  name: string,
  heads: number,
  context: EncodingContext,
): Tensor {
  const product = matmul(x, context.parameter(`${name}.weight`));
  return splitHeads(add(product, context.parameter(`${name}.bias`)), heads);
}

/** `[batch, length, heads · width]` → `[batch, heads, length, width]` */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, length, all] = x.shape;
  const parted = reshape(x, [batch!, length!, heads, (all as number) / heads]);
  return transpose(parted, [0, 2, 1, 3]);
}
