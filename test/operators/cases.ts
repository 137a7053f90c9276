/**
 * The table of operator cases: every operator, with odd sizes, broadcasting and axes at each end.
 *
 * Each row is checked for gradients to second order, for the detection of a flipped sign in them, and for equal
 * values on ONNX Runtime and WebGPU.
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
