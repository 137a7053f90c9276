import { alibi, slopes } from "../../../src/encodings/alibi.ts";
import { goldenDifference } from "../../golden/golden.ts";
import { attention, compare, option, sizes, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const check: Check = (golden, options) => {
  const { outputs } = golden;
  if (outputs["slopes"]) {
    const ours = slopes(option<number>(golden, "heads"));
    return { slopes: goldenDifference(ours, outputs["slopes"]) };
  }
  if (!outputs["bias"])
    return attention(golden, options.mutate(alibi.create(sizesOf(golden))), options);
  const heads = option<number>(golden, "heads");
  const encoding = options.mutate(alibi.create({ ...sizes, heads }));
  const known = [...Array(option<number>(golden, "length")).keys()];
  const { context } = contextOf(encoding, positionsOf(known, options.knowledge), { causal: false });
  return compare(golden, {}, { bias: { tensor: encoding.bias!(context) } });
};
