import { xpos } from "../../../src/encodings/xpos.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [
  { layout: "half", scaleBase: 16, base: 500 },
  { centre: 20, rotated: 4 },
];

export const check: Check = (golden, options) =>
  rotaryCase(
    golden,
    options.mutate(xpos.create(sizesOf(golden), optionsBut(golden, "causal"))),
    options,
  );
