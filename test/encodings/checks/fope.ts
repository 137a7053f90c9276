import { fope } from "../../../src/encodings/fope.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [
  { base: 4, length: 64 },
  { base: 10, length: 64, learned: true, pairs: 1 },
];

export const check: Check = (golden, options) => {
  const encoding = options.mutate(fope.create(sizesOf(golden), optionsBut(golden, "causal")));
  return rotaryCase(golden, encoding, options, {
    cosine: "position.fope.cosine",
    sine: "position.fope.sine",
  });
};
