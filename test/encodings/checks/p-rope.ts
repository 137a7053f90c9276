import { pRope } from "../../../src/encodings/p-rope.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [{ proportion: 0.5, layout: "interleaved", factor: 2 }];

export const check: Check = (golden, options) =>
  rotaryCase(
    golden,
    options.mutate(pRope.create(sizesOf(golden), optionsBut(golden, "causal"))),
    options,
  );
