import { logN } from "../../../src/encodings/log-n.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [{ length: 2 }];

export const check: Check = (golden, options) =>
  rotaryCase(
    golden,
    options.mutate(logN.create(sizesOf(golden), optionsBut(golden, "causal"))),
    options,
  );
