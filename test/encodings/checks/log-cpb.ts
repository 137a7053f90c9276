import { logCpb } from "../../../src/encodings/log-cpb.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { hidden: 20, cosine: false },
  { hidden: 20, window: 3 },
  { hidden: 20, gridWidth: 3 },
];

export const check: Check = biasCheck(logCpb);
