/**
 * The losses of several models over the same pieces of a text, with their intervals.
 *
 * Models are as they were given: no other seed of training is thought of. What is uncertain is the text, so an interval says what
 * other pieces of such a text would give.
 *
 * @module
 */
import { allPairs } from "../comparison/statistics/differences.ts";
import type { Interval } from "../comparison/statistics/intervals.ts";
import { itemCovariance } from "../comparison/statistics/item-covariance.ts";
import type { Contrast } from "../comparison/statistics/item-covariance.ts";
import { estimateTogether } from "../comparison/statistics/simultaneous.ts";
import type { RankingMeasure } from "../measures/measure.ts";
import { textUncertainty } from "../measures/uncertainty.ts";

/** All nats over all tokens; an item is a piece of the text. */
const natsPerToken: RankingMeasure = {
  id: "natsPerToken",
  better: "lower",
  unit: "nats a token",
  range: [0, Infinity],
  contributes: {
    nats: { meaning: "nats of the piece's tokens", values: "number" },
    tokens: { meaning: "tokens of the piece", values: "count", ofItem: true },
  },
  value: ({ nats, tokens }) => nats! / tokens!,
  uncertainty: textUncertainty("tokens"),
  tolerance: { relative: 0.05 },
  printed: {
    name: "Nats a token",
    digits: 4,
    phrase: (value) => `${value} nats a token`,
    superlative: "lowest",
    best: "lowest loss",
    leads: "has the lowest loss",
    broken: "the loss has certainly grown by more than 5 %",
  },
};

/** One model over the pieces. */
export interface PieceLosses {
  /** Total nats of each piece. */
  readonly nats: readonly number[];
  /** Tokens of each piece. */
  readonly tokens: readonly number[];
}

/** One model among others. */
export interface Placed {
  /** Mean nats a token. */
  readonly nats: number;
  readonly interval: Interval | null;
  readonly standing: "lowest" | "level" | "higher";
  readonly difference: { readonly mean: number; readonly interval: Interval | null };
}

/** Models in their order. @throws {RangeError} they have other pieces */
export function placeModels(models: readonly PieceLosses[]): readonly Placed[] {
  const entries = models.map(({ nats, tokens }) => {
    const value = total(nats) / total(tokens);
    return { runs: [{ value, items: { nats, tokens }, count: nats.length }] };
  });
  const values = entries.map(({ runs: [run] }) => run!.value);
  const finite = values.filter(Number.isFinite);
  const lowest = values.indexOf(Math.min(...finite));
  const alone = values.map((_, at): Contrast => [at]);
  const single = estimateTogether({
    units: values.map((value) => ({ values: [value], expected: 1 })),
    contrasts: alone,
    items: itemCovariance(natsPerToken, entries, alone),
    seeds: "given",
  });
  const { pairs, estimate } = allPairs(natsPerToken, entries);
  const together = estimate("given");
  return values.map((nats, at): Placed => {
    const place = pairs.findIndex(
      ([of, minus]) => of === Math.max(at, lowest) && minus === Math.min(at, lowest),
    );
    const found = together[place]?.simultaneous ?? null;
    const interval = found && (at > lowest ? found : { low: -found.high, high: -found.low });
    const above = nats - values[lowest]!;
    const certain = interval === null ? above > 0 : interval.low > 0;
    return {
      nats,
      interval: single[at]!.interval,
      standing: at === lowest ? "lowest" : certain ? "higher" : "level",
      difference: { mean: above, interval: at === lowest ? null : interval },
    };
  });
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
