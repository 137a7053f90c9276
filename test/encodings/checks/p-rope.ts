import { pRope } from "../../../src/encodings/p-rope.ts";
import type { PRopeOptions } from "../../../src/encodings/p-rope.ts";
import { sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly PRopeOptions[] = [
  { proportion: 0.5, layout: "interleaved", factor: 2 },
];

export const check: Check = (golden, options) =>
  rotaryCase(golden, options.mutate(pRope.create(sizesOf(golden), golden.options)), options);
