import { kerplePower } from "../../../src/encodings/kerple-power.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [{ kernel: "weight" }, { kernel: "both" }];

export const check: Check = biasCheck(kerplePower);
