import { encodingById } from "../../../src/encodings/index.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { tensorsOf } from "./dape.ts";

export const variants: readonly object[] = [
  { base: "t5", baseOptions: { buckets: 6, maxDistance: 9 }, width: 3, kernel: 5 },
  { base: "alibi", width: 4, kernel: 1 },
];

export const check: Check = (golden, options) => {
  const base = option<string>(golden, "base");
  const settings = {
    base,
    width: option<number>(golden, "width"),
    kernel: option<number>(golden, "kernel"),
  };
  const encoding = encodingById("dape-v2").create(sizesOf(golden), settings);
  return attention(golden, options.mutate(encoding), options, tensorsOf("dape-v2", base));
};
