import { lerope } from "../../../src/encodings/lerope.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [
  { layout: "interleaved", rotated: 4, frequencies: "layer" },
];

export const check: Check = (golden, options) => {
  const encoding = options.mutate(lerope.create(sizesOf(golden), optionsBut(golden, "causal")));
  return rotaryCase(golden, encoding, options, { alpha: "position.lerope.alpha" });
};
