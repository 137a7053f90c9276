import { scalableSoftmax } from "../../../src/encodings/scalable-softmax.ts";
import { optionsBut, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly object[] = [{ bias: true }];

const tensors = {
  scale: "position.scalable-softmax.scale",
  bias: "position.scalable-softmax.bias",
};

export const check: Check = (golden, options) => {
  const encoding = options.mutate(
    scalableSoftmax.create(sizesOf(golden), optionsBut(golden, "causal")),
  );
  const learned = golden.inputs["bias"] ? tensors : { scale: tensors.scale };
  return rotaryCase(golden, encoding, options, learned);
};
