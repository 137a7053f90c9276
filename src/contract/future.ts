/**
 * Whether a position sees what comes after it.
 *
 * @module
 */
import type { Value } from "../tensor/tensor.ts";
import { above, below } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { logitsOf, positionsFrom, randomTokens, relativeDifference, vocab } from "./small-model.ts";

const [batch, length] = [2, 7];

/** The last token is changed, then left out. */
export const future: ContractCheck = {
  name: "future",
  asks: "no position sees what comes after it",
  run({ model, values }) {
    const tokens = randomTokens(batch, length);
    const before = logitsOf(model, values, tokens, positionsFrom(0, length));
    const last = tokens.data.map((id, k) => (k % length === length - 1 ? (id + 1) % vocab : id));
    const changed = logitsOf(model, values, { ...tokens, data: last }, positionsFrom(0, length));
    const past = firstPositions(before, length - 1);
    const alone = logitsOf(model, values, cut(tokens), positionsFrom(0, length - 1));
    const shorter = relativeDifference(alone, past);
    return {
      measures: [
        below(
          "earlier logits when the last token changes",
          relativeDifference(firstPositions(changed, length - 1), past),
          1e-15,
        ),
        above("its own logits", relativeDifference(changed, before), 1e-3),
        model.encoding.cache.keys === "recompute"
          ? above("earlier logits without it, not to be cached", shorter, 1e-3)
          : below("earlier logits without it", shorter, 1e-12),
      ],
    };
  },
};

/** Logits of the first `count` positions of each row. */
function firstPositions(logits: Float64Array, count: number): number[] {
  const classes = logits.length / (batch * length);
  return Array.from({ length: batch }, (_, row) => [
    ...logits.subarray(row * length * classes, (row * length + count) * classes),
  ]).flat();
}

/** The tokens without the last of each row. */
function cut({ data }: Value): Value {
  return {
    shape: [batch, length - 1],
    data: data.filter((_, k) => k % length !== length - 1),
  };
}
