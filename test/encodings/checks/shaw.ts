import { shaw } from "../../../src/encodings/shaw.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [{ maxDistance: 2 }, { maxDistance: 3, values: false }];

export const check: Check = (golden, options) => {
  const [maxDistance, values] = [
    option<number>(golden, "maxDistance"),
    option<boolean>(golden, "values"),
  ];
  const encoding = options.mutate(shaw.create(sizesOf(golden), { maxDistance, values }));
  return attention(golden, encoding, options, {
    tableKey: "position.shaw.key",
    ...(values && { tableValue: "position.shaw.value" }),
  });
};
