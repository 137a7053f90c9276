import { cope } from "../../../src/encodings/cope.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { scale: "appendix", positions: 3 },
  { separateKeys: true },
];

export const check: Check = (golden, options) => {
  const separateKeys = option<boolean>(golden, "separateKeys");
  const encoding = cope.create(sizesOf(golden), {
    positions: option(golden, "positions"),
    scale: option(golden, "scale"),
    separateKeys,
  });
  return attention(golden, options.mutate(encoding), options, {
    table: "position.cope.table",
    ...(separateKeys && {
      gate_weight: "position.cope.key.weight",
      gate_bias: "position.cope.key.bias",
    }),
  });
};
