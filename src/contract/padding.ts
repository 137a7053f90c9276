/**
 * Whether a text gives the same logits with padding on its left.
 *
 * @module
 */
import { forward } from "../model/transformer.ts";
import { constant, input } from "../operators/source.ts";
import { evaluate } from "../tensor/evaluate.ts";
import { above, below } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { given, logitsOf, positionsFrom, randomTokens } from "./small-model.ts";
import { relativeDifference, vocab } from "./small-model.ts";

/** Rows of one batch and how many of their tokens are padding. */
const length = 7;
const pads = [0, 3, 5];

/** Rows of 7, 4 and 2 tokens in one batch, each against itself alone. */
export const padding: ContractCheck = {
  name: "padding",
  asks: "padding on the left changes nothing",
  run({ model, values }) {
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
    const differences = pads.map((pad, row) => {
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
      measures: [
        below("padded against alone", largest(differences.map(({ padded }) => padded)), 1e-9),
        below("with other padding tokens", largest(differences.map(({ other }) => other)), 1e-9),
        above("logits of the padding itself", relativeDifference(otherPadding, together), 1e-3),
      ],
    };
  },
};

function largest(values: readonly number[]): number {
  return values.reduce((a, b) => (Number.isNaN(b) || b > a ? b : a), 0);
}
