import { anglesOf, geometricFrequencies } from "../../../src/encodings/angles.ts";
import { rope } from "../../../src/encodings/rope.ts";
import type { RopeOptions } from "../../../src/encodings/rope.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { compare, leavesOf, option, sizes } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const variants: readonly RopeOptions[] = [
  { layout: "interleaved", base: 500 },
  { rotated: 4 },
];

export const check: Check = (golden, options) => {
  const { inputs } = golden;
  const [, heads, , headDim] = inputs["query"]!.shape as [number, number, number, number];
  const rotated = option<number>(golden, "rotatedDim");
  const base = option<number>(golden, "base");
  const layout = option<"half" | "interleaved">(golden, "layout");
  const encoding = options.mutate(
    rope.create({ ...sizes, heads, headDim }, { rotated, base, layout }),
  );
  const positions = positionsOf(inputs["positions"]!.data, options.knowledge);
  const { context } = contextOf(encoding, positions, { causal: true });
  const leaves = leavesOf(inputs, ["query", "key"]);
  const turned = (name: string): Tensor =>
    encoding.rotate!(leaves[name]!, positions, "query", context);
  const angles = anglesOf(positions, geometricFrequencies(rotated, base));
  return compare(golden, leaves, {
    cos: { tensor: angles.cosine },
    sin: { tensor: angles.sine },
    query: { tensor: turned("query"), cotangent: "query.cotangent" },
    key: { tensor: turned("key"), cotangent: "key.cotangent" },
  });
};
