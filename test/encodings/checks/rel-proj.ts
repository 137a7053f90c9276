import { relProj } from "../../../src/encodings/rel-proj.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [{ basis: 3, maxDistance: 4 }];

export const check: Check = (golden, options) => {
  const settings = {
    basis: option<number>(golden, "basis"),
    maxDistance: option<number>(golden, "maxDistance"),
  };
  const encoding = options.mutate(relProj.create(sizesOf(golden), settings));
  return attention(golden, encoding, options, {
    weight: "position.rel-proj.weights.weight",
    bias: "position.rel-proj.weights.bias",
    bank: "position.rel-proj.bank",
  });
};
