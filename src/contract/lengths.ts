/**
 * The shortest text there is, and one that training never showed.
 *
 * @module
 */
import { evaluate } from "../tensor/evaluate.ts";
import { below } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { given, logitsOf, lossAndGradients, positionsFrom } from "./small-model.ts";
import { randomTokens, relativeDifference, vocab } from "./small-model.ts";

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
    const names = ["loss", ...model.parameters.specs.map(({ name }) => `gradient of ${name}`)];
    const faults = [one!, ...rest].flatMap(({ data }, at) =>
      data.every(Number.isFinite)
        ? []
        : [`At length 1 the ${["logits", ...names][at]} is not finite.`],
    );
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
      return {
        faults: run().every(Number.isFinite)
          ? []
          : [`At length ${length} its logits are not finite. Declare a limit, or mend it.`],
      };
    try {
      run();
    } catch (error) {
      const said = error instanceof RangeError && error.message.includes(limit.reason);
      return {
        faults: said
          ? []
          : [
              `Beyond its limit of ${limit.length} it throws "${String(error)}"; ` +
                `it must throw a RangeError that gives its reason, "${limit.reason}".`,
            ],
      };
    }
    return {
      faults: [`It declares a limit of ${limit.length} and runs at ${length} without a word.`],
    };
  },
};
