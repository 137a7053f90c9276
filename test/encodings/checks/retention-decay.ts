import { retentionDecay } from "../../../src/encodings/retention-decay.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const check: Check = biasCheck(retentionDecay);
