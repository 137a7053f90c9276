import { tupe } from "../../../src/encodings/tupe.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { untieFirst: true },
  { relative: true, buckets: 8, maxDistance: 20 },
  { relative: true, untieFirst: true },
];

export const check: Check = biasCheck(tupe);
