/**
 * A case of the table as a graph with values, as the gradient checks take it.
 *
 * @module
 */
import { declare } from "./case.ts";
import type { OperatorCase } from "./case.ts";
import type { Computation } from "./check-gradient.ts";

/** The case's graph, float outputs only. */
export function computationOf({ inputs, build }: OperatorCase): Computation {
  const declared = declare(inputs);
  return {
    inputs: declared,
    values: Object.fromEntries(Object.entries(inputs).map(([name, { value }]) => [name, value])),
    outputs: build(declared).filter(({ dtype }) => dtype === "float32"),
  };
}
