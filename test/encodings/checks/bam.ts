import { bam } from "../../../src/encodings/bam.ts";
import type { BamOptions } from "../../../src/encodings/bam.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly BamOptions[] = [
  { offset: true, shared: true },
  { scalable: true },
  { scalable: true, offset: true },
];

export const check: Check = biasCheck(bam);
