/**
 * The shortest text there is, and one that training never showed.
 *
 * @module
 */
import { evaluate } from "../tensor/evaluate.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { joined } from "../options/joined.ts";
import type { Value } from "../tensor/tensor.ts";
import { firstNotFinite } from "./bias-by-distance.ts";
import { below } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { given, logitsOf, lossAndGradients, positionsFrom } from "./small-model.ts";
import { randomTokens, relativeDifference, vocab } from "./small-model.ts";
import { suspectsInWords } from "./suspects.ts";

const batch = 2;

/** One token: where quotients by length − 1 and logarithms of 0 show. */
export const lengthOne: ContractCheck = {
  name: "length 1",
  asks: "a text of one token works, its gradients are numbers",
  run({ model, values }) {
    const [tokens, targets] = [randomTokens(batch, 1), randomTokens(batch, 1, 3)];
    const { tokens: ids, logits, loss, derived } = lossAndGradients(model, tokens, targets);
    const inputs = given(model, values).set(ids, tokens);
    const [one, ...rest] = evaluate([logits, loss, ...derived], inputs);
    const finite = [one!, ...rest].map((value) => value.data.every(Number.isFinite));
    const [scores, total, ...slopes] = finite;
    const lost = slopes.filter((each) => !each).length;
    const wrong = [
      ...(scores ? [] : ["the logits"]),
      ...(total ? [] : ["the loss"]),
      ...(lost === 0 ? [] : [`${lost} of ${slopes.length} gradients`]),
    ];
    const hook = (): string =>
      suspectsInWords(
        model,
        (single) => !logitsOf(single, values, tokens, positionsFrom(0, 1)).every(Number.isFinite),
      );
    const faults =
      wrong.length === 0
        ? []
        : [
            `At length 1, ${joined(wrong, "and")} are not finite, by ${hook()}. Look for divisions by the length minus ` +
              "one or by the largest distance, which are 0 here, and for logarithms of 0 and roots whose slope at 0 is infinite.",
          ];
    if (model.encoding.cache.keys === "recompute") return { faults };
    // The same tokens at the head of a longer text.
    const longer = randomTokens(batch, 4, 4);
    const data = longer.data.map((id, k) => (k % 4 === 0 ? tokens.data[k / 4]! : id));
    const all = logitsOf(model, values, { ...longer, data }, positionsFrom(0, 4));
    const first = all.filter((_, k) => Math.floor(k / vocab) % 4 === 0);
    return {
      faults,
      measures: [
        below("against the first of four tokens", relativeDifference(one!.data, first), 1e-12),
      ],
    };
  },
};

/** Where the bias is no number first, if it is the bias. */
function notFinite(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  length: number,
): string {
  const first = firstNotFinite(model, values);
  const where = first ? ` Its bias is ${first.value} from distance ${first.distance} on.` : "";
  const limit = first ? ` { length: ${first.distance}, reason: "…" }` : "";
  return (
    `At length ${length} its logits are not finite.${where} Declare a limit${limit} where there are no numbers ` +
    `beyond, or mend the formula: roots and logarithms of negative numbers, divisions by 0.`
  );
}

const times = 4;

/** Four times the train length. */
export const longText: ContractCheck = {
  name: "long text",
  asks: "runs at 4 times its train length, or says why not",
  run({ model, values }) {
    const { limit } = model.encoding;
    const length = times * 7;
    const run = (): Float64Array =>
      logitsOf(model, values, randomTokens(1, length), positionsFrom(0, length));
    if (limit === undefined || limit.length >= length)
      return { faults: run().every(Number.isFinite) ? [] : [notFinite(model, values, length)] };
    try {
      run();
    } catch (error) {
      const said = error instanceof RangeError && error.message.includes(limit.reason);
      return {
        faults: said
          ? []
          : [
              `Beyond its limit of ${limit.length} it throws "${String(error)}"; ` +
                `it must throw a RangeError that gives its reason, "${limit.reason}", as checkPositions and ` +
                `checkDistances do.`,
            ],
      };
    }
    return {
      faults: [
        `It declares a limit of ${limit.length} and runs at ${length} without a word. Remove the limit where it has ` +
          "numbers for more; where it has none, call checkPositions or checkDistances in its hooks, which refuse " +
          "with the reason.",
      ],
    };
  },
};
