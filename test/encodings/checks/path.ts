import { path } from "../../../src/encodings/path.ts";
import { attention, option, sizesOf } from "../check.ts";
import type { Check } from "../check.ts";

export const variants: readonly object[] = [{ rank: 3, forgetGate: true }];

export const check: Check = (golden, options) => {
  const forgetGate = option<boolean>(golden, "forgetGate");
  const settings = { rank: option<number>(golden, "rank"), forgetGate };
  const encoding = options.mutate(path.create(sizesOf(golden), settings));
  return attention(golden, encoding, options, {
    down: "position.path.down",
    up: "position.path.up",
    kernel: "position.path.kernel",
    beta: "position.path.strength.weight",
    beta_bias: "position.path.strength.bias",
    ...(forgetGate && { gate: "position.path.gate.weight", gate_bias: "position.path.gate.bias" }),
  });
};
