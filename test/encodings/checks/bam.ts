import { bam } from "../../../src/encodings/bam.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { offset: true, shared: false },
  { scalable: true, shared: false },
  { scalable: true, offset: true },
];

export const check: Check = biasCheck(bam);
