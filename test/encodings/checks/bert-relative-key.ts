import { bertRelativeKey } from "../../../src/encodings/bert-relative-key.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const check: Check = (golden, options) => {
  const maxLength = option<number>(golden, "maxLength");
  const shape = { ...sizesOf(golden), trainLength: maxLength };
  const encoding = options.mutate(bertRelativeKey.create(shape, { maxLength }));
  return attention(golden, encoding, options, { table: "position.bert-relative-key.table" });
};
