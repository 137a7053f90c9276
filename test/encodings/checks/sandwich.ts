import { sandwich } from "../../../src/encodings/sandwich.ts";
import type { SandwichOptions } from "../../../src/encodings/sandwich.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly SandwichOptions[] = [{ width: 20 }];

export const check: Check = biasCheck(sandwich);
