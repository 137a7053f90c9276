import { encodingById } from "../../../src/encodings/index.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { base: "t5", baseOptions: { buckets: 6, maxDistance: 9 }, width: 5 },
  { base: "fire", width: 4 },
];

/** The tensors of a golden file of DAPE's, by their names here. */
export const tensorsOf = (id: "dape" | "dape-v2", base: string): Record<string, string> => ({
  hidden_weight: `position.${id}.hidden.weight`,
  hidden_bias: `position.${id}.hidden.bias`,
  output_weight: `position.${id}.output.weight`,
  ...(base === "kerple-log" && {
    p: `position.${id}.kerple-log.p`,
    a: `position.${id}.kerple-log.a`,
  }),
});

export const check: Check = (golden, options) => {
  const base = option<string>(golden, "base");
  const settings = { base, width: option<number>(golden, "width") };
  const encoding = encodingById("dape").create(sizesOf(golden), settings);
  return attention(golden, options.mutate(encoding), options, tensorsOf("dape", base));
};
