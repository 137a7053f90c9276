import { fox } from "../../../src/encodings/fox.ts";
import { evaluate } from "../../../src/tensor/evaluate.ts";
import { goldenDifference } from "../../golden/golden.ts";
import { attention, option, sizes, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { contextOf, positionsOf } from "../context.ts";

export const variants: readonly object[] = [
  { initialBias: 5 },
  { gate: "bias", decayTimes: [2, 30] },
  { gate: "fixed", decayTimes: [1, 8] },
];

export const check: Check = (golden, options) => {
  const { outputs } = golden;
  if (outputs["slopes"]) {
    // The bias at distance 1.
    const [heads, decayTimes] = [
      option<number>(golden, "heads"),
      option<[number, number]>(golden, "decayTimes"),
    ];
    const encoding = fox.create({ ...sizes, heads }, { gate: "fixed", decayTimes });
    const { context } = contextOf(encoding, positionsOf([8], options.knowledge), {
      causal: true,
      keys: positionsOf([7], options.knowledge),
    });
    const [bias] = evaluate([encoding.layerBias!(context)]);
    return { slopes: goldenDifference(bias!.data, outputs["slopes"]) };
  }
  const gate = option<"data" | "bias">(golden, "gate");
  const encoding = options.mutate(fox.create(sizesOf(golden), { gate }));
  return attention(golden, encoding, options, {
    ...(gate === "data" && { weight: "position.fox.gate.weight" }),
    bias: "position.fox.gate.bias",
  });
};
