/**
 * Warnings in sentences.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import { warningsOf } from "../comparison/warnings.ts";
import type { BelowYardstick, RateAtEdge, StillFalling, Warning } from "../comparison/warnings.ts";
import { decimal, listed } from "../format.ts";
import { wordingOf } from "./rows.ts";
import { lossUnit } from "./unit.ts";

/** One sentence for each kind of warning and each length. */
export function warningTexts(results: Results): readonly string[] {
  const warnings = warningsOf(results);
  const below = warnings.filter(
    (warning: Warning): warning is BelowYardstick => warning.kind === "yardstick",
  );
  const lengths = [...new Set(below.map(({ length }) => length))];
  const falling = warnings.filter(
    (warning: Warning): warning is StillFalling => warning.kind === "falling",
  );
  return [
    ...lengths.flatMap((length) =>
      [true, false].flatMap((worse) =>
        yardstickText(
          results,
          below.filter((warning) => warning.length === length && warning.worse === worse),
        ),
      ),
    ),
    ...fallingText(results, falling),
    ...["lowest", "highest"].flatMap((edge) =>
      rateText(
        edge,
        warnings.filter((each): each is RateAtEdge => each.kind === "rate" && each.edge === edge),
      ),
    ),
  ];
}

function yardstickText(results: Results, warnings: readonly BelowYardstick[]): string[] {
  const [first] = warnings;
  if (first === undefined) return [];
  const { measure, words } = wordingOf(results);
  const { digits, phrase } = measure.printed;
  const yardstick = results.yardsticks!.find(({ id }) => id === first.yardstick)!;
  const named = listed(
    warnings.map(({ encoding, value }) => `${encoding} (${decimal(value, digits)})`),
  );
  const are = warnings.length === 1 ? "is" : "are";
  const what = first.worse ? "no better than" : "not shown to be better than";
  return [
    `Warning: at ${words.length(first.length)} ${named} ${are} ${what} this, which needs no neural network: ` +
      `${yardstick.name}, ${phrase(decimal(first.reached, digits))}.`,
  ];
}

function rateText(edge: string, warnings: readonly RateAtEdge[]): string[] {
  if (warnings.length === 0) return [];
  const named = listed(warnings.map(({ encoding, rate }) => `${encoding} (${rate})`));
  const rates = warnings.length === 1 ? "the learning rate" : "the learning rates";
  const { side, end } =
    edge === "lowest" ? { side: "lower", end: "below" } : { side: "higher", end: "above" };
  return [
    `Warning: ${rates} of ${named} ${warnings.length === 1 ? "is" : "are"} the ${edge} that ${warnings.length === 1 ? "was" : "were"} tried; ` +
      `a ${side} one may be better. Add one ${end} to --learning-rates.`,
  ];
}

function fallingText(results: Results, warnings: readonly StillFalling[]): string[] {
  if (warnings.length === 0) return [];
  const { name, perNat } = lossUnit(results);
  const named = listed(
    warnings.map(
      ({ encoding, last, fall }) =>
        `${encoding} (${decimal(perNat * last)}, by ${decimal(perNat * fall)})`,
    ),
  );
  const losses = warnings.length === 1 ? "the training loss" : "training losses";
  return [
    `Warning: ${losses} of ${named} ${warnings.length === 1 ? "was" : "were"} still falling fast; in parentheses, ` +
      `the last loss in ${name} and its fall with each doubling of the steps. More --steps may change the order.`,
  ];
}
