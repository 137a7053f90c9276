import { logN } from "../../../src/encodings/log-n.ts";
import type { LogNOptions } from "../../../src/encodings/log-n.ts";
import { sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly LogNOptions[] = [{ length: 2 }];

export const check: Check = (golden, options) =>
  rotaryCase(golden, options.mutate(logN.create(sizesOf(golden), golden.options)), options);
