import { mRope } from "../../../src/encodings/m-rope.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [{ assignment: "interleaved", base: 500 }];

export const check: Check = (golden, options) =>
  rotaryCase(
    golden,
    options.mutate(mRope.create(sizesOf(golden), optionsBut(golden, "causal"))),
    options,
  );
