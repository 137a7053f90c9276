import { nopeRopeInterleave } from "../../../src/encodings/nope-rope-interleave.ts";
import { attention, option, optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { every: 2, window: 3, temperature: true, temperatureLength: 5 },
  { every: 2, chunk: 3, layout: "interleaved" },
];

/** One layer of each kind: the file names which. */
export const check: Check = (golden, options) => {
  const layers = 4;
  const encoding = nopeRopeInterleave.create(
    { ...sizesOf(golden), layers },
    optionsBut(golden, "causal", "layer"),
  );
  return attention(golden, options.mutate(encoding.at!(option(golden, "layer"))), options);
};
