import { queryTemperature } from "../../../src/encodings/query-temperature.ts";
import { rope } from "../../../src/encodings/rope.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [
  { form: "ministral-3", length: 3, scale: 0.5 },
  { form: "inkling", length: 3, scale: 0.5 },
  { form: "beam", length: 3, scale: 0.5 },
];

/** A Llama 4 layer whose `no_rope_layers` entry is 1 has RoPE, and queries of their own size. */
export const check: Check = (golden, options) => {
  const sizes = sizesOf(golden);
  const encoding =
    "noRopeLayers" in golden.options
      ? rope.create(sizes, { layout: "interleaved" })
      : queryTemperature.create(sizes, optionsBut(golden, "causal"));
  return rotaryCase(golden, options.mutate(encoding), options);
};
