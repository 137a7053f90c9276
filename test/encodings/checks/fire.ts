import { fire } from "../../../src/encodings/fire.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { shared: true, width: 5, threshold: 8 },
  { threshold: 8 },
];

export const check: Check = biasCheck(fire);
