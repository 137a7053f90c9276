import { dapeV2 } from "../../../src/encodings/dape-v2.ts";
import type { DapeV2Options } from "../../../src/encodings/dape-v2.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { tensorsOf } from "./dape.ts";

export const variants: readonly DapeV2Options[] = [
  { base: "t5", baseOptions: { buckets: 6, maxDistance: 9 }, width: 3, kernel: 5 },
  { width: 4, kernel: 1 },
];

export const check: Check = (golden, options) => {
  const base = option<string>(golden, "base");
  const encoding = dapeV2.create(sizesOf(golden), {
    base,
    width: option(golden, "width"),
    kernel: option(golden, "kernel"),
  });
  return attention(golden, options.mutate(encoding), options, tensorsOf("dape-v2", base));
};
