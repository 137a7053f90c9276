/**
 * Whether moving all positions by one number, either way, leaves the logits as they are, if the encoding says so.
 *
 * @module
 */
import { above, below } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { modelOfFarPositions } from "./far-model.ts";
import { logitsOf, positionsFrom, randomTokens, randomValues } from "./small-model.ts";
import { relativeDifference } from "./small-model.ts";

const [batch, length, furthest] = [2, 7, 10_000];

/** Positions 0 … 6 against 10,000 … 10,006 and −10,000 … −9,994, known while the graph is built or not. */
export const shift: ContractCheck = {
  name: "shift",
  asks: "scores stay when all positions move by 10,000 either way, if declared",
  run(subject) {
    const model = modelOfFarPositions(subject);
    const { limit } = model.encoding;
    const distance = Math.min(furthest, (limit?.length ?? Infinity) - length);
    if (distance < 1) return { skipped: `it ends at ${limit!.length} positions` };
    const values = randomValues(model);
    const tokens = randomTokens(batch, length);
    const at = (start: number, known: boolean): Float64Array =>
      logitsOf(model, values, tokens, positionsFrom(start, length, known));
    const here = at(0, true);
    const { shiftInvariant } = model.encoding;
    // Where positions are absolute, none is negative.
    const starts = shiftInvariant ? [distance, -distance] : [distance];
    return {
      measures: [
        below(
          "positions known at build time, or only at run time",
          relativeDifference(at(0, false), here),
          1e-9,
        ),
        ...starts.flatMap((start) =>
          [true, false].map((known) => {
            const moved = relativeDifference(at(start, known), here);
            const way = start < 0 ? "moved back" : "moved";
            const what = `${way}, positions known at ${known ? "build" : "run"} time`;
            return shiftInvariant
              ? below(`${what}, declared to keep`, moved, 1e-9)
              : above(`${what}, declared to change`, moved, 1e-3);
          }),
        ),
      ],
    };
  },
};
