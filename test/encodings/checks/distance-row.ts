import { distanceRow } from "../../../src/encodings/distance-row.ts";
import { gather, oneHot } from "../../../src/operators/indexing.ts";
import { constant } from "../../../src/operators/source.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import type { GoldenCase } from "../../golden/golden.ts";
import { compare, leavesOf, optionsBut, sizes } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const variants: readonly object[] = [
  { causal: true, layer: "tanh", width: 5 },
  { tokenInput: "one-hot", bias: false },
  { mode: "fixed-anchors", layer: "relu" },
  { mode: "fixed-anchors", anchors: [0, 3, 11], causal: true },
  { mode: "pad", validity: true },
  { mode: "pad", causal: true },
  { mode: "normalise", points: 5 },
  { mode: "bucket", buckets: 8, maxDistance: 20 },
  { mode: "bucket", causal: true },
];

export const check: Check = (golden, options) => {
  const { inputs, options: given } = golden;
  const { content, rank, vocab } = given as {
    content: "embedding" | "one-hot";
    rank: number;
    vocab: number;
  };
  // Rows by mode "normalise" depend on neither; the file has them in every case.
  const idle = given["mode"] === "normalise" ? ["causal", "maxLength"] : [];
  const rest = optionsBut(golden, "content", "rank", "vocab", "start", ...idle);
  const oneHotTokens = content === "one-hot";
  const model = rank + (oneHotTokens ? vocab : inputs["tokens.weight"]!.shape[1]!);
  const hidden = inputs["hidden.bias"]?.shape[0];
  const encoding = options.mutate(
    distanceRow.create(
      { ...sizes, model, vocab, trainLength: 11 },
      { ...rest, width: rank, tokenInput: content, ...(hidden ? { hidden } : {}) },
    ),
  );
  const positions = positionsOf(inputs["positions"]!.data, options.knowledge);
  const { context, parameters } = contextOf(encoding, positions, { causal: true });
  const tokens = constant(inputs["tokens"]!.shape, inputs["tokens"]!.data, "int32");
  const leaves: Record<string, Tensor> = oneHotTokens ? {} : leavesOf(inputs, ["tokens.weight"]);
  for (const { name } of encoding.parameters)
    leaves[name.slice("position.distance-row.".length)] = parameters.get(name);
  const embeddings = oneHotTokens
    ? oneHot(tokens, vocab)
    : gather(leaves["tokens.weight"]!, tokens);
  const output = encoding.embed!(embeddings, context);
  // The file ends at the concatenation: a projection by the identity leaves it as it is.
  const identity = Array.from({ length: model * model }, (_, k) => +(k % (model + 1) === 0));
  const full: GoldenCase = oneHotTokens
    ? { ...golden, inputs: { ...inputs, project: { shape: [model, model], data: identity } } }
    : golden;
  return compare(
    full,
    leaves,
    { output: { tensor: output, cotangent: "cotangent" } },
    { embeddings },
  );
};
