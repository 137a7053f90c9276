/**
 * Queries multiplied by a factor of their position: sharper or flatter attention further on.
 *
 * @module
 */
import { maximum, multiply } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { unsqueeze } from "../../operators/movement.ts";
import { constant } from "../../operators/source.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { overHeads } from "./angles.ts";
import type { PositionEncoding, Positions } from "../position-encoding.ts";

/** A factor of the position, as a number and as a graph; positions before 0 count as 0. */
export interface QueryFactor {
  of(position: number): number;
  /** float32, of any shape */
  graph(positions: Tensor): Tensor;
}

/** The `rotate` hook that multiplies queries by the factor and leaves keys alone. */
export function queryFactor(factor: QueryFactor): NonNullable<PositionEncoding["rotate"]> {
  return (vectors, positions, role) =>
    role === "key" ? vectors : multiply(vectors, overHeads(factorsAt(positions, factor)));
}

/** `[length, 1]`, or `[batch, length, 1]`. */
function factorsAt({ tensor, values }: Positions, factor: QueryFactor): Tensor {
  if (values !== undefined) {
    const numbers = values.map((position) => factor.of(Math.max(position, 0)));
    return constant([values.length, 1], numbers);
  }
  return unsqueeze(factor.graph(maximum(cast(tensor, "float32"), 0)), -1);
}
