/**
 * A case of the table as a graph with values, as the gradient checks take it.
 *
 * @module
 */
import { declare } from "./case.ts";
import type { OperatorCase } from "./case.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Computation } from "./check-gradient.ts";

/** A case's graph, and what it builds beside floats. */
export interface CaseComputation extends Computation {
  readonly all: readonly Tensor[];
}

/** The case's graph with its values. */
export function computationOf({ inputs, build }: OperatorCase): CaseComputation {
  const declared = declare(inputs);
  const all = build(declared);
  return {
    inputs: declared,
    values: Object.fromEntries(Object.entries(inputs).map(([name, { value }]) => [name, value])),
    outputs: all.filter(({ dtype }) => dtype === "float32"),
    all,
  };
}
