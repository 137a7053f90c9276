import { transformerXl } from "../../../src/encodings/transformer-xl.ts";
import { attention, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [{ untied: true, clampLength: 3 }];

export const check: Check = (golden, options) => {
  const { clampLength } = golden.options as { clampLength?: number };
  const settings = clampLength === undefined ? {} : { clampLength };
  const encoding = options.mutate(transformerXl.create(sizesOf(golden), settings));
  return attention(golden, encoding, options, {
    u: "position.transformer-xl.u",
    v: "position.transformer-xl.v",
    weight: "position.transformer-xl.weight",
  });
};
