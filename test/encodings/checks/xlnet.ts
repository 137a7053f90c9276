import { xlnet } from "../../../src/encodings/xlnet.ts";
import { attention, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [{ clampLength: 3 }];

export const check: Check = (golden, options) => {
  const { clampLength } = golden.options as { clampLength?: number };
  const settings = clampLength === undefined ? {} : { clampLength };
  const encoding = options.mutate(xlnet.create(sizesOf(golden), settings));
  return attention(golden, encoding, options, {
    u: "position.xlnet.u",
    v: "position.xlnet.v",
    weight: "position.xlnet.weight",
  });
};
