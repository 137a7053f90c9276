import { sandwich } from "../../../src/encodings/sandwich.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [{ width: 20 }];

export const check: Check = biasCheck(sandwich);
