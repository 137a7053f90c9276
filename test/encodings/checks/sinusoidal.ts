import { sinusoidal } from "../../../src/encodings/sinusoidal.ts";
import { constant } from "../../../src/operators/source.ts";
import { evaluate } from "../../../src/tensor/evaluate.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { goldenDifference } from "../../golden/golden.ts";
import { compare, leavesOf, option, sizes } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const variants: readonly object[] = [
  { layout: "concat", embedScale: "root-model" },
  { layout: "t2t", base: 500 },
  { layout: "concat", scale: "learned", embedScale: "none" },
];

export const check: Check = (golden, options) => {
  const { inputs, outputs } = golden;
  const width = option<number>(golden, "width");
  const encoding = options.mutate(
    sinusoidal.create(
      { ...sizes, model: width },
      {
        layout: option(golden, "layout"),
        base: option(golden, "base"),
        embedScale: "embedScale" in golden.options ? "root-model" : "none",
        scale: "scale" in golden.options ? "learned" : "none",
      },
    ),
  );
  const { shape, data } = inputs["positions"]!;
  const places = positionsOf(data, options.knowledge, shape);
  const { context, parameters } = contextOf(encoding, places, { causal: true });
  if (inputs["embeddings"]) {
    const leaves: Record<string, Tensor> = {
      ...leavesOf(inputs, ["embeddings"]),
      ...(inputs["scale"] && { scale: parameters.get("position.sinusoidal.scale") }),
    };
    const output = encoding.embed!(leaves["embeddings"]!, context);
    return compare(golden, leaves, { output: { tensor: output, cotangent: "cotangent" } });
  }
  const [length = 1, batch = 1] = shape.toReversed();
  const zeros = constant([batch, length, width], new Float64Array(batch * length * width));
  const [value] = evaluate([encoding.embed!(zeros, context)]);
  // Rows of padding are zeros in M2M100; here the mask excludes padding.
  const padded = inputs["isPadding"]?.data;
  const ours = value!.data.map((x, at) => (padded?.[Math.floor(at / width)] ? 0 : x));
  return { output: goldenDifference(ours, outputs["output"]!) };
};
