/**
 * Whether a position sees what comes after it.
 *
 * @module
 */
import type { Value } from "../tensor/tensor.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { above, below } from "./check.ts";
import type { ContractCheck, Subject } from "./check.ts";
import { suspectsInWords } from "./suspects.ts";
import { logitsOf, positionsFrom, randomTokens, relativeDifference, vocab } from "./small-model.ts";

const [batch, length] = [2, 7];
const leakLimit = 1e-15;

/** The last token is changed, then left out. */
export const future: ContractCheck = {
  name: "future",
  asks: "no position sees what comes after it",
  run(subject) {
    const { model, values } = subject;
    const tokens = randomTokens(batch, length);
    const before = logitsOf(model, values, tokens, positionsFrom(0, length));
    const last = tokens.data.map((id, k) => (k % length === length - 1 ? (id + 1) % vocab : id));
    const changed = logitsOf(model, values, { ...tokens, data: last }, positionsFrom(0, length));
    const past = firstPositions(before, length - 1);
    const alone = logitsOf(model, values, cut(tokens), positionsFrom(0, length - 1));
    const shorter = relativeDifference(alone, past);
    const leak = relativeDifference(firstPositions(changed, length - 1), past);
    return {
      faults: leak < leakLimit ? [] : [leakInWords(subject)],
      measures: [
        below("earlier logits when the last token changes", leak, leakLimit),
        above("its own logits", relativeDifference(changed, before), 1e-3),
        model.encoding.cache.keys === "recompute"
          ? above("earlier logits without it, not to be cached", shorter, 1e-3)
          : below("earlier logits without it", shorter, 1e-12),
      ],
    };
  },
};

/** Which key the first query sees that sees the future, by which hook, and what to do. */
function leakInWords({ model, values }: Subject): string {
  const seen = firstLeak(model, values);
  const hook = suspectsInWords(model, (single) => firstLeak(single, values) !== undefined);
  const place = seen
    ? `The query at position ${seen.query} sees the key at ${seen.key}`
    : "It leaks";
  return (
    `${place}, by ${hook}. A hook that sums or averages along the text reads what comes later: sum the past alone ` +
    `(cumsum over the positions), or forbid keys after the query, where the distance is below 0.`
  );
}

/** The first query whose logits change with a later token, and the nearest such token. */
function firstLeak(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
): { readonly query: number; readonly key: number } | undefined {
  const tokens = randomTokens(1, length);
  const positions = positionsFrom(0, length);
  const before = logitsOf(model, values, tokens, positions);
  const changed = Array.from({ length }, (_, key) => {
    const data = tokens.data.map((id, at) => (at === key ? (id + 1) % vocab : id));
    return logitsOf(model, values, { ...tokens, data }, positions);
  });
  for (let query = 0; query < length; query++)
    for (let key = query + 1; key < length; key++) {
      const own = (all: Float64Array): Float64Array =>
        all.subarray(query * vocab, (query + 1) * vocab);
      if (!(relativeDifference(own(changed[key]!), own(before)) < leakLimit)) return { query, key };
    }
  return undefined;
}

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
