import { xpos } from "../../../src/encodings/xpos.ts";
import type { XposOptions } from "../../../src/encodings/xpos.ts";
import { sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly XposOptions[] = [
  { layout: "half", scaleBase: 16, base: 500 },
  { centre: 20, rotated: 4 },
];

export const check: Check = (golden, options) =>
  rotaryCase(golden, options.mutate(xpos.create(sizesOf(golden), golden.options)), options);
