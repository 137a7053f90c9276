import { encodingById } from "../../../src/encodings/index.ts";
import { compare, leavesOf, option, sizes, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [
  { base: "sinusoidal", range: 100 },
  { base: "learned" },
  { base: "alibi", range: 64 },
  { base: "t5", baseOptions: { buckets: 8, maxDistance: 20 } },
];

export const check: Check = (golden, options) => {
  const { inputs } = golden;
  const definition = encodingById("randomized");
  const given: object = {
    base: option(golden, "base"),
    baseOptions: golden.options["baseOptions"] ?? {},
  };
  if (inputs["query"]) {
    const encoding = options.mutate(definition.create(sizesOf(golden), given));
    const learned = inputs["table"] ? { table: "position.randomized.t5.table" } : {};
    return rotaryCase(golden, encoding, options, learned);
  }
  const model = inputs["embeddings"]!.shape[2]!;
  const encoding = options.mutate(definition.create({ ...sizes, model }, given));
  const positions = positionsOf(inputs["positions"]!.data, options.knowledge);
  const { context } = contextOf(encoding, positions, { causal: true });
  const leaves = leavesOf(inputs, ["embeddings"]);
  const output = encoding.embed!(leaves["embeddings"]!, context);
  return compare(golden, leaves, { output: { tensor: output, cotangent: "cotangent" } });
};
