import { pope } from "../../../src/encodings/pope.ts";
import { option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [
  { bias: "model", start: "uniform", base: 500 },
  { rotated: 3 },
];

export const check: Check = (golden, options) => {
  const settings = {
    base: option<number>(golden, "base"),
    rotated: option<number>(golden, "rotated"),
  };
  const encoding = options.mutate(pope.create(sizesOf(golden), settings));
  return rotaryCase(golden, encoding, options, { bias: "position.pope.bias" });
};
