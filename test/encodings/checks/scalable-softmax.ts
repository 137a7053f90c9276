import { scalableSoftmax } from "../../../src/encodings/scalable-softmax.ts";
import type { ScalableSoftmaxOptions } from "../../../src/encodings/scalable-softmax.ts";
import { sizesOf } from "../check.ts";
import type { Check } from "../check.ts";
import { rotaryCase } from "../rotary-case.ts";

export const variants: readonly ScalableSoftmaxOptions[] = [{ bias: true }];

const tensors = {
  scale: "position.scalable-softmax.scale",
  bias: "position.scalable-softmax.bias",
};

export const check: Check = (golden, options) => {
  const encoding = options.mutate(scalableSoftmax.create(sizesOf(golden), golden.options));
  const learned = golden.inputs["bias"] ? tensors : { scale: tensors.scale };
  return rotaryCase(golden, encoding, options, learned);
};
