import { lerope } from "../../../src/encodings/lerope.ts";
import type { LeropeOptions } from "../../../src/encodings/lerope.ts";
import { sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly LeropeOptions[] = [
  { layout: "interleaved", rotated: 4, frequencies: "layer" },
];

export const check: Check = (golden, options) => {
  const encoding = options.mutate(lerope.create(sizesOf(golden), golden.options));
  return rotaryCase(golden, encoding, options, { alpha: "position.lerope.alpha" });
};
