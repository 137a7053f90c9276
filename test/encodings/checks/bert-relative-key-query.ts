import { bertRelativeKeyQuery } from "../../../src/encodings/bert-relative-key-query.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const check: Check = (golden, options) => {
  const maxLength = option<number>(golden, "maxLength");
  const shape = { ...sizesOf(golden), trainLength: maxLength };
  const encoding = options.mutate(bertRelativeKeyQuery.create(shape, { maxLength }));
  return attention(golden, encoding, options, { table: "position.bert-relative-key-query.table" });
};
