import { anglesOf, geometricFrequencies } from "../../../src/encodings/parts/angles.ts";
import { ropeFrequencies } from "../../../src/encodings/extension/rope-frequencies.ts";
import type { RopeScaling } from "../../../src/encodings/extension/rope-scaling.ts";
import { rope } from "../../../src/encodings/rope.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import type { GoldenCase } from "../../golden/golden.ts";
import { compare, leavesOf, option, sizes } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const variants: readonly object[] = [
  { layout: "interleaved", base: 500 },
  { rotated: 4, scaling: { type: "linear", factor: 2 } },
  { rotated: 4, scaling: { type: "ntk-aware", factor: 3 } },
  { rotated: 6, scaling: { type: "dynamic-ntk", current: 20 } },
  { rotated: 6, scaling: { type: "yarn", factor: 4, length: 20, fast: 2, slow: 0.1 } },
  { rotated: 4, scaling: { type: "longrope", short: [1, 2], long: [2, 9], factor: 3, current: 9 } },
  { layout: "interleaved", scaling: { type: "llama3", factor: 8, low: 0.1, high: 0.9 } },
];

export const check: Check = (golden, options) => {
  const { inputs } = golden;
  const [, heads, , headDim] = inputs["query"]!.shape as [number, number, number, number];
  const rotated = option<number>(golden, "rotatedDim");
  const base = option<number>(golden, "base");
  const layout = option<"half" | "interleaved">(golden, "layout");
  const scaling = scalingOf(golden);
  const encoding = options.mutate(
    rope.create(
      { ...sizes, heads, headDim },
      { rotated, base, layout, ...(scaling && { scaling }) },
    ),
  );
  const positions = positionsOf(inputs["positions"]!.data, options.knowledge);
  const { context } = contextOf(encoding, positions, { causal: true });
  const leaves = leavesOf(inputs, ["query", "key"]);
  const turned = (name: string): Tensor =>
    encoding.rotate!(leaves[name]!, positions, "query", context);
  const { frequencies } = scaling
    ? ropeFrequencies(rotated, base, scaling)
    : { frequencies: geometricFrequencies(rotated, base) };
  const angles = anglesOf(positions, frequencies);
  return compare(golden, leaves, {
    cos: { tensor: angles.cosine },
    sin: { tensor: angles.sine },
    query: { tensor: turned("query"), cotangent: "query.cotangent" },
    key: { tensor: turned("key"), cotangent: "key.cotangent" },
  });
};

/** x-transformers has a name for either rule; a case of the file uses one at most. */
function scalingOf({
  options,
}: GoldenCase): Extract<RopeScaling, { type: "linear" | "ntk-aware" }> | undefined {
  const { interpolation = 1, rescale = 1 } = options as {
    interpolation?: number;
    rescale?: number;
  };
  if (interpolation !== 1) return { type: "linear", factor: interpolation };
  return rescale === 1 ? undefined : { type: "ntk-aware", factor: rescale };
}
