/**
 * The table of operator cases: every operator, in odd shapes, with broadcasting and on every kind of axis.
 *
 * Adding an operator = its file, its line in `src/operators/index.ts`, a row here; gradients to second
 * order, detection of flipped signs, and comparison on ONNX Runtime and WebGPU follow from the row.
 *
 * @module
 */
import { arrangementCases } from "./arrangement-cases.ts";
import { blockCases } from "./block-cases.ts";
import type { OperatorCase } from "./case.ts";
import { elementwiseCases } from "./elementwise-cases.ts";
import { layerCases } from "./layer-cases.ts";

/** Every case. */
export const operatorCases: readonly OperatorCase[] = [
  ...elementwiseCases,
  ...arrangementCases,
  ...layerCases,
  ...blockCases,
];
