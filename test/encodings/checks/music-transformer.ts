import { musicTransformer } from "../../../src/encodings/music-transformer.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [
  { maxLength: 3, values: true },
  { shared: true, values: true },
];

export const check: Check = (golden, options) => {
  const values = option<boolean>(golden, "values");
  const encoding = options.mutate(
    musicTransformer.create(sizesOf(golden), {
      maxLength: option(golden, "maxLength"),
      shared: option(golden, "shared"),
      values,
    }),
  );
  return attention(golden, encoding, options, {
    tableKey: "position.music-transformer.key",
    ...(values && { tableValue: "position.music-transformer.value" }),
  });
};
