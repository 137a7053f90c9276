/**
 * Golden cases of the rotary family: queries and keys turned by positions of their own, then attended.
 *
 * @module
 */
import type { PositionEncoding, Positions } from "../../src/encodings/position-encoding.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { constant } from "../../src/operators/source.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { GoldenCase } from "../golden/golden.ts";
import { compare, leavesOf, option } from "./check.ts";
import type { CheckOptions, Differences } from "./check.ts";
import { attendWith, contextOf, positionsOf } from "./context.ts";

/**
 * Scores before the mask, the output and all gradients. `positions` are those of the keys, `axes`
 * beside them if the file has them; queries are the last keys. `renamed` maps an input of the file to
 * the encoding's parameter.
 */
export function rotaryCase(
  golden: GoldenCase,
  encoding: PositionEncoding,
  { knowledge }: CheckOptions,
  renamed: Readonly<Record<string, string>> = {},
): Differences {
  const { inputs } = golden;
  const rows = inputs["query"]!.shape[2]!;
  const all = inputs["positions"]!.data;
  const placed = (from: number): Positions => ({
    ...positionsOf(all.slice(from), knowledge),
    ...(inputs["axes"] && { axes: axesFrom(inputs["axes"].data, all.length, from) }),
  });
  const { context, parameters } = contextOf(encoding, placed(all.length - rows), {
    causal: option(golden, "causal"),
    keys: placed(0),
  });
  const given = leavesOf(inputs, ["query", "key", "value"]);
  const leaves: Record<string, Tensor> = { ...given };
  for (const [name, parameter] of Object.entries(renamed))
    leaves[name] = parameters.find(`blocks.0.${parameter}`) ?? parameters.get(parameter);
  const { output, operands } = attendWith(encoding, context, {
    query: given["query"]!,
    key: given["key"]!,
    value: given["value"]!,
  });
  const { query, key, scale } = operands;
  return compare(golden, leaves, {
    output: { tensor: output, cotangent: "cotangent" },
    ...(golden.outputs["scores"] && {
      scores: { tensor: matmul(query, key, { transposeB: true, scale }) },
    }),
  });
}

/** `[axes, length]` as a tensor for each axis, from a position on. */
function axesFrom(data: readonly number[], length: number, from: number): readonly Tensor[] {
  return Array.from({ length: data.length / length }, (_, axis) =>
    constant([length - from], data.slice(axis * length + from, (axis + 1) * length), "int32"),
  );
}
