import { learned } from "../../../src/encodings/learned.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { compare, leavesOf, sizes } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const check: Check = (golden, options) => {
  const { inputs } = golden;
  const [maxLength, model] = inputs["table"]!.shape as [number, number];
  const encoding = options.mutate(learned.create({ ...sizes, model }, { maxLength }));
  const { shape, data } = inputs["positions"]!;
  const positions = positionsOf(data, options.knowledge, shape);
  const { context, parameters } = contextOf(encoding, positions, { causal: true });
  const leaves: Record<string, Tensor> = {
    ...leavesOf(inputs, ["embeddings"]),
    table: parameters.get("position.learned.table"),
  };
  const output = encoding.embed!(leaves["embeddings"]!, context);
  return compare(golden, leaves, { output: { tensor: output, cotangent: "cotangent" } });
};
