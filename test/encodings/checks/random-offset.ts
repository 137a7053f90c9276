import { encodingById } from "../../../src/encodings/index.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { compare, leavesOf, option, sizes } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const variants: readonly object[] = [
  { base: "learned", maxOffset: 9 },
  { base: "distance-row", maxOffset: 5, evaluationOffset: 0 },
];

export const check: Check = (golden, options) => {
  const { inputs } = golden;
  const [, , model] = inputs["embeddings"]!.shape as [number, number, number];
  const base = option<string>(golden, "base");
  const rows = inputs["table"]?.shape[0] ?? 600;
  const definition = encodingById("random-offset");
  const encoding = options.mutate(
    definition.create({ ...sizes, model, trainLength: 7 }, { base, maxOffset: rows - 7 }),
  );
  const positions = positionsOf(inputs["positions"]!.data, options.knowledge);
  const { context, parameters } = contextOf(encoding, positions, { causal: true });
  const leaves: Record<string, Tensor> = {
    ...leavesOf(inputs, ["embeddings"]),
    ...(inputs["table"] && { table: parameters.get("position.random-offset.learned.table") }),
  };
  const output = encoding.embed!(leaves["embeddings"]!, context);
  return compare(golden, leaves, { output: { tensor: output, cotangent: "cotangent" } });
};
