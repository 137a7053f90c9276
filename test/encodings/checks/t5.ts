import type { PositionEncoding } from "../../../src/encodings/position-encoding.ts";
import { bucketRule, t5 } from "../../../src/encodings/t5.ts";
import { evaluate } from "../../../src/tensor/evaluate.ts";
import { goldenDifference } from "../../golden/golden.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf, stored } from "../context.ts";

export const variants: readonly object[] = [
  { buckets: 6, maxDistance: 9, form: "scaled" },
  { biasMultiplier: 3 },
];

export const check: Check = (golden, options) => {
  const shared = {
    buckets: option<number>(golden, "buckets"),
    maxDistance: option<number>(golden, "maxDistance"),
  };
  const causal = option<boolean>(golden, "causal");
  if (golden.outputs["bucket"]) {
    const rule = bucketRule(causal, shared.buckets, shared.maxDistance);
    const ours = golden.inputs["distance"]!.data.map(rule);
    return { bucket: goldenDifference(ours, golden.outputs["bucket"]) };
  }
  const scoreScale = option<number>(golden, "scoreScale");
  const make = (biasMultiplier: number): PositionEncoding =>
    options.mutate(t5.create(sizesOf(golden), { ...shared, scoreScale, biasMultiplier }));
  const encoding = make(option(golden, "biasMultiplier"));
  const result = attention(golden, encoding, options, { table: "position.t5.table" });
  // The file holds the bias before its multiplier.
  const plain = make(1);
  const positions = positionsOf(
    [...Array(golden.outputs["bias"]!.shape[1]).keys()],
    options.knowledge,
  );
  const { context, parameters } = contextOf(plain, positions, { causal });
  const bias = plain.bias!(context);
  const table = new Map([[parameters.get("position.t5.table"), stored(golden.inputs["table"]!)]]);
  const [value] = evaluate([bias], table);
  return { ...result, bias: goldenDifference(value!.data, golden.outputs["bias"]!) };
};
