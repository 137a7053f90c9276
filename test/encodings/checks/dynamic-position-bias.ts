import { dynamicPositionBias } from "../../../src/encodings/dynamic-position-bias.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { depth: 1, logDistance: true },
  { depth: 3, norm: true, width: 5, shared: false },
  { form: "crossformer", width: 5 },
  { form: "crossformer", width: 5, residual: true, gridWidth: 3 },
];

export const check: Check = biasCheck(dynamicPositionBias);
