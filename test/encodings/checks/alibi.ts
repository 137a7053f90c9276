import { alibi, slopes } from "../../../src/encodings/alibi.ts";
import { goldenDifference } from "../../golden/golden.ts";
import { attention, compare, option, sizes, sizesOf } from "../check.ts";
import { biasCheck } from "../bias-check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const variants: readonly object[] = [
  { learned: true },
  { learned: true, biasedHeads: 2, preScaled: true },
  { sides: "offset", biasMax: 3 },
];

const fileNames: Readonly<Record<string, string>> = {
  "position.alibi.logSlope": "position.alibi.log-slope",
  "position.alibi.logSlopeFuture": "position.alibi.log-slope-future",
};
const variant = biasCheck(alibi, (name) => fileNames[name] ?? name);

export const check: Check = (golden, options) => {
  const { outputs } = golden;
  if (outputs["slopes"]) {
    const ours = slopes(option<number>(golden, "heads"));
    return { slopes: goldenDifference(ours, outputs["slopes"]) };
  }
  if (outputs["scores"]) return variant(golden, options);
  if (!outputs["bias"])
    return attention(golden, options.mutate(alibi.create(sizesOf(golden))), options);
  const heads = option<number>(golden, "heads");
  const encoding = options.mutate(alibi.create({ ...sizes, heads }));
  const known = [...Array(option<number>(golden, "length")).keys()];
  const { context } = contextOf(encoding, positionsOf(known, options.knowledge), { causal: false });
  return compare(golden, {}, { bias: { tensor: encoding.bias!(context) } });
};
