import { kerpleLog } from "../../../src/encodings/kerple-log.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";

export const check: Check = biasCheck(kerpleLog);
