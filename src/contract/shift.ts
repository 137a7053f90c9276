/**
 * Whether moving all positions by one number, either way, leaves the logits as they are, if the encoding says so.
 *
 * @module
 */
import { above, below, holds } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { modelOfFarPositions } from "./far-model.ts";
import { logitsOf, positionsFrom, randomTokens, randomValues } from "./small-model.ts";
import { relativeDifference } from "./small-model.ts";
import { suspectsInWords } from "./suspects.ts";

const [batch, length, furthest] = [2, 7, 10_000];
/** Differences below it are rounding. */
const same = 1e-9;

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
    const at = (start: number, known: boolean, of = model): Float64Array =>
      logitsOf(of, values, tokens, positionsFrom(start, length, known));
    const here = at(0, true);
    const { shiftInvariant } = model.encoding;
    // Where positions are absolute, none is negative.
    const starts = shiftInvariant ? [distance, -distance] : [distance];
    const measures = [
      below(
        "positions known at build time, or only at run time",
        relativeDifference(at(0, false), here),
        same,
      ),
      ...starts.flatMap((start) =>
        [true, false].map((known) => {
          const moved = relativeDifference(at(start, known), here);
          const way = start < 0 ? "moved back" : "moved";
          const what = `${way}, positions known at ${known ? "build" : "run"} time`;
          return shiftInvariant
            ? below(`${what}, declared to keep`, moved, same)
            : above(`${what}, declared to change`, moved, 1e-3);
        }),
      ),
    ];
    const [builds, ...moves] = measures.map(holds);
    const hook = (start: number, known: boolean): string =>
      suspectsInWords(
        model,
        (single) => !(relativeDifference(at(start, known, single), at(0, true, single)) < same),
      );
    const faults = [
      ...(builds
        ? []
        : [
            `Positions known when the graph is built give other numbers than the same at run time, by ${hook(0, false)}. ` +
              "It computes differently from positions.values and from positions.tensor; values are a faster way to the same.",
          ]),
      ...(moves.every(Boolean)
        ? []
        : [
            shiftInvariant
              ? `Scores change when all positions move, by ${hook(distance, true)}. Use context.distance in place of ` +
                "positions; or declare shiftInvariant: false, where absolute positions are meant."
              : "Scores stay when all positions move. Declare shiftInvariant: true; or, where absolute positions are meant, " +
                "see whether a hook reads them.",
          ]),
    ];
    return { measures, faults };
  },
};
