import { mRope } from "../../../src/encodings/m-rope.ts";
import type { MRopeOptions } from "../../../src/encodings/m-rope.ts";
import { sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly MRopeOptions[] = [{ assignment: "interleaved", base: 500 }];

export const check: Check = (golden, options) =>
  rotaryCase(golden, options.mutate(mRope.create(sizesOf(golden), golden.options)), options);
