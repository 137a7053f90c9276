import { none } from "../../../src/encodings/none.ts";
import { attention, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const check: Check = (golden, options) =>
  attention(golden, options.mutate(none.create(sizesOf(golden))), options);
