/**
 * A case of the table as a graph with values, for the gradient checks.
 *
 * @module
 */
import { declare } from "./case.ts";
import type { OperatorCase } from "./case.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Computation } from "./check-gradient.ts";

/** The graph of a case with its values. */
export interface CaseComputation extends Computation {
  /** All outputs; `outputs` has the float32 ones. */
  readonly all: readonly Tensor[];
}

/** The graph of a case with its values. */
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
