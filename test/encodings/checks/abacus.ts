import { abacus } from "../../../src/encodings/abacus.ts";
import { constant } from "../../../src/operators/source.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { compare, leavesOf, option, sizes } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

/** The tests' vocabulary has no bytes. */
export const needed: object = { digits: [1, 2, 4] };

export const variants: readonly object[] = [{ digits: [0, 3], maxLength: 40, maxOffset: 7 }];

export const check: Check = (golden, options) => {
  const { inputs, outputs } = golden;
  const [maxLength, model] = inputs["table"]!.shape as [number, number];
  const digits = option<readonly number[]>(golden, "digits");
  const shape = { ...sizes, model, vocab: option<number>(golden, "vocab") };
  const encoding = options.mutate(abacus.create(shape, { digits, maxLength, maxOffset: 0 }));
  const { shape: batched, data } = inputs["tokens"]!;
  const first = option<number>(golden, "offset");
  const positions = positionsOf(
    Array.from({ length: batched[1]! }, (_, place) => first + place),
    options.knowledge,
  );
  const tokens = constant(batched, data, "int32");
  const { context, parameters } = contextOf(encoding, positions, { causal: true, tokens });
  const leaves: Record<string, Tensor> = {
    ...leavesOf(inputs, ["embeddings"]),
    table: parameters.get("position.abacus.table"),
  };
  const output = encoding.embed!(leaves["embeddings"]!, context);
  const { output: wanted } = outputs;
  return compare({ ...golden, outputs: { output: wanted! } }, leaves, {
    output: { tensor: output, cotangent: "cotangent" },
  });
};
