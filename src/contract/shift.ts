/**
 * Whether moving all positions by one number leaves the logits as they are, if the encoding says so.
 *
 * @module
 */
import { above, below } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { logitsOf, positionsFrom, randomTokens, randomValues } from "./small-model.ts";
import { relativeDifference } from "./small-model.ts";

const [batch, length, distance] = [2, 7, 1000];

/** Positions 0 … 6 against 1000 … 1006, known while the graph is built or not. */
export const shift: ContractCheck = {
  name: "shift",
  asks: "scores stay when all positions move by 1000, if declared",
  run({ make, model: short }) {
    // A table needs rows that far; others would only learn of a longer text.
    const trainLength = short.encoding.limit ? distance + length : length;
    const model = make({ trainLength });
    const values = randomValues(model);
    const tokens = randomTokens(batch, length);
    const at = (start: number, known: boolean): Float64Array =>
      logitsOf(model, values, tokens, positionsFrom(start, length, known));
    const here = at(0, true);
    const { shiftInvariant } = model.encoding;
    return {
      measures: [
        below(
          "positions known at build time, or only at run time",
          relativeDifference(at(0, false), here),
          1e-9,
        ),
        ...[true, false].map((known) => {
          const moved = relativeDifference(at(distance, known), here);
          const what = `moved, positions known at ${known ? "build" : "run"} time`;
          return shiftInvariant
            ? below(`${what}, declared to keep`, moved, 1e-9)
            : above(`${what}, declared to change`, moved, 1e-3);
        }),
      ],
    };
  },
};
