/**
 * Whether a text gives the same logits with padding on its left.
 *
 * @module
 */
import { forward } from "../model/transformer.ts";
import { constant, input } from "../operators/source.ts";
import { evaluate } from "../tensor/evaluate.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { Value } from "../tensor/tensor.ts";
import { above, below } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { given, logitsOf, positionsFrom, randomTokens } from "./small-model.ts";
import { relativeDifference, vocab } from "./small-model.ts";
import { suspectsInWords } from "./suspects.ts";

/** Rows of one batch and how many of their tokens are padding. */
const length = 7;
const pads = [0, 3, 5, 1];
const tolerance = 1e-9;

/** Rows of 7, 4, 2 and 6 tokens in one batch, each against itself alone. */
export const padding: ContractCheck = {
  name: "padding",
  asks: "padding on the left changes nothing",
  run({ model, values }) {
    const { padded, other, own } = differences(model, values);
    const fails = !(padded < tolerance && other < tolerance);
    const hook = (): string =>
      suspectsInWords(model, (single) => {
        const found = differences(single, values);
        return !(found.padded < tolerance && found.other < tolerance);
      });
    return {
      faults: fails
        ? [
            `A padded text gives other logits than alone, by ${hook()}. With padding on the left, positions are ` +
              "[batch, length] and do not begin at column 0: read them from context.queries and context.keys, and never " +
              "count columns (range). What is summed along the text must leave out padding, where context.keyMask is false.",
          ]
        : [],
      measures: [
        below("padded against alone", padded, tolerance),
        below("with other padding tokens", other, tolerance),
        above("logits of the padding itself", own, 1e-3),
      ],
    };
  },
};

/** Of texts in a padded batch against each alone; with other padding; and of the padding's own logits. */
function differences(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
): { readonly padded: number; readonly other: number; readonly own: number } {
  const batch = pads.length;
  const tokens = randomTokens(batch, length);
  const perPlace = (of: (pad: number, k: number) => number): number[] =>
    pads.flatMap((pad) => Array.from({ length }, (_, k) => of(pad, k)));
  // A padding token has position 0, which is what a cumulative sum of the mask gives.
  const positions = perPlace((pad, k) => Math.max(0, k - pad));
  const real = perPlace((pad, k) => +(k >= pad));
  const run = (data: Float64Array): Float64Array => {
    const ids = input("tokens", [batch, length], "int32");
    const { logits } = forward(model, {
      tokens: ids,
      positions: { tensor: constant([batch, length], positions, "int32") },
      keyMask: constant([batch, length], real, "bool"),
    });
    const at = given(model, values).set(ids, { shape: tokens.shape, data });
    return evaluate([logits], at)[0]!.data;
  };
  const together = run(tokens.data);
  const otherPadding = run(tokens.data.map((id, k) => (real[k] ? id : (id + 1) % vocab)));
  const rows = pads.map((pad, row) => {
    const own = tokens.data.subarray(row * length + pad, (row + 1) * length);
    const alone = logitsOf(
      model,
      values,
      { shape: [1, own.length], data: own },
      positionsFrom(0, own.length),
    );
    const part = (all: Float64Array): Float64Array =>
      all.subarray((row * length + pad) * vocab, (row + 1) * length * vocab);
    return {
      padded: relativeDifference(part(together), alone),
      other: relativeDifference(part(otherPadding), alone),
    };
  });
  return {
    padded: largest(rows.map(({ padded }) => padded)),
    other: largest(rows.map(({ other }) => other)),
    own: relativeDifference(otherPadding, together),
  };
}

function largest(values: readonly number[]): number {
  return values.reduce((a, b) => (Number.isNaN(b) || b > a ? b : a), 0);
}
